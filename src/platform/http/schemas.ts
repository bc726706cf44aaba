import { z } from 'zod';
import { areAuthorities } from '../../crypto/index.js';
import { type Id, ID_PREFIXES, type IdKind, PLAIN_TEXT } from '../../kernel/index.js';

/** An identifier of one kind, as a path or body value. */
export function idOf<Kind extends IdKind>(kind: Kind): z.ZodType<Id<Kind>, string> {
  const prefix = ID_PREFIXES[kind];
  const schema = z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `must be an id like ${prefix}_0192f0c1a2b37c4d8e5f60718293a4b5`);
  return schema as unknown as z.ZodType<Id<Kind>, string>;
}

/** An instant in answers: RFC 3339 in UTC. Handlers return it as text; `toInstant` makes it. */
export const instant = z.iso.datetime();

/** An instant in requests; parsed to a Date. */
export const instantInput = z.iso.datetime().transform((text) => new Date(text));

export function toInstant(at: Date): string {
  return at.toISOString();
}

export function toInstantOrNull(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}

const WHOLE = /^(0|-?[1-9]\d{0,15})$/;

/** A whole number in a path or query, in its one decimal spelling: no `1e3`, no `0x10`, no empty text for zero. */
export function wholeNumber(min: number, max: number) {
  return z.preprocess(
    (text) => (typeof text === 'string' && WHOLE.test(text) ? Number(text) : text),
    z.int({ error: 'must be a whole number' }).min(min).max(max),
  );
}

/** One line of words that people read: plain text, trimmed, never empty. */
export function line(maxLength: number) {
  return z.string().trim().min(1).max(maxLength).regex(PLAIN_TEXT, 'must not contain control characters');
}

/** PEM of authorities that are believed in one place alone. */
export const authorities = z
  .string()
  .min(1)
  .max(65_536)
  .refine(areAuthorities, 'must be one to ten certificates of authorities (CA:TRUE) in PEM and nothing else');

/** Consent, with its reason, to reach what is on no public address, or not encrypted. */
export function consentFor(what: string) {
  return z.strictObject({ reason: line(200) }).describe(`Consent to ${what}`);
}
