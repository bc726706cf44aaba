import { X509Certificate } from 'node:crypto';
import type { CredentialSeen } from '../../domain/observation.js';
import { certificateClue, certificatesIn, readCertificate } from '../../identities/certificate.js';
import { clueOf } from '../../identities/reader.js';
import { readJavaKeyStore, isJavaKeyStore } from '../../structures/jks.js';
import { openPkcs12 } from '../../structures/pkcs12.js';
import { nameOf } from '../../structures/text.js';
import { credentialSeen } from '../credentials.js';
import { plain } from '../fields.js';
import { namesOfKey, readSshPublicKey, type SshPublicKey } from '../ssh-public-key.js';
import type { DocumentContext, DocumentReader, SourceDocument } from './document.js';

const MAX_BYTES = 1024 * 1024;
const MOST_LINES = 10_000;
const MOST_CERTIFICATES = 64;
/** Bundles of authorities that everybody believes are nobody's identities. */
const BUNDLE = /(?:^|\/)(?:ca-certificates|ca-bundle|cacerts?|cert)\.(?:crt|pem|jks|p12)$|(?:^|\/)cacerts$/i;
const WELL_KNOWN = ['', 'changeit'] as const;

/** Certificates as they lie on hosts, also in key stores: whose they are, and until when. The keys beside them are the scanner's. */
export class Certificates implements DocumentReader {
  readonly name = 'certificate';
  private readonly found = new Map<string, CredentialSeen>();

  constructor(private readonly context: DocumentContext) {}

  byPath(path: string): boolean {
    return /\.(?:pem|crt|cer|der|p12|pfx|pkcs12|jks|keystore|truststore)$/i.test(path) && !BUNDLE.test(path);
  }

  recognises(bytes: Uint8Array): boolean {
    return bytes.length > 0 && bytes.length <= MAX_BYTES;
  }

  take({ path, bytes }: SourceDocument): void {
    for (const certificate of certificatesOf(Buffer.from(bytes)).slice(0, MOST_CERTIFICATES))
      if (!isAuthority(certificate))
        this.found.set(`${path} ${certificate.fingerprint256}`, this.seenAs(certificate, path));
  }

  seen() {
    return this.found.values();
  }

  private seenAs(certificate: X509Certificate, path: string): CredentialSeen {
    const clue = certificateClue(certificate, this.context.at);
    const { spkiSha256 = null, serial } = clue.facts;
    return credentialSeen({
      rule: 'x509-certificate',
      vendor: 'X.509',
      name: clue.words.slice(0, 200),
      secretKind: 'certificate',
      publicKey: spkiSha256,
      serials: serial === undefined ? [] : [serial],
      clues: [clue],
      because: ['It is a certificate, and its key may lie beside it.'],
      path,
    });
  }
}

/** A certificate that a tool made of one's own key may say that it is an authority; what it may sign, only an authority's says (RFC 5280 §4.2.1.3). */
function isAuthority({ ca, issuer, subject, raw }: X509Certificate): boolean {
  return ca && (issuer !== subject || raw.includes(KEY_USAGE));
}

const KEY_USAGE = Buffer.from('0603551d0f', 'hex');

function certificatesOf(bytes: Buffer): readonly X509Certificate[] {
  if (isJavaKeyStore(bytes))
    return readJavaKeyStore(bytes).entries.flatMap(({ certificates: [first] }) =>
      first ? (readCertificate(first) ?? []) : [],
    );
  if (bytes[0] !== 0x30) return certificatesIn(bytes.toString('latin1'));
  const alone = readCertificate(bytes);
  if (alone) return [alone];
  return (openPkcs12(bytes, WELL_KNOWN)?.certificates ?? []).flatMap((der) => readCertificate(der) ?? []);
}

/** Keys that a host lets in: who has one of them is whoever they name. */
export class AuthorizedKeys implements DocumentReader {
  readonly name = 'authorized-keys';
  private readonly found: CredentialSeen[] = [];

  constructor(_context: DocumentContext) {}

  byPath(path: string): boolean {
    return /^(?:authorized_keys2?|.{1,100}\.pub)$/i.test(nameOf(path));
  }

  recognises(bytes: Uint8Array): boolean {
    return bytes.length > 0 && bytes.length <= MAX_BYTES;
  }

  take({ path, bytes }: SourceDocument): void {
    const opens = /authorized_keys2?$/i.test(path);
    const lines = Buffer.from(bytes).toString('utf8').split('\n', MOST_LINES);
    for (const [index, line] of lines.entries()) {
      const key = readSshPublicKey(line);
      if (key) this.found.push(keySeen(key, path, index + 1, opens));
    }
  }

  seen() {
    return this.found;
  }
}

function keySeen(key: SshPublicKey, path: string, line: number, opens: boolean): CredentialSeen {
  // `/home/deploy/.ssh/authorized_keys`, `/etc/ssh/keys/deploy/authorized_keys`.
  const [, user] = /(?:^|\/)([^/]{1,64})\/(?:\.ssh\/)?authorized_keys2?$/i.exec(path) ?? [];
  const account = opens && user !== undefined && user !== '.ssh' ? user : null;
  const words = account === null ? `SSH key ${key.fingerprint}` : `SSH key ${key.fingerprint}, which opens ${account}`;
  const clue = clueOf('ssh-key', words, {
    sshSha256: key.fingerprint,
    spkiSha256: key.publicKey,
    comment: plain(key.comment),
    opens: account,
    restrictions: plain(key.options),
  });
  const seen = credentialSeen({
    rule: opens ? 'authorized-key' : 'ssh-public-key',
    vendor: 'OpenSSH',
    name: `SSH public key${key.comment === '' ? '' : ` ${plain(key.comment).slice(0, 100)}`}`,
    secretKind: 'certificate',
    publicKey: key.publicKey,
    keyIds: namesOfKey(key),
    clues: [clue],
    because: [opens ? 'Whoever has its private half is let in.' : 'It is the public half of a key.'],
    path,
  });
  return { ...seen, place: { ...seen.place, line } };
}
