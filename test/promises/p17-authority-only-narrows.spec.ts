import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cancel, decide, isSpendable, openApproval, spend } from '../../src/approvals/domain/approval.js';
import {
  delegate,
  type Delegation,
  endDelegation,
  MAX_DELEGATION_SECONDS,
} from '../../src/approvals/domain/delegation.js';
import { type Approver, CUSTODIAN, eligibilityOf, type Ties } from '../../src/approvals/domain/eligibility.js';
import { lifetimeSeconds } from '../../src/issuance/domain/lifetime.js';
import { narrow } from '../../src/issuance/domain/scope.js';
import { addSeconds, type Id, ROLES } from '../../src/kernel/index.js';

/** Delegation, consent and token scope never widen what somebody may do, nor for how long (P17). */

const AT = new Date('2026-03-02T09:00:00Z');
const PEOPLE = ['ann', 'ben', 'cora', 'dan', 'eve', 'fay'].map((name): Id<'person'> => `per_${name}`);

const person = fc.constantFrom(...PEOPLE);
const roles = fc.subarray([...ROLES]);
const instant = fc.integer({ min: -100_000, max: 100_000 }).map((seconds) => addSeconds(AT, seconds));

const delegation = fc
  .record({
    fromId: person,
    toId: person,
    createdAt: instant,
    lasts: fc.integer({ min: 1, max: 200_000 }),
    cut: fc.boolean(),
  })
  .filter(({ fromId, toId }) => fromId !== toId)
  .map(({ fromId, toId, createdAt, lasts, cut }): Delegation => ({
    id: 'dlg_1',
    ...{ fromId, toId, reason: 'Away.', createdAt, until: addSeconds(createdAt, lasts) },
    endedAt: cut ? addSeconds(createdAt, lasts / 2) : null,
    endedBy: cut ? fromId : null,
  }));
const ties = fc.record({
  custodians: fc.subarray(PEOPLE, { maxLength: 2 }),
  humans: fc.subarray(PEOPLE, { maxLength: 3 }).map((ids) => new Map<string, string>(ids.map((id) => [id, 'hmn_1']))),
  delegations: fc.array(delegation, { maxLength: 8 }),
});
const asked = fc.record({
  requester: person,
  involved: fc.subarray(PEOPLE, { maxLength: 2 }),
  approvers: fc.subarray([...ROLES, CUSTODIAN] as const, { minLength: 1 }),
  createdAt: fc.constant(AT),
});
const approver = fc.record({ id: person, live: fc.boolean(), roles });

const RUNS = { numRuns: 1_000, seed: 17 };
const may = (question: Parameters<typeof eligibilityOf>[0], by: Approver, tied: Ties, at: Date) =>
  eligibilityOf(question, by, tied, at);

describe('delegation (P17)', () => {
  it('lends nothing that whoever lends it could not do themselves, and never a role', () => {
    fc.assert(
      fc.property(asked, approver, ties, (question, by, tied) => {
        const answer = may(question, by, tied, AT);
        if (!answer.eligible || answer.for === null) return;
        expect(tied.custodians).toContain(answer.for);
        const lender: Approver = { id: answer.for, live: true, roles: [] };
        expect(may(question, lender, { ...tied, delegations: tied.delegations }, AT)).toEqual({
          eligible: true,
          for: null,
        });
      }),
      RUNS,
    );
  });

  it('never lets anybody decide whom one delegation more would bar', () => {
    fc.assert(
      fc.property(asked, approver, ties, delegation, (question, by, tied, more) => {
        const bars = { ...more, fromId: question.requester, toId: by.id, createdAt: AT, endedAt: null };
        const tighter = {
          ...tied,
          delegations: [...tied.delegations, { ...bars, until: addSeconds(AT, 60), endedBy: null }],
        };
        expect(may(question, by, tighter, AT)).toEqual({ eligible: false, why: 'own_request' });
      }),
      RUNS,
    );
  });

  it('never lets anybody decide for a human of whom one account is involved', () => {
    fc.assert(
      fc.property(asked, approver, ties, (question, by, tied) => {
        const human = (id: string) => tied.humans.get(id) ?? id;
        const involved = [question.requester, ...question.involved].map(human);
        const answer = may(question, by, tied, AT);
        if (!answer.eligible) return;
        expect(involved).not.toContain(human(by.id));
        if (answer.for !== null) expect(involved).not.toContain(human(answer.for));
      }),
      RUNS,
    );
  });

  it('lasts no longer than was said, and 30 days at most', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 60 * 86_400 }), fc.nat(60 * 86_400), (lasts, later) => {
        const wanted = { id: 'dlg_1', fromId: PEOPLE[0]!, toId: PEOPLE[1]!, reason: 'Away.' } as const;
        const until = addSeconds(AT, lasts);
        if (lasts <= 0 || lasts > MAX_DELEGATION_SECONDS) {
          expect(() => delegate({ ...wanted, until }, false, [], AT)).toThrow();
          return;
        }
        const given = delegate({ ...wanted, until }, false, [], AT);
        const tied = { custodians: [PEOPLE[0]!], humans: new Map<string, string>(), delegations: [given] };
        const question = { requester: 'mid_1', involved: [], approvers: [CUSTODIAN] as const, createdAt: AT };
        const by = { id: PEOPLE[1]!, live: true, roles: [] };
        expect(may(question, by, tied, addSeconds(AT, later)).eligible).toBe(later < lasts);
        if (later < lasts) {
          const ended = endDelegation(given, PEOPLE[1]!, addSeconds(AT, later));
          expect(may(question, by, { ...tied, delegations: [ended] }, addSeconds(AT, later)).eligible).toBe(false);
        }
      }),
      RUNS,
    );
  });
});

