import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { crc16 } from '../domain/checksums.js';
import type { Clue } from '../domain/finding.js';
import { decodeBase32, encodeBase32 } from './base32.js';
import { decodeBech32, encodeBech32 } from './bech32.js';
import { clueOf, type Reader, type Sight } from './reader.js';

/** Private keys that are a bare number: their public key is known by deriving it. */
type Curve = 'Ed25519' | 'X25519';
/** In the place of the public half (RFC 8037 §2), which Node derives itself. */
const UNKNOWN = Buffer.alloc(32).toString('base64url');

const NATS_SEED = /^S[AOUNCX][A-Z2-7]{56}$/;
const NATS_ROLES: Readonly<Record<string, string>> = {
  A: 'account',
  C: 'cluster',
  N: 'server',
  O: 'operator',
  U: 'user',
  X: 'curve key',
};
const SEED_PREFIX = 18 << 3;
const WIREGUARD = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const WIREGUARD_AROUND = /\bPrivateKey\s*=|\[Interface\]|wireguard|\bwg\d|wg[-_]?quick/i;

/**
 * The public halves of age, NATS, Nostr and WireGuard keys.
 *
 * @see https://age-encryption.org/v1, https://docs.nats.io/reference/reference-protocols/nats-protocol/nkeys,
 * https://github.com/nostr-protocol/nips/blob/master/19.md, https://www.wireguard.com/papers/wireguard.pdf
 */
export const curveKeys: Reader = {
  name: 'curve-keys',
  read: (sight) => {
    const clue = ageClue(sight.secret) ?? natsClue(sight.secret) ?? nostrClue(sight.secret) ?? wireguardClue(sight);
    return clue && [clue];
  },
};

function ageClue(secret: string): Clue | undefined {
  if (!secret.startsWith('AGE-SECRET-KEY-1')) return undefined;
  const key = decodeBech32(secret.toLowerCase(), 'age-secret-key-');
  if (key?.length !== 32) return undefined;
  const recipient = encodeBech32('age', publicHalf('X25519', key));
  return clueOf('age', `age key of ${recipient}`, { publicKey: recipient });
}

/** A seed begins with five bits that say so and eight that say whose; it ends in a CRC-16 from the least byte on. */
function natsClue(secret: string): Clue | undefined {
  if (!NATS_SEED.test(secret)) return undefined;
  const bytes = decodeBase32(secret);
  if (bytes?.length !== 36 || crc16(bytes.subarray(0, 34)) !== bytes.readUInt16LE(34)) return undefined;
  if ((bytes[0]! & 0xf8) !== SEED_PREFIX) return undefined;
  const role = ((bytes[0]! & 0x07) << 5) | (bytes[1]! >> 3);
  const name = NATS_ROLES[secret[1]!]!;
  const curve = secret[1] === 'X' ? 'X25519' : 'Ed25519';
  const body = Buffer.concat([Buffer.from([role]), publicHalf(curve, bytes.subarray(2, 34))]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc16(body));
  const publicKey = encodeBase32(Buffer.concat([body, check]));
  return clueOf('nats', `NATS ${name} ${publicKey}`, { publicKey, role: name });
}

function nostrClue(secret: string): Clue | undefined {
  const key = secret.startsWith('nsec1') ? decodeBech32(secret, 'nsec') : null;
  if (key?.length !== 32) return undefined;
  try {
    const ecdh = createECDH('secp256k1');
    ecdh.setPrivateKey(key);
    const x = ecdh.getPublicKey(null, 'compressed').subarray(1);
    const publicKey = encodeBech32('npub', x);
    return clueOf('nostr', `Nostr key of ${publicKey}`, { publicKey, publicKeyHex: x.toString('hex') });
  } catch {
    return undefined;
  }
}

/** Thirty-two bytes in base 64 are anything: only the name beside them says that they are a key. */
function wireguardClue({ secret, text, around, rule }: Sight): Clue | undefined {
  if (!WIREGUARD.test(secret)) return undefined;
  if (!/wireguard/i.test(rule.vendor) && !WIREGUARD_AROUND.test(`${text}\n${around}`)) return undefined;
  const publicKey = publicHalf('X25519', Buffer.from(secret, 'base64')).toString('base64');
  return clueOf('wireguard', `WireGuard peer ${publicKey}`, { publicKey });
}

/** By way of a JSON Web Key, which takes a tenth of the time that PKCS#8 takes. */
function publicHalf(crv: Curve, key: Buffer): Buffer {
  const jwk = { kty: 'OKP', crv, d: key.toString('base64url'), x: UNKNOWN };
  const { x } = createPublicKey(createPrivateKey({ key: jwk, format: 'jwk' })).export({ format: 'jwk' });
  return Buffer.from(x!, 'base64url');
}
