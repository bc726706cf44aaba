import type { JsonWebKey } from 'node:crypto';

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_ID = 0x06;
const SEQUENCE = 0x30;
const FIRST_CONTEXT = 0xa0;
const SECOND_CONTEXT = 0xa1;

/** rsaEncryption (RFC 8017 appendix C), id-ecPublicKey (RFC 5480 §2.1.1). */
const RSA = '2a864886f70d010101';
const EC = '2a8648ce3d0201';

interface Curve {
  readonly id: string;
  readonly jwkName: string;
  readonly name: string;
  /** Of one coordinate. */
  readonly bytes: number;
  /** y² = x³ - 3x + b, modulo the prime (NIST SP 800-186 §3.2.1). */
  readonly prime: bigint;
  readonly b: bigint;
}

/** RFC 5480 §2.1.1.1, by the names of RFC 7518 §6.2.1.1 and of OpenSSL. */
const CURVES: readonly Curve[] = [
  {
    ...{ id: '2a8648ce3d030107', jwkName: 'P-256', name: 'prime256v1', bytes: 32 },
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  {
    ...{ id: '2b81040022', jwkName: 'P-384', name: 'secp384r1', bytes: 48 },
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  {
    ...{ id: '2b81040023', jwkName: 'P-521', name: 'secp521r1', bytes: 66 },
    prime: 2n ** 521n - 1n,
    b: 0x51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
];
const UNCOMPRESSED = 4;
const RSA_PARTS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const;

/**
 * The parts of a private key, RSA or of a NIST curve, in clear: all that is asked of a key is its public part, and OpenSSL takes a hundred
 * times as long to find that out.
 *
 * @param label of its PEM block
 * @returns null for any other key, and for what is not exactly so encoded: that is OpenSSL's to judge
 * @see RFC 5958 §2, RFC 5915 §3, RFC 8017 §A.1.2
 */
export function keyParts(label: string, der: Buffer): JsonWebKey | null {
  try {
    const members = membersOf(only(der, SEQUENCE));
    if (label === 'RSA PRIVATE KEY') return rsaParts(members);
    if (label === 'EC PRIVATE KEY') return ecParts(members, null);
    if (label !== 'PRIVATE KEY' || members.length > 4) return null;
    const [version, algorithm, inner] = members;
    if (version!.tag !== INTEGER || algorithm!.tag !== SEQUENCE || inner!.tag !== OCTET_STRING) return null;
    const [id, parameters] = membersOf(algorithm!.content);
    const own = membersOf(only(inner!.content, SEQUENCE));
    const kind = id!.tag === OBJECT_ID ? id!.content.toString('hex') : '';
    if (kind === RSA) return rsaParts(own);
    return kind === EC && parameters?.tag === OBJECT_ID ? ecParts(own, parameters.content) : null;
  } catch {
    return null;
  }
}

/** The public part (RFC 5280 §4.1.2.7) of a key of one of these kinds by its JSON Web Key, and what it is called; null for other kinds. */
export function publicParts({
  kty,
  crv,
  n,
  e,
  x,
  y,
}: JsonWebKey): { readonly keyType: string; readonly spki: Buffer } | null {
  if (kty === 'RSA') {
    const modulus = Buffer.from(n!, 'base64url');
    const numbers = sequence(integer(modulus), integer(Buffer.from(e!, 'base64url')));
    const spki = sequence(sequence(objectId(RSA), Buffer.from([5, 0])), bitString(numbers));
    return { keyType: `RSA ${modulus.length * 8 - Math.clz32(modulus[0]!) + 24}`, spki };
  }
  const curve = CURVES.find(({ jwkName }) => kty === 'EC' && jwkName === crv);
  if (!curve) return null;
  const point = [Buffer.from([UNCOMPRESSED]), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')];
  const spki = sequence(sequence(objectId(EC), objectId(curve.id)), bitString(...point));
  return { keyType: `EC ${curve.name}`, spki };
}

function rsaParts([version, ...numbers]: readonly Value[]): JsonWebKey | null {
  // Another version than 0 has more than two primes.
  if (version?.tag !== INTEGER || version.content.toString('hex') !== '00' || numbers.length !== RSA_PARTS.length)
    return null;
  if (numbers.some(({ tag, content }) => tag !== INTEGER || content.length === 0 || content[0]! >= 0x80)) return null;
  const values = numbers.map(({ content }) => content.subarray(content[0] === 0 ? 1 : 0));
  // Noughts before a number are not DER's; a modulus, or an exponent, of nothing is no key's.
  if (values.some((value) => value[0] === 0) || values[0]!.length === 0 || values[1]!.length === 0) return null;
  const texts = values.map((value) => value.toString('base64url'));
  return { kty: 'RSA', ...Object.fromEntries(RSA_PARTS.map((part, index) => [part, texts[index]!])) };
}

function ecParts([version, secret, ...rest]: readonly Value[], named: Buffer | null): JsonWebKey | null {
  if (version?.tag !== INTEGER || version.content.toString('hex') !== '01' || secret?.tag !== OCTET_STRING) return null;
  const own = rest.find(({ tag }) => tag === FIRST_CONTEXT);
  const told = rest.find(({ tag }) => tag === SECOND_CONTEXT);
  const id = (named ?? (own && only(own.content, OBJECT_ID)))?.toString('hex');
  const curve = CURVES.find((one) => one.id === id);
  if (!curve || !told || secret.content.length !== curve.bytes) return null;
  // The first byte says how many bits of the last are unused.
  const bits = only(told.content, BIT_STRING);
  if (bits[0] !== 0 || bits[1] !== UNCOMPRESSED || bits.length !== 2 + 2 * curve.bytes) return null;
  const [x, y] = [bits.subarray(2, 2 + curve.bytes), bits.subarray(2 + curve.bytes)];
  if (!isOn(curve, numberOf(x), numberOf(y))) return null;
  const texts = { d: secret.content, x, y };
  return {
    kty: 'EC',
    crv: curve.jwkName,
    ...Object.fromEntries(Object.entries(texts).map(([part, bytes]) => [part, bytes.toString('base64url')])),
  };
}

function isOn({ prime, b }: Curve, x: bigint, y: bigint): boolean {
  return x < prime && y < prime && (y * y - x * x * x + 3n * x - b) % prime === 0n;
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

interface Value {
  readonly tag: number;
  readonly content: Buffer;
}

/** The content of the one value that bytes are. @throws RangeError where they are another, or more */
function only(bytes: Buffer, tag: number): Buffer {
  const [value, more] = membersOf(bytes);
  if (value?.tag !== tag || more) throw new RangeError('Another value was wanted.');
  return value.content;
}

/** @throws RangeError where a length is not right, or longer than a key's */
function membersOf(bytes: Buffer): Value[] {
  const values: Value[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!;
    const first = bytes[at + 1]!;
    const octets = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || octets > 2) throw new RangeError('A length is none of a key.');
    const from = at + 2 + octets;
    const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
    at = from + length;
    if (!(at <= bytes.length)) throw new RangeError('A value is cut short.');
    values.push({ tag, content: bytes.subarray(from, at) });
  }
  return values;
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return encoded(SEQUENCE, ...parts);
}

function objectId(hex: string): Buffer {
  return encoded(OBJECT_ID, Buffer.from(hex, 'hex'));
}

function bitString(...parts: readonly Buffer[]): Buffer {
  return encoded(BIT_STRING, Buffer.from([0]), ...parts);
}

function integer(value: Buffer): Buffer {
  return encoded(INTEGER, ...(value[0]! >= 0x80 ? [Buffer.from([0])] : []), value);
}

function encoded(tag: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head =
    length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), ...parts]);
}
