import { z } from 'zod';
import { idOf } from '../../platform/index.js';
import { CHECK_IDS } from '../domain/posture/posture.js';
import { VERDICTS } from '../domain/resolution/verdict.js';
import type { PostureOverview, SeenPosture, Troubled } from './posture.service.js';

const right = z.strictObject({ privilege: z.string(), resource: z.string() });
const seen = z.strictObject({
  ...right.shape,
  lastUsedAt: z.string().nullable().optional(),
  through: z.string().optional(),
});

/** More of one check are not shown at once: the first are the worst. */
const MOST_SHOWN = 50;
const severity = z.enum(['high', 'medium', 'low']);

export const overviewSchema = z
  .strictObject({
    looked: z.int().describe('How many findings were looked at: what waits, then what is registered.'),
    isAll: z.boolean(),
    checks: z.array(
      z.strictObject({
        check: z.enum(CHECK_IDS),
        question: z.string(),
        counts: z.strictObject({ high: z.int(), medium: z.int(), low: z.int() }),
        found: z
          .array(
            z.strictObject({
              findingId: idOf('finding'),
              name: z.string(),
              vendor: z.string(),
              lastFour: z.string().nullable(),
              kind: z.enum(['credential', 'account', 'ghost']),
              words: z.array(z.string()),
              named: z.string().nullable(),
              verdict: z.enum(VERDICTS),
              identityId: idOf('identity').nullable(),
              identityName: z.string().nullable(),
              severity,
              because: z.string(),
              fix: z.string(),
            }),
          )
          .describe('The worst first, and not more than are good to read.'),
      }),
    ),
  })
  .meta({ id: 'PostureOverview' });

export const postureSchema = z
  .strictObject({
    concerns: z.array(
      z.strictObject({
        check: z.enum(CHECK_IDS).describe('Of the OWASP Non-Human Identities Top 10, 2025.'),
        severity,
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

export function showOverview({ looked, isAll, checks }: PostureOverview): z.input<typeof overviewSchema> {
  return {
    ...{ looked, isAll },
    checks: checks.map(({ id, question, found }) => ({
      ...{ check: id, question },
      counts: { high: countOf(found, 'high'), medium: countOf(found, 'medium'), low: countOf(found, 'low') },
      found: found.slice(0, MOST_SHOWN).map(showTroubled),
    })),
  };
}

function countOf(found: readonly Troubled[], severity: Troubled['concern']['severity']): number {
  return found.filter(({ concern }) => concern.severity === severity).length;
}

function showTroubled({ concern, finding, identityName }: Troubled) {
  const { id, kind, thing, resolution } = finding;
  const { severity, because, fix } = concern;
  return {
    ...{
      findingId: id,
      kind,
      name: thing.name,
      vendor: thing.vendor,
      lastFour: thing.lastFour,
      words: [...thing.words],
    },
    ...{ named: resolution.named, verdict: resolution.verdict, identityId: resolution.identityId, identityName },
    ...{ severity, because, fix },
  };
}
