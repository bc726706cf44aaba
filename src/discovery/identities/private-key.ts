import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Clue } from '../domain/finding.js';
import { keyParts, publicParts } from './key-parts.js';
import { pemBlocks } from './pem-blocks.js';
import { asRecord, asText, clueOf, MAX_READ_CHARACTERS, type Reader, readJson, sentence } from './reader.js';
import { keyOfWire, sshFingerprint, SshReader, sshWire } from './ssh-wire.js';

const OPENSSH_MAGIC = 'openssh-key-v1\0';
const PPK_HEAD = /^PuTTY-User-Key-File-[1-3]: ([\w.@-]{1,64})\r?$/m;
/** Larger moduli than anybody uses: reading them is slow, and only a mischief-maker writes them. */
const MAX_RSA_BITS = 16_384;

/** What a private key's public part is known by, whatever the format of the file. */
export interface KeyNames {
  readonly keyType: string;
  readonly spkiSha256: string | null;
  readonly sshSha256: string | null;
}

/**
 * The public part of a private key: by it a key is the same in whatever format, and found again in certificates, deploy keys and
 * lists of authorised keys. An encrypted OpenSSH container and a PuTTY file tell it without their passphrase.
 *
 * @see RFC 5958, RFC 5915, RFC 8017 §A.1.2; OpenSSH PROTOCOL.key; PuTTY manual, appendix C
 */
export const privateKey: Reader = {
  name: 'private-key',
  read: ({ secret, around }) => {
    const clue = secret.includes('PuTTY-User-Key-File-')
      ? puttyClue(secret)
      : secret.includes('PRIVATE KEY-----')
        ? pemClue(secret)
        : jwkClue(objectAround(secret, around));
    return clue && [clue];
  },
};

/** Names of a key by its public part. */
export function keyNames(key: KeyObject): KeyNames {
  const own = createPublicKeyOf(key);
  // A curve that has no name in a JSON Web Key has none in SSH.
  const jwk = quietly(() => own.export({ format: 'jwk' }));
  const known = jwk && namesOf(jwk);
  if (known) return known;
  const wire = jwk && sshWire(jwk);
  return {
    keyType: keyType(key),
    spkiSha256: sha256(own.export({ type: 'spki', format: 'der' })),
    sshSha256: wire && sshFingerprint(wire),
  };
}

