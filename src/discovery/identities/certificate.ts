import { X509Certificate } from 'node:crypto';
import type { Clue } from '../domain/finding.js';
import { pemBlocks } from './pem-blocks.js';
import { type KeyNames, keyNames, readKeyNames } from './private-key.js';
import { clueOf, expired, normalHost, type Reader, sentence } from './reader.js';

const MAX_CERTIFICATES = 8;
const MAX_CERTIFICATE_BYTES = 65_536;

/**
 * Whom a certificate names: in a kubeconfig the subject's common name is the user and its organisations are the groups.
 *
 * @see RFC 5280 §4.1, SPIFFE X.509-SVID §2
 */
export const certificate: Reader = {
  name: 'certificate',
  read: ({ secret, text, around, at }) => {
    if (secret.includes('PRIVATE KEY-----')) return keysCertificates(secret, `${text}\n${around}`, at);
    const clues = certificatesIn(`${text}\n${secret}`).map((found) => certificateClue(found, at));
    return clues.length > 0 ? clues : undefined;
  },
};

/**
 * Those among the certificates of a text that are a private key's own: others beside it say nothing of it. That they have expired
 * does not make the key harmless.
 */
export function keysCertificates(key: string, text: string, at: Date): readonly Clue[] {
  const beside = certificatesIn(text);
  const own = beside.length > 0 ? (readKeyNames(key)?.spkiSha256 ?? null) : null;
  const clues = beside.map((found) => certificateClue(found, at)).filter(({ facts }) => facts['spkiSha256'] === own);
  return clues.map(({ from, words, facts }) => ({ from, words, facts }));
}

/** Certificates in PEM, as far as they can be read. */
export function certificatesIn(text: string): readonly X509Certificate[] {
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return [];
  const blocks = pemBlocks(text, 2 * MAX_CERTIFICATES).filter(({ label }) => label === 'CERTIFICATE');
  return blocks.slice(0, MAX_CERTIFICATES).flatMap((block) => readCertificate(Buffer.from(block.text)) ?? []);
}

/** One certificate, PEM or DER, or null: no error of the parser leaves. */
export function readCertificate(bytes: Buffer): X509Certificate | null {
  if (bytes.length > MAX_CERTIFICATE_BYTES) return null;
  try {
    return new X509Certificate(bytes);
  } catch {
    return null;
  }
}

export function certificateClue(found: X509Certificate, at: Date): Clue {
  const commonNames = attributes(found.subject, 'CN');
  const groups = attributes(found.subject, 'O');
  const names = alternativeNames(found);
  const spiffeId = names.find((name) => name.startsWith('URI:spiffe://'))?.slice(4);
  const dns = names.filter((name) => name.startsWith('DNS:')).map((name) => normalHost(name.slice(4)));
  const expiresAt = new Date(found.validTo);
  const who = spiffeId ?? commonNames[0] ?? dns[0] ?? found.subject.replaceAll('\n', ', ');
  const issuer = attributes(found.issuer, 'CN')[0] ?? found.issuer.replaceAll('\n', ', ');
  return clueOf(
    'certificate',
    sentence(`certificate of ${who}`, groups.length > 0 && `(${groups.join(', ')})`, `by ${issuer}`),
    {
      commonName: commonNames[0],
      groups: groups.join(', '),
      spiffeId,
      dns: dns.slice(0, 8).join(' '),
      email: names
        .find((name) => name.startsWith('email:'))
        ?.slice(6)
        .toLowerCase(),
      issuer,
      serial: normalSerial(found.serialNumber),
      ...publicNames(found),
      thumbprint: found.fingerprint.replaceAll(':', '').toLowerCase(),
      thumbprintSha256: found.fingerprint256.replaceAll(':', '').toLowerCase(),
      expiresAt: Number.isNaN(expiresAt.getTime()) ? null : expiresAt.toISOString(),
    },
    expired(at, expiresAt),
  );
}

/** Hexadecimal in small letters, as the ledger keeps it: without zeros before it. */
function normalSerial(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '');
}

/** None where the key is of a kind that nobody here knows. */
function publicNames(found: X509Certificate): Partial<Pick<KeyNames, 'sshSha256' | 'spkiSha256'>> {
  try {
    const { spkiSha256, sshSha256 } = keyNames(found.publicKey);
    return { spkiSha256, sshSha256 };
  } catch {
    return {};
  }
}

function attributes(name: string, type: string): readonly string[] {
  const lines = (name ?? '').split('\n').slice(0, 64);
  return lines.filter((line) => line.startsWith(`${type}=`)).map((line) => line.slice(type.length + 1));
}

/** Node quotes names that hold a comma, as they could otherwise be taken for two (CVE-2021-44532): those are left out. */
function alternativeNames(found: X509Certificate): readonly string[] {
  const text = found.subjectAltName ?? '';
  return text.includes('"') ? [] : text.split(', ').slice(0, 64);
}
