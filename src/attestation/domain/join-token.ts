import { createHash } from 'node:crypto';
import { addSeconds, type Id, MINUTE_SECONDS } from '../../kernel/index.js';
import { Refusal } from './refusal.js';

export const JOIN_TOKEN_TTL_SECONDS = 10 * MINUTE_SECONDS;
const SECRET_BYTES = 32;
const FORM = /^mjt_[A-Za-z0-9_-]{43}$/;

/** A secret that lets one key become one identity, once, within ten minutes. */
export interface JoinToken {
  readonly id: Id<'joinToken'>;
  readonly identityId: Id<'identity'>;
  /** SHA-256 of the token; the token itself is never stored. It has 256 random bits, so no salt is needed. */
  readonly digest: Buffer;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The text of a join token, made from 32 random bytes. */
export function joinTokenText(random: Uint8Array): string {
  if (random.length !== SECRET_BYTES) throw new RangeError('A join token is made of 32 random bytes.');
  return `mjt_${Buffer.from(random).toString('base64url')}`;
}

export function joinTokenExpiry(createdAt: Date): Date {
  return addSeconds(createdAt, JOIN_TOKEN_TTL_SECONDS);
}

/**
 * The digest a join token is stored under.
 *
 * @throws Refusal `join_token_malformed` when the text has not the form of one
 */
export function joinTokenDigest(text: string): Buffer {
  if (!FORM.test(text)) throw new Refusal('join_token_malformed');
  return createHash('sha256').update(text, 'latin1').digest();
}
