import { z } from 'zod';
import { type Id, ID_PREFIXES, type IdKind } from '../../kernel/index.js';

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

/** One line of words that people read: no control characters, trimmed, never empty. */
export function line(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters');
}