/** Names of a key by its parts; null for kinds of which we do not write the public part ourselves. */
function namesOf(parts: JsonWebKey): KeyNames | null {
  const known = publicParts(parts);
  const wire = known && sshWire(parts);
  return known && { keyType: known.keyType, spkiSha256: sha256(known.spki), sshSha256: wire && sshFingerprint(wire) };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

let lastRead: { readonly pem: string; readonly names: KeyNames | null } | undefined;

/** Names of the private key of a PEM text that has no passphrase, or null. Several readers ask for the same one. */
export function readKeyNames(pem: string): KeyNames | null {
  if (lastRead?.pem !== pem) lastRead = { pem, names: namesIn(pem) };
  return lastRead.names;
}

function namesIn(pem: string): KeyNames | null {
  const block = pemBlocks(pem, 4).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (!block) return null;
  const parts = /^[A-Za-z0-9+/\s]+={0,2}$/.test(block.body.trimEnd())
    ? keyParts(block.label, Buffer.from(block.body, 'base64'))
    : null;
  if (parts) return Buffer.from(parts.n ?? '', 'base64url').length * 8 > MAX_RSA_BITS ? null : namesOf(parts);
  const read = quietly(() => createPrivateKey(block.text));
  return read && (read.asymmetricKeyDetails?.modulusLength ?? 0) <= MAX_RSA_BITS ? keyNames(read) : null;
}

function pemClue(text: string): Clue | undefined {
  const block = pemBlocks(text, 4).find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (!block) return undefined;
  if (block.label === 'OPENSSH PRIVATE KEY') return opensshClue(Buffer.from(block.body, 'base64'));
  const names = readKeyNames(text);
  if (names) return keyClue('private-key', names);
  const encrypted = block.label === 'ENCRYPTED PRIVATE KEY' || block.body.includes('Proc-Type: 4,ENCRYPTED');
  return encrypted ? clueOf('private-key', 'private key under a passphrase', { encrypted: 'yes' }) : undefined;
}

/** OpenSSH PROTOCOL.key: the public key stands before what is encrypted, and the comment within it. */
function opensshClue(container: Buffer): Clue | undefined {
  return (
    quietly(() => {
      if (container.subarray(0, OPENSSH_MAGIC.length).toString('latin1') !== OPENSSH_MAGIC) return null;
      const reader = new SshReader(container.subarray(OPENSSH_MAGIC.length));
      const cipher = reader.string().toString('latin1');
      reader.string();
      reader.string();
      if (reader.uint32() < 1) return null;
      const wire = reader.string();
      const encrypted = cipher !== 'none';
      const comment = encrypted ? null : quietly(() => opensshComment(new SshReader(reader.string())));
      return wireClue(wire, encrypted, comment);
    }) ?? undefined
  );
}

function opensshComment(reader: SshReader): string | null {
  reader.skip(8);
  const kind = reader.string().toString('latin1');
  const parts = kind === 'ssh-rsa' ? 6 : kind === 'ssh-ed25519' ? 2 : kind.startsWith('ecdsa-sha2-') ? 3 : null;
  if (parts === null) return null;
  for (let part = 0; part < parts; part += 1) reader.string();
  return reader.string().toString('utf8');
}

function puttyClue(text: string): Clue | undefined {
  if (!PPK_HEAD.test(text) || text.length > MAX_READ_CHARACTERS) return undefined;
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.{0,256})$`, 'm').exec(text)?.[1]?.trim();
  const lines = Number(field('Public-Lines') ?? 0);
  const [, body] = /^Public-Lines: \d+\r?\n([^]{1,16384})/m.exec(text) ?? [];
  if (!body || !(lines > 0 && lines < 256)) return undefined;
  const wire = Buffer.from(body.split('\n').slice(0, lines).join(''), 'base64');
  return quietly(() => wireClue(wire, field('Encryption') !== 'none', field('Comment'))) ?? undefined;
}

function wireClue(wire: Buffer, encrypted: boolean, comment: string | null | undefined): Clue {
  const kind = new SshReader(wire).string().toString('latin1');
  const key = quietly(() => keyOfWire(wire));
  const names = key ? keyNames(key) : { keyType: kind, spkiSha256: null };
  return keyClue('ssh-key', { ...names, sshSha256: sshFingerprint(wire) }, encrypted, comment);
}

/** Of a JSON Web Key a rule matches the private part alone: it says whose it is with what stands beside it. */
function objectAround(secret: string, around: string): string {
  const at = secret.includes('"kty"') ? -1 : around.indexOf(`"${secret}"`);
  const [from, to] = [around.lastIndexOf('{', at), around.indexOf('}', at)];
  return at < 0 || from < 0 || to < 0 ? secret : around.slice(from, to + 1);
}

/** A private JSON Web Key (RFC 7517), with or without others beside it. */
function jwkClue(text: string): Clue | undefined {
  const object = text.includes('"kty"') ? asRecord(readJson(text.slice(text.indexOf('{')))) : undefined;
  const keys = Array.isArray(object?.['keys']) ? object['keys'].slice(0, 16).map(asRecord) : [object];
  const jwk = keys.find((candidate) => typeof candidate?.['d'] === 'string');
  const key = jwk && quietly(() => createPrivateKey({ key: jwk as never, format: 'jwk' }));
  if (!key) return undefined;
  const clue = keyClue('jwk', keyNames(key));
  return { ...clue, facts: { ...clue.facts, ...(asText(jwk['kid']) ? { keyId: asText(jwk['kid'])! } : {}) } };
}

function keyClue(from: string, names: KeyNames, encrypted = false, comment?: string | null): Clue {
  const words = sentence(
    `${names.keyType} key`,
    names.sshSha256 ?? `with public key ${names.spkiSha256}`,
    comment && `(${comment})`,
    encrypted && 'under a passphrase',
  );
  return clueOf(from, words, { ...names, comment, encrypted: encrypted ? 'yes' : null });
}

function keyType(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType ?? 'unknown';
  return [kind.toUpperCase(), modulusLength ?? namedCurve].filter(Boolean).join(' ');
}

function createPublicKeyOf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key;
}

/** Node's and OpenSSL's errors tell what was read: none leaves this file. */
function quietly<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}
