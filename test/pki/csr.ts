import { sign } from 'node:crypto';
import { contextConstructed, TAG } from '../../src/crypto/der/tags.js';
import {
  bitString,
  encode,
  NULL,
  octetString,
  oid,
  sequence,
  TRUE,
  unsignedInteger,
} from '../../src/crypto/der/writer.js';
import { encodeDns, encodeUri } from '../../src/crypto/x509/general-name.js';
import { encodeName } from '../../src/crypto/x509/name.js';
import { newKey, type TestKey } from './authority.js';

export const ALGORITHMS = {
  ecdsaSha1: sequence(oid('1.2.840.10045.4.1')),
  ecdsaSha256: sequence(oid('1.2.840.10045.4.3.2')),
  ed25519: sequence(oid('1.3.101.112')),
  rsaSha1: sequence(oid('1.2.840.113549.1.1.5'), NULL),
  rsaSha256: sequence(oid('1.2.840.113549.1.1.11'), NULL),
} as const;

/** Everything of a request that a test may want otherwise. */
export interface CsrParts {
  readonly key: TestKey;
  readonly version: number;
  readonly subject: Buffer;
  readonly extensions: readonly Buffer[];
  readonly attributes: readonly Buffer[] | undefined;
  readonly spkiDer: Buffer | undefined;
  readonly algorithm: Buffer;
  readonly hash: string | null;
  readonly signature: Buffer | undefined;
}

export function extension(type: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(type), ...(critical ? [TRUE] : []), octetString(value));
}

export function subjectAltName(uris: readonly string[], dnsNames: readonly string[] = []): Buffer {
  return extension('2.5.29.17', sequence(...uris.map(encodeUri), ...dnsNames.map(encodeDns)));
}

export function extensionRequest(...extensions: readonly Buffer[]): Buffer {
  return sequence(oid('1.2.840.113549.1.9.14'), encode(TAG.set, sequence(...extensions)));
}

/** A certification request in DER: well-formed unless the parts say otherwise. */
export function encodeCsr(parts: Partial<CsrParts> = {}): Buffer {
  const key = parts.key ?? newKey();
  const attributes = parts.attributes ?? (parts.extensions ? [extensionRequest(...parts.extensions)] : []);
  const info = sequence(
    unsignedInteger(Buffer.of(parts.version ?? 0)),
    parts.subject ?? encodeName({ commonName: 'settlement-bot' }),
    parts.spkiDer ?? key.spkiDer,
    encode(contextConstructed(0), ...attributes),
  );
  const hash = parts.hash === undefined ? 'sha256' : parts.hash;
  const signature = parts.signature ?? sign(hash, info, key.privateKey);
  return sequence(info, parts.algorithm ?? ALGORITHMS.ecdsaSha256, bitString(signature));
}
