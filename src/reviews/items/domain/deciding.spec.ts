import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Delegation, isBarred, type Ties } from '../../../approvals/index.js';
import { addSeconds, DAY_SECONDS, type Id } from '../../../kernel/index.js';
import { askedAt, type Circle, mayDecide, nextReviewer } from './deciding.js';

const FROZEN = new Date('2026-03-02T09:00:00Z');
const DUE = addSeconds(FROZEN, 14 * DAY_SECONDS);
const person = (name: string): Id<'person'> => `per_${name}`;
const [CORA, CARL, MARY, DORA] = ['cora', 'carl', 'mary', 'dora'].map(person) as [
  Id<'person'>,
  Id<'person'>,
  Id<'person'>,
  Id<'person'>,
];
const CIRCLE: Circle = { reviewerId: CORA, backupId: CARL, managerId: MARY, dueAt: DUE };
const hand = (id: Id<'person'>, more = {}) => ({ id, standsFor: [id], barred: false, ...more });
const late = (days: number) => addSeconds(DUE, days * DAY_SECONDS);

describe('who is asked', () => {
  it.each([
    [-14, [CORA]],
    [1.99, [CORA]],
    [2, [CORA, CARL]],
    [3.99, [CORA, CARL]],
    [4, [CORA, CARL, MARY]],
    [400, [CORA, CARL, MARY]],
  ])('%d days after it was due: %j', (days, expected) => {
    expect(askedAt(CIRCLE, late(days))).toEqual(expected);
  });

  it('is each once, and nobody where there is nobody', () => {
    expect(askedAt({ ...CIRCLE, backupId: CORA, managerId: null }, late(9))).toEqual([CORA]);
    expect(askedAt({ ...CIRCLE, reviewerId: null, backupId: null, managerId: null }, late(9))).toEqual([]);
  });
});

describe('who may decide', () => {
  it.each([
    ['the reviewer', hand(CORA), 0, 'yes'],
    ['the backup in time', hand(CARL), 0, 'not_yours'],
    ['the backup late', hand(CARL), 2, 'yes'],
    ['somebody in the reviewer’s place', hand(DORA, { standsFor: [DORA, CORA] }), 0, 'yes'],
    ['somebody in the backup’s place, in time', hand(DORA, { standsFor: [DORA, CARL] }), 0, 'not_yours'],
    ['anybody else', hand(DORA), 400, 'not_yours'],
    ['a reviewer who asked for it', hand(CORA, { barred: true }), 0, 'own_request'],
    ['a stranger who asked for it', hand(DORA, { barred: true }), 0, 'own_request'],
  ])('%s', (_who, by, days, expected) => {
    expect(mayDecide(CIRCLE, by, late(days))).toBe(expected);
  });

  it('never becomes fewer with time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -30, max: 30 }), fc.nat(30), (days, more) => {
        expect(askedAt(CIRCLE, late(days + more))).toEqual(expect.arrayContaining([...askedAt(CIRCLE, late(days))]));
      }),
    );
  });
});

const PEOPLE = ['a', 'b', 'c', 'd', 'e', 'f'].map(person);
const anybody = fc.constantFrom(...PEOPLE);
const maybe = fc.option(anybody);

/** What may have become of six people: whose accounts are one human's, and who stood in for whom, when. */
const history = fc.record({
  humans: fc.array(fc.tuple(anybody, fc.constantFrom('hmn_1', 'hmn_2')), { maxLength: 5 }),
  delegations: fc.array(
    fc.tuple(anybody, anybody, fc.integer({ min: -20, max: 20 }), fc.integer({ min: 1, max: 20 })),
    {
      maxLength: 8,
    },
  ),
  asked: fc.array(anybody, { minLength: 1, maxLength: 2 }),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

function tiesOf({ humans, delegations }: History): Ties {
  return {
    custodians: [],
    humans: new Map(humans),
    delegations: delegations.map(([fromId, toId, starts, days]): Delegation => {
      const createdAt = addSeconds(FROZEN, starts * DAY_SECONDS);
      const until = addSeconds(createdAt, days * DAY_SECONDS);
      const id = 'dlg_' as Id<'delegation'>;
      return { id, fromId, toId, reason: 'Away.', createdAt, until, endedAt: null, endedBy: null };
    }),
  };
}

/** Said again, in the plainest way: everybody that can be come to from somebody who asked. */
function reachedFrom({ humans, delegations, asked }: History): ReadonlySet<string> {
  const humanOf = (id: string) => new Map<string, string>(humans).get(id) ?? id;
  const reached = new Set(asked.map(humanOf));
  for (let before = -1; before !== reached.size;) {
    before = reached.size;
    for (const [from, to, starts, days] of delegations)
      if (starts + days > 0 && reached.has(humanOf(from))) reached.add(humanOf(to));
  }
  return new Set(PEOPLE.filter((id) => reached.has(humanOf(id))));
}

describe('over every history of accounts and absences', () => {
  const question = ({ asked }: History) => ({
    ...{ requester: asked[0]!, involved: asked, approvers: [], createdAt: FROZEN },
  });

  it('nobody decides about what they asked for, however late it is and in whosever place', () => {
    fc.assert(
      fc.property(history, anybody, maybe, maybe, maybe, fc.integer({ min: -10, max: 40 }), (past, by, ...rest) => {
        const [reviewerId, backupId, managerId, days] = rest;
        const ties = tiesOf(past);
        const barred = isBarred(question(past), by, ties);
        expect(barred).toBe(reachedFrom(past).has(by));
        const circle = { reviewerId, backupId, managerId, dueAt: DUE };
        const answer = mayDecide(circle, { id: by, standsFor: PEOPLE, barred }, late(days));
        if (reachedFrom(past).has(by)) expect(answer).toBe('own_request');
      }),
      { numRuns: 500 },
    );
  });

  it('what goes on goes to the first who is here and had no hand in it, or to nobody', () => {
    fc.assert(
      fc.property(history, fc.array(maybe, { maxLength: 6 }), fc.uniqueArray(anybody), (past, candidates, live) => {
        const reached = reachedFrom(past);
        const ties = tiesOf(past);
        const next = nextReviewer(candidates, (id) => live.includes(id) && !isBarred(question(past), id, ties));
        const fit = candidates.filter((id) => id !== null && live.includes(id) && !reached.has(id));
        expect(next).toBe(fit[0] ?? null);
      }),
      { numRuns: 500 },
    );
  });
});
