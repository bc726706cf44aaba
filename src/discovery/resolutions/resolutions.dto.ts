import { z } from 'zod';
import { idOf } from '../../platform/index.js';
import { VERDICTS } from '../domain/resolution/verdict.js';
import type { AskedCredential, Resolved } from './resolutions.service.js';

const MOST_ASKED = 1_000;
const MOST_NAMES = 32;

const name = z.string().min(3).max(600);

export const resolutionsBody = z
  .strictObject({
    credentials: z
      .array(
        z.strictObject({
          innerDigest: z
            .string()
            .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 as 64 hexadecimal digits in lower case')
            .nullish()
            .transform((hex) => (hex == null ? null : Buffer.from(hex, 'hex')))
            .describe(
              'Of secrets made by chance alone: a digest of a password could be guessed back, so it is not sent.',
            ),
          names: z
            .array(name)
            .max(MOST_NAMES)
            .default([])
            .describe('What it is called, and whose it says it is, as discovery writes names.'),
        }),
      )
      .min(1)
      .max(MOST_ASKED),
  })
  .meta({ id: 'CredentialsToResolve' });

export const resolutionsSchema = z
  .strictObject({
    resolutions: z
      .array(
        z.strictObject({
          verdict: z.enum(VERDICTS),
          confidence: z.number(),
          because: z.string(),
          identityId: idOf('identity').nullable(),
          identityName: z.string().nullable(),
          credentialId: z.string().nullable(),
          named: z.string().nullable(),
        }),
      )
      .describe('In the order asked.'),
  })
  .meta({ id: 'Resolutions' });

export function askedOf({ credentials }: z.output<typeof resolutionsBody>): readonly AskedCredential[] {
  return credentials;
}

export function showResolved(resolved: readonly Resolved[]): z.input<typeof resolutionsSchema> {
  return {
    resolutions: resolved.map(({ resolution, identityName }) => ({
      verdict: resolution.verdict,
      confidence: resolution.confidence,
      because: resolution.because,
      identityId: resolution.identityId,
      identityName,
      credentialId: resolution.credentialId,
      named: resolution.named,
    })),
  };
}
