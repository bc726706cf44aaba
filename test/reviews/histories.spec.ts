import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { ReviewDepartures } from '../../src/reviews/items/departures.service.js';
import { insertRow, newId } from '../inventory/rows.js';
import { type ItemBody, ReviewRoom } from './room.js';

jest.setTimeout(120_000);

/** Short histories of people, absences, departures and decisions, over a real database: what must hold after each. */

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const;
type Name = (typeof NAMES)[number];

let room: ReviewRoom;

beforeAll(async () => {
  room = await ReviewRoom.open();
  await room.person('ann', 'analyst');
});
afterAll(() => room?.close());

const somebody = fc.constantFrom(...NAMES);

/** One identity: who answers for it, and who asked for it. */
const identity = fc.record({ primary: somebody, backup: somebody, asked: somebody, author: fc.option(somebody) });

const step = fc.oneof(
  fc.record({ kind: fc.constant('decide' as const), by: somebody, item: fc.nat(3), decision: fc.nat(3), to: somebody }),
  fc.record({ kind: fc.constant('undo' as const), by: somebody, item: fc.nat(3) }),
  fc.record({ kind: fc.constant('submit' as const), by: somebody }),
  fc.record({ kind: fc.constant('stand-in' as const), from: somebody, to: somebody }),
  fc.record({ kind: fc.constant('link' as const), one: somebody, other: somebody }),
  fc.record({ kind: fc.constant('leave' as const), who: somebody }),
  fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 1, max: 9 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Play {
  readonly people: ReadonlyMap<Name, Id<'person'>>;
  readonly called: (name: Name) => string;
  readonly campaign: Id<'campaign'>;
  readonly items: readonly ItemBody[];
  readonly gone: Set<Name>;
}

type Pair = readonly [Name, Name];

async function begin(
  identities: readonly (typeof identity extends fc.Arbitrary<infer Value> ? Value : never)[],
  links: readonly Pair[] = [],
  absences: readonly Pair[] = [],
) {
  const environment = room.newEnvironment();
  const called = (name: Name) => `${name}-${environment}`;
  const people = new Map<Name, Id<'person'>>();
  for (const name of NAMES) people.set(name, await room.person(called(name), 'custodian'));
  for (const [one, other] of links) await link(people.get(one)!, people.get(other)!);
  for (const [from, to] of absences) await standIn(called(from), people.get(to)!);
  const managementId = await room.person(`boss-${environment}`, 'administrator');
  for (const { primary, backup, asked, author } of identities)
    await room.identity({
      ...{ environment, primary_custodian_id: people.get(primary), requested_by: people.get(asked) },
      backup_custodian_id: people.get(backup === primary ? NAMES[(NAMES.indexOf(primary) + 1) % 5]! : backup),
      authors: author === null ? [] : [people.get(author)],
    });
  const campaign = await room.campaign('ann', environment, { managementId });
  const items = [...(await room.items('ann', campaign)).values()];
  return { people, called, campaign, items, gone: new Set<Name>() };
}

async function play(one: Step, { people, called, campaign, items, gone }: Play): Promise<void> {
  const id = (name: Name) => people.get(name)!;
  switch (one.kind) {
    case 'decide': {
      const decision = ['keep', 'revoke', 'delegate', 'reassign'][one.decision]!;
      const body = one.decision < 2 ? { decision } : { decision, to: id(one.to) };
      const url = `/v1/review-items/${items[one.item % items.length]!.id}/decision`;
      await room.ask('PUT', url, { as: called(one.by), body });
      return;
    }
    case 'undo':
      await room.ask('DELETE', `/v1/review-items/${items[one.item % items.length]!.id}/decision`, {
        as: called(one.by),
      });
      return;
    case 'submit':
      await room.submit(called(one.by), campaign);
      return;
    case 'stand-in':
      await standIn(called(one.from), id(one.to));
      return;
    case 'link':
      await link(id(one.one), id(one.other));
      return;
    case 'leave':
      // Somebody stays to answer for what the others leave behind.
      if (gone.has(one.who) || gone.size >= NAMES.length - 2) return;
      gone.add(one.who);
      await leave(id(one.who));
      await room.get(ReviewDepartures).moveOn();
      return;
    case 'wait':
      room.clock.advance(one.days * DAY_SECONDS);
  }
}

/** Nobody stands in for themselves: that is refused. */
async function standIn(from: string, toId: Id<'person'>): Promise<void> {
  const until = addSeconds(room.clock.now(), 5 * DAY_SECONDS).toISOString();
  await room.ask('POST', '/v1/delegations', { as: from, body: { toId, until, reason: 'Away.' } });
}

async function link(one: Id<'person'>, other: Id<'person'>): Promise<void> {
  const { rowCount } = await room.superuser.query('SELECT FROM muster.humans WHERE person_id = ANY ($1)', [
    [one, other],
  ]);
  if (one === other || rowCount !== 0) return;
  const human_id = newId('human');
  for (const person_id of [one, other])
    await insertRow(room.superuser, 'muster.humans', {
      ...{ person_id, human_id, linked_by: 'system:test', linked_at: new Date(), reason: 'The same.' },
    });
}

/** Somebody goes, past all succession: what they answered for is nobody's concern here. */
async function leave(id: Id<'person'>): Promise<void> {
  await room.superuser.query(`SET session_replication_role = replica`);
  await room.superuser.query(
    `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`,
    [id],
  );
  await room.superuser.query('RESET session_replication_role');
}

interface Standing {
  readonly population: number;
  readonly counted: number;
  readonly items: number;
  readonly agree: boolean;
  readonly owed: number;
  readonly undecided: number;
  readonly told: number;
  readonly submitted: number;
  readonly strangers: number;
  readonly gone: number;
}

/** What the database says of a campaign, each number counted in more than one way. */
async function standingOf(campaign: Id<'campaign'>): Promise<Standing> {
  const { rows } = await room.superuser.query<Standing>(
    `SELECT c.population,
       (SELECT sum(p.open + p.staged + p.submitted + p.excepted)::integer FROM muster.review_progress p WHERE p.campaign_id = c.id) AS counted,
       (SELECT count(*)::integer FROM muster.review_items i WHERE i.campaign_id = c.id) AS items,
       NOT EXISTS (
         SELECT FROM (SELECT coalesce(i.reviewer_id, '') AS reviewer_id, count(*) FILTER (WHERE i.state = 'open') AS open,
             count(*) FILTER (WHERE i.state = 'staged') AS staged, count(*) FILTER (WHERE i.state = 'submitted') AS submitted
           FROM muster.review_items i WHERE i.campaign_id = c.id GROUP BY 1) seen
         FULL JOIN (SELECT * FROM muster.review_progress p WHERE p.campaign_id = c.id) kept USING (reviewer_id)
         WHERE (coalesce(seen.open, 0), coalesce(seen.staged, 0), coalesce(seen.submitted, 0))
           <> (kept.open, kept.staged, kept.submitted)) AS agree,
       (SELECT count(*)::integer FROM muster.obligations o WHERE o.source_id = c.id) AS owed,
       (SELECT count(*)::integer FROM muster.review_items i WHERE i.campaign_id = c.id AND i.state IN ('open', 'staged')) AS undecided,
       (SELECT count(*)::integer FROM audit.records r JOIN audit.images m USING (n),
          jsonb_array_elements(m.images::jsonb -> 1 -> 'decisions') d
        WHERE r.leaf::jsonb ->> 'type' = 'review.submitted' AND r.leaf::jsonb ->> 'subject' = c.id
          AND d ->> 'decision' IN ('keep', 'reduce', 'revoke')) AS told,
       (SELECT count(*)::integer FROM muster.review_items i WHERE i.campaign_id = c.id AND i.state = 'submitted') AS submitted,
       (SELECT count(*)::integer FROM muster.review_items i WHERE i.campaign_id = c.id AND i.state = 'submitted'
          AND (i.staged_by = ANY (i.barred))) AS strangers,
       (SELECT count(*)::integer FROM muster.review_items i JOIN muster.people p ON p.id = i.reviewer_id
        WHERE i.campaign_id = c.id AND i.state IN ('open', 'staged') AND p.status <> 'active') AS gone
     FROM muster.review_campaigns c WHERE c.id = $1`,
    [campaign],
  );
  return rows[0]!;
}

describe('over random histories', () => {
  it('adds up, tells every decision once, and lets nobody decide on what they asked for', async () => {
    const history = fc.tuple(fc.array(identity, { minLength: 1, maxLength: 4 }), fc.array(step, { maxLength: 14 }));
    await fc.assert(
      fc.asyncProperty(history, async ([identities, steps]) => {
        const state = await begin(identities);
        for (const one of steps) await play(one, state);
        const standing = await standingOf(state.campaign);
        expect(standing).toEqual({
          ...{ population: identities.length, counted: identities.length, items: identities.length, agree: true },
          ...{ owed: standing.undecided, undecided: standing.undecided },
          ...{ told: standing.submitted, submitted: standing.submitted, strangers: 0, gone: 0 },
        });
        expect(room.failures.splice(0)).toEqual([]);
      }),
      { numRuns: 25, seed: 20_261_121 },
    );
  });

  it('asks only those who may decide, and nobody only where no custodian may', async () => {
    const pairs = fc.array(fc.tuple(somebody, somebody), { maxLength: 3 });
    const history = fc.tuple(fc.array(identity, { minLength: 1, maxLength: 4 }), pairs, pairs);
    await fc.assert(
      fc.asyncProperty(history, async ([identities, links, absences]) => {
        const { people, called, items } = await begin(identities, links, absences);
        const nameOf = (id: string) => called([...people].find(([, personId]) => personId === id)![0]);
        for (const { id, reviewerId, identityId } of items) {
          if (reviewerId !== null) {
            const { body } = await room.ask<ItemBody>('GET', `/v1/review-items/${id}`, { as: nameOf(reviewerId) });
            expect(body.canDecide).toBe(true);
            continue;
          }
          const { rows } = await room.superuser.query<{ custodians: string[] }>(
            'SELECT ARRAY[primary_custodian_id, backup_custodian_id] AS custodians FROM muster.identities WHERE id = $1',
            [identityId],
          );
          for (const custodian of rows[0]!.custodians) {
            const url = `/v1/review-items/${id}/decision`;
            const { body } = await room.ask('PUT', url, { as: nameOf(custodian), body: { decision: 'keep' } });
            expect(body.code).toBe('own_request');
          }
        }
      }),
      { numRuns: 25, seed: 20_261_121 },
    );
  });
});
