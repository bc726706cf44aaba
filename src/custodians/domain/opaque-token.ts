import { createHash } from 'node:crypto';

/** Prefixes tell secret scanners, and people, what they found. */
export const TOKEN_PREFIXES = {
  session: 'mst_',
  'sign-in': 'msi_',
  setup: 'msu_',
  'device-code': 'msd_',
  'authorization-code': 'msc_',
} as const;
export type OpaqueTokenKind = keyof typeof TOKEN_PREFIXES;

/** Bytes of randomness in a token: far beyond guessing, so a plain hash of it may be stored and looked up. */
export const TOKEN_BYTES = 32;
const BODY = /^[A-Za-z0-9_-]{43}$/;

/** @param random exactly 32 bytes from the operating system's generator */
export function opaqueToken(kind: OpaqueTokenKind, random: Buffer): string {
  if (random.length !== TOKEN_BYTES) throw new RangeError(`A token takes ${TOKEN_BYTES} random bytes.`);
  return TOKEN_PREFIXES[kind] + random.toString('base64url');
}

/** Whether the text has the form of a token of that kind; says nothing about whether it holds. */
export function isOpaqueToken(kind: OpaqueTokenKind, text: string): boolean {
  const prefix = TOKEN_PREFIXES[kind];
  return text.startsWith(prefix) && BODY.test(text.slice(prefix.length));
}

/**
 * What is stored of a token, and what it is looked up by. The index compares digests, so how long a look-up takes says
 * nothing about a token that an attacker could not already compute.
 */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token, 'utf8').digest();
}
