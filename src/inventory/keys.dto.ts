import { z } from 'zod';
import { idOf, instant, instantInput, line, pageQuery, toInstant, toInstantOrNull } from '../platform/index.js';
import type { RegisteredKey } from './domain/credential.js';

/**
 * Only credentials of high entropy are registered: of those the last four characters tell nothing, and a digest cannot
 * be guessed back. A password is neither; it is found by the account that it opens.
 */
export const newKeyBody = z.strictObject({
  system: line(200),
  innerDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the canonical secret as 64 hexadecimal digits in lower case')
    .transform((hex) => Buffer.from(hex, 'hex')),
  lastFour: z
    .string()
    .regex(/^[!-~]{4}$/, 'must be the last four characters of the key')
    .nullish()
    .transform((text) => text ?? null),
  expiresAt: instantInput.nullish().transform((at) => at ?? null),
});

export const keysQuery = z.strictObject(pageQuery);

export const keySchema = z
  .strictObject({
    id: idOf('registeredKey'),
    identityId: idOf('identity'),
    system: z.string(),
    lastFour: z.string().nullable(),
    /** Which of Muster's keys the fingerprint was made with. */
    fingerprintKeyId: z.string(),
    registeredBy: z.string(),
    registeredAt: instant,
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'RegisteredKey' });

export function showKey(key: RegisteredKey): z.input<typeof keySchema> {
  const { id, identityId, system, lastFour, fingerprintKeyId, registeredBy } = key;
  return {
    id,
    identityId,
    system,
    lastFour,
    fingerprintKeyId,
    registeredBy,
    registeredAt: toInstant(key.registeredAt),
    expiresAt: toInstantOrNull(key.expiresAt),
  };
}
