import { z } from 'zod';
import { CHECK_IDS } from '../domain/posture/posture.js';
import type { SeenPosture } from './posture.service.js';

const right = z.strictObject({ privilege: z.string(), resource: z.string() });
const seen = z.strictObject({
  ...right.shape,
  lastUsedAt: z.string().nullable().optional(),
  through: z.string().optional(),
});

export const postureSchema = z
  .strictObject({
    concerns: z.array(
      z.strictObject({
        check: z.enum(CHECK_IDS).describe('Of the OWASP Non-Human Identities Top 10, 2025.'),
        severity: z.enum(['high', 'medium', 'low']),
        because: z.string(),
        fix: z.string(),
      }),
    ),
    rights: z
      .strictObject({
        unregistered: z.array(seen),
        wider: z.array(z.strictObject({ seen, grantId: z.string() })),
        unused: z.array(seen),
        absent: z.array(z.strictObject({ grantId: z.string(), scope: z.string(), lastUsedAt: z.string().nullable() })),
        proposed: z.array(right).describe('What would be enough.'),
      })
      .nullable(),
  })
  .meta({ id: 'FindingPosture' });

export function showPosture({ concerns, rights }: SeenPosture): z.input<typeof postureSchema> {
  return {
    concerns: [...concerns],
    rights: rights && {
      unregistered: [...rights.unregistered],
      wider: [...rights.wider],
      unused: [...rights.unused],
      absent: [...rights.absent],
      proposed: [...rights.proposed],
    },
  };
}
