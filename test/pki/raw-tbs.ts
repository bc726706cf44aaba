import { contextConstructed, contextPrimitive } from '../../src/crypto/der/tags.js';
import { encodeTime } from '../../src/crypto/der/time.js';
import {
  encode,
  namedBitList,
  octetString,
  oid,
  sequence,
  TRUE,
  unsignedInteger,
} from '../../src/crypto/der/writer.js';
import { encodeUri } from '../../src/crypto/x509/general-name.js';
import { parsePublicKey } from '../../src/crypto/index.js';
import { newKey, nextSerial, TEST_FROM, TEST_UNTIL, type TestAuthority } from './authority.js';
import { extension } from './csr.js';

/** Every part of a certificate's signed bytes, to be replaced one at a time in mutation tables. */
export interface TbsParts {
  readonly version: Buffer | undefined;
  readonly serial: Buffer;
  readonly algorithm: Buffer;
  readonly issuer: Buffer;
  readonly validity: Buffer;
  readonly subject: Buffer;
  readonly spki: Buffer;
  readonly extensions: readonly Buffer[];
}

const ALGORITHM = sequence(oid('1.2.840.10045.4.3.2'));
const PURPOSES = sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2'));
export const SPKI = newKey().spkiDer;

export const VALUES = {
  basicConstraints: extension('2.5.29.19', sequence(), true),
  keyUsage: extension('2.5.29.15', namedBitList([0]), true),
  extKeyUsage: extension('2.5.29.37', PURPOSES),
  subjectAltName: extension('2.5.29.17', sequence(encodeUri('spiffe://bank.example/bot')), true),
  subjectKeyId: extension('2.5.29.14', octetString(parsePublicKey(SPKI).keyId)),
} as const;

export function authorityKeyId(keyId: Buffer, critical = false): Buffer {
  return extension('2.5.29.35', sequence(encode(contextPrimitive(0), keyId)), critical);
}

export function caConstraints(pathLength?: number): Buffer {
  const limit = pathLength === undefined ? [] : [unsignedInteger(Buffer.of(pathLength))];
  return extension('2.5.29.19', sequence(TRUE, ...limit), true);
}

export function validity(from: Date, until: Date): Buffer {
  return sequence(encodeTime(from), encodeTime(until));
}

/** The parts of an honest SVID of `spiffe://bank.example/bot`, by that authority. */
export function svidParts(authority: TestAuthority): TbsParts {
  return {
    version: unsignedInteger(Buffer.of(2)),
    serial: unsignedInteger(nextSerial()),
    algorithm: ALGORITHM,
    issuer: authority.reference.nameDer,
    validity: validity(TEST_FROM, TEST_UNTIL),
    subject: sequence(),
    spki: SPKI,
    extensions: [...Object.values(VALUES), authorityKeyId(authority.reference.keyId)],
  };
}

export function encodeRawTbs(parts: TbsParts): Buffer {
  return sequence(
    ...(parts.version ? [encode(contextConstructed(0), parts.version)] : []),
    parts.serial,
    parts.algorithm,
    parts.issuer,
    parts.validity,
    parts.subject,
    parts.spki,
    ...(parts.extensions.length > 0 ? [encode(contextConstructed(3), sequence(...parts.extensions))] : []),
  );
}
