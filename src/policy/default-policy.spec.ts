import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { LEVELS, type ProvedLevel, ROLES } from '../kernel/index.js';
import { evaluate } from './domain/evaluate.js';
import type { PolicySubject } from './domain/input.js';
import { defaultPolicy } from './policies.js';

const AT = Date.UTC(2026, 10, 21, 12);

const level = z.enum(LEVELS.slice(1) as [ProvedLevel, ...ProvedLevel[]]);
const oneCase = z.strictObject({
  as: z.union([z.literal('workload'), z.array(z.enum(ROLES))]),
  action: z.string(),
  proved: z.partialRecord(level, z.int()).default({}),
  reach: level.optional(),
  shown: level.optional(),
  authorizationDetails: z.array(z.string()).default([]),
  effect: z.enum(['allow', 'step-up', 'approve', 'deny']),
  acr: level.optional(),
  bound: z.boolean().optional(),
});
type OneCase = z.output<typeof oneCase>;

const file = readFileSync(path.join(import.meta.dirname, 'default-policy.tests.yaml'), 'utf8');
const { cases } = z.strictObject({ cases: z.array(oneCase) }).parse(parse(file));

function subjectOf({ as, proved, reach }: OneCase): PolicySubject {
  if (as === 'workload') return { kind: 'workload', id: 'mid_1', credential: 'crt_1' };
  const proofs = Object.fromEntries(Object.entries(proved).map(([acr, seconds]) => [acr, AT - seconds * 1000]));
  return {
    ...{ kind: 'person', id: 'per_1', sessionId: 'ses_1', roles: as, acr: 'loa1', amr: [] },
    ...{ authenticatedAt: AT - 600_000, proofs, ...(reach && { reach }) },
  };
}

const nameOf = ({ as, action, effect, ...rest }: OneCase) =>
  `${as === 'workload' ? as : as.join(' and ') || 'nobody in particular'} · ${action} · ${JSON.stringify(rest)}: ${effect}`;

describe('the policy that Muster comes with', () => {
  const policy = defaultPolicy();

  it.each(cases.map((one) => [nameOf(one), one] as const))('%s', (_name, one) => {
    const evidence = one.shown ? { stepUp: { id: 'stu_1', acr: one.shown, provedAt: AT } as const } : {};
    const context = { at: AT, authorizationDetailTypes: one.authorizationDetails };
    const subject = subjectOf(one);
    const decision = evaluate(policy, { subject, action: one.action, resource: {}, context, evidence });
    expect(decision).toMatchObject({
      effect: one.effect,
      ...(one.acr && { requirement: { acr: one.acr, ...(one.bound !== undefined && { bound: one.bound }) } }),
    });
  });

  it('has no action that nobody may do', () => {
    for (const [action, { grantees }] of policy.actions) expect([action, grantees.size > 0]).toEqual([action, true]);
  });
});
