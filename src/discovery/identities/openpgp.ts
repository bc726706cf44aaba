import { createHash } from 'node:crypto';
import { pemBlocks } from './pem-blocks.js';
import { clueOf, type Reader, sentence } from './reader.js';

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

const SECRET_KEY = 5;
const USER_ID = 13;
const MAX_PACKETS = 64;
/** RFC 9580 §9.1: how the public part of each algorithm is laid out: integers of their own length, a curve, fixed octets. */
const LAYOUTS: Readonly<Record<number, readonly ('integer' | 'counted' | number)[]>> = {
  1: ['integer', 'integer'],
  2: ['integer', 'integer'],
  3: ['integer', 'integer'],
  16: ['integer', 'integer', 'integer'],
  17: ['integer', 'integer', 'integer', 'integer'],
  18: ['counted', 'integer', 'counted'],
  19: ['counted', 'integer'],
  22: ['counted', 'integer'],
  25: [32],
  26: [56],
  27: [32],
  28: [57],
};

/**
 * The fingerprint and the user of an OpenPGP private key: both stand in clear, whether it has a passphrase or not.
 *
 * @see RFC 9580 §5.5.2, §5.5.4, §5.11
 */
export const openpgp: Reader = {
  name: 'openpgp',
  read: ({ secret }) => {
    if (!secret.includes('PGP PRIVATE KEY BLOCK')) return undefined;
    const block = pemBlocks(secret, 2).find(({ label }) => label === 'PGP PRIVATE KEY BLOCK');
    const packets = block ? packetsOf(armored(block.body)) : [];
    const key = packets.find(({ tag }) => tag === SECRET_KEY);
    const fingerprint = key && fingerprintOf(key.body);
    if (!fingerprint) return undefined;
    const user = packets.find(({ tag }) => tag === USER_ID)?.body.toString('utf8');
    const email = /<([^<>@\s]{1,128}@[^<>@\s]{1,255})>/.exec(user ?? '')?.[1]?.toLowerCase();
    const words = sentence('OpenPGP key', fingerprint.toUpperCase(), user && `of ${user}`);
    return [clueOf('openpgp', words, { fingerprint, user, email })];
  },
};

/** Base64 between headers (`Comment: …`) and a check sum that begins with an equals sign (RFC 9580 §6). */
function armored(body: string): Buffer {
  const lines = body.split('\n').filter((line) => !line.includes(': ') && !line.startsWith('='));
  return Buffer.from(lines.join(''), 'base64');
}

/** As far as they can be read: lengths of both forms, those that stream left out (RFC 9580 §4.2). */
function packetsOf(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at + 2 < bytes.length && packets.length < MAX_PACKETS;) {
    const head = bytes[at]!;
    const old = (head & 0x40) === 0;
    const size = old ? oldLength(bytes, at) : newLength(bytes, at + 1);
    if ((head & 0x80) === 0 || !size || size.from + size.length > bytes.length) break;
    packets.push({
      tag: old ? (head >> 2) & 0x0f : head & 0x3f,
      body: bytes.subarray(size.from, size.from + size.length),
    });
    at = size.from + size.length;
  }
  return packets;
}

interface Size {
  readonly from: number;
  readonly length: number;
}

function oldLength(bytes: Buffer, at: number): Size | null {
  const octets = [1, 2, 4, 0][bytes[at]! & 3]!;
  if (octets === 0 || at + 1 + octets > bytes.length) return null;
  return { from: at + 1 + octets, length: bytes.readUIntBE(at + 1, octets) };
}

function newLength(bytes: Buffer, at: number): Size | null {
  const first = bytes[at]!;
  if (first < 192) return { from: at + 1, length: first };
  if (first < 224 && at + 1 < bytes.length)
    return { from: at + 2, length: ((first - 192) << 8) + bytes[at + 1]! + 192 };
  if (first === 255 && at + 5 <= bytes.length) return { from: at + 5, length: bytes.readUInt32BE(at + 1) };
  return null;
}

/** SHA-1 over the public part of a key of version 4; SHA-256 of version 6, which says the length of its part. */
function fingerprintOf(body: Buffer): string | null {
  const version = body[0];
  if (version === 4) {
    const end = publicEnd(body, 6, body[5]!);
    if (end === null) return null;
    return createHash('sha1')
      .update(Buffer.from([0x99, end >> 8, end & 0xff]))
      .update(body.subarray(0, end))
      .digest('hex');
  }
  if (version !== 6 || body.length < 10) return null;
  const end = 10 + body.readUInt32BE(6);
  if (end > body.length) return null;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(end);
  return createHash('sha256')
    .update(Buffer.from([0x9b]))
    .update(length)
    .update(body.subarray(0, end))
    .digest('hex');
}

function publicEnd(body: Buffer, from: number, algorithm: number): number | null {
  let at = from;
  for (const part of LAYOUTS[algorithm] ?? [Number.MAX_SAFE_INTEGER]) {
    if (at + 2 > body.length) return null;
    if (part === 'integer') at += 2 + Math.ceil(body.readUInt16BE(at) / 8);
    else at += part === 'counted' ? 1 + body[at]! : part;
  }
  return at <= body.length ? at : null;
}