describe('consent (P17)', () => {
  const payload = fc.json().map((text) => JSON.stringify(JSON.parse(text)));
  const step = fc.constantFrom('approve', 'deny', 'cancel', 'spend', 'wait');

  it('is used once at most, for what was asked, in time, whatever is done in whatever order', () => {
    fc.assert(
      fc.property(payload, fc.array(step, { maxLength: 12 }), fc.nat(100_000), (text, steps, pause) => {
        let at = AT;
        let approval = openApproval(
          {
            ...{ id: 'apr_1', action: 'token.issue', subject: 'mid_1', payload: text, summary: '' },
            ...{
              requester: 'mid_1',
              involved: [],
              approvers: [CUSTODIAN],
              openSeconds: 86_400,
              spendableSeconds: 3600,
            },
          },
          at,
        );
        const asked = approval.payloadDigest;
        const tied = { custodians: [PEOPLE[0]!], humans: new Map<string, string>(), delegations: [] };
        let spent = 0;
        for (const one of steps) {
          try {
            const by = { id: PEOPLE[0]!, live: true, roles: [] };
            if (one === 'approve' || one === 'deny')
              approval = decide(approval, by, tied, { verdict: one, reason: 'Why.' }, at);
            if (one === 'cancel') approval = cancel(approval, 'mid_1', at);
            if (one === 'wait') at = addSeconds(at, pause);
            if (one === 'spend') {
              const fresh = isSpendable(approval, at);
              approval = spend(approval, { by: 'mid_1', requestId: 'req_1' }, tied.humans, at);
              spent += 1;
              expect(fresh && approval.state === 'approved' && approval.decidedAt! <= at).toBe(true);
              expect(at.getTime() - approval.decidedAt!.getTime()).toBeLessThan(3600_000);
              expect(approval.decidedAt! < approval.expiresAt).toBe(true);
            }
          } catch (error) {
            if ((error as { matcherResult?: unknown }).matcherResult) throw error;
          }
        }
        expect(spent).toBeLessThanOrEqual(1);
        expect(approval.payloadDigest).toEqual(asked);
      }),
      RUNS,
    );
  });
});

describe('a token (P17)', () => {
  const word = fc.constantFrom('read', 'place', 'cancel', 'settle', 'two words', 'admin');
  const target = fc.constantFrom('orders', 'ledger');
  const grants = fc
    .array(fc.record({ target, scope: word }), { maxLength: 8 })
    .map((held) => held.map((one, index) => ({ ...one, id: `grt_${index}` as Id<'grant'> })));

  it('says nothing that is not behind it, and nothing more when it is narrowed again', () => {
    fc.assert(
      fc.property(grants, target, fc.option(fc.array(word, { minLength: 1, maxLength: 4 })), (held, at, wanted) => {
        try {
          const given = narrow(held, at, wanted?.join(' '));
          for (const one of given) expect(held).toContainEqual(one);
          expect(given.every((one) => one.target === at)).toBe(true);
          if (wanted) expect(given.every(({ scope }) => wanted.some((one) => one === scope))).toBe(true);
          for (const one of narrow(given, at, given[0]!.scope)) expect(given).toContainEqual(one);
        } catch (error) {
          if ((error as { matcherResult?: unknown }).matcherResult) throw error;
        }
      }),
      RUNS,
    );
  });

  it('lives no longer than its certificate, its profile, its identity’s standing and what was asked', () => {
    const seconds = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        seconds,
        fc.option(seconds, { nil: undefined }),
        seconds,
        (max, usual, standing, wanted, left) => {
          const profile = { maxTtlSeconds: Math.max(max, usual), defaultTtlSeconds: Math.min(max, usual) };
          const bounds = {
            profile: profile as never,
            standingSeconds: standing,
            trustSeconds: null,
            requestedSeconds: wanted,
          };
          const ttl = lifetimeSeconds({ ...bounds, notAfter: addSeconds(AT, left) }, AT);
          expect(ttl).toBeLessThanOrEqual(Math.min(profile.maxTtlSeconds, standing, left, wanted ?? Infinity));
        },
      ),
      RUNS,
    );
  });
});
