import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { everybodyIsPresent } from '../harness/always-present.js';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';
import type { Visitor } from '../harness/visitor.js';
import { Scene, uniqueWord } from './cases/index.js';

jest.setTimeout(300_000);

/** Decisions in a review, by many at once at two replicas: each item is one thing that changes in one order (P21). */

const CUSTODIANS = 6;
const ITEMS = 4;
const HANDS = 3;
const TURNS = 12;
const UNTIRING = { RATE_LIMIT_FAILURES_PER_MINUTE: '1000000', RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000' };

let muster: Muster;
let replica: Muster;
let scene: Scene;
let campaignId: string;
const custodians: { readonly person: SignedIn; readonly items: readonly string[] }[] = [];

beforeAll(async () => {
  muster = await Muster.start({ environment: UNTIRING });
  replica = await Muster.start({ environment: UNTIRING, beside: muster });
  for (const one of [muster, replica]) everybodyIsPresent(one);
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  const environment = uniqueWord();
  const people: SignedIn[] = [];
  for (let made = 0; made < CUSTODIANS; made += 1) {
    const person = await scene.person('custodian');
    for (let item = 0; item < ITEMS; item += 1) await scene.identity({ environment, primaryCustodianId: person.id });
    people.push(person);
  }
  ({ campaignId } = await scene.campaignOver(environment));
  for (const person of people) {
    const list = `/v1/review-items?reviewer=me&campaignId=${campaignId}`;
    const { items } = await person.visitor.get<{ items: { id: string }[] }>(list);
    custodians.push({ person, items: items.map(({ id }) => id) });
  }
});
afterAll(async () => {
  await scene?.close();
  await replica?.stop();
  await muster?.stop();
});

/** What somebody saw of one item: it was so at some time between asking and being answered. */
interface Event {
  readonly kind: 'write' | 'read';
  readonly asked: number;
  readonly answered: number;
  readonly version: number;
  /** What was noted then; undefined for nothing. */
  readonly reason: string | undefined;
}

interface Shown {
  readonly version: number;
  readonly decision: { readonly reason: string | null } | null;
}

/** Numbers that come again with the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const histories = new Map<string, Event[]>();
const answers = new Map<number, number>();

/** One of the sessions that a custodian works in, at one replica. */
async function work(visitor: Visitor, items: readonly string[], random: () => number, mark: string): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const id = items[Math.floor(random() * items.length)]!;
    const lot = random();
    if (lot < 0.06) await sign(visitor);
    else if (lot < 0.3) await note(id, 'read', () => visitor.call<Shown>('GET', `/v1/review-items/${id}?ahead=true`));
    else if (lot < 0.45)
      await note(id, 'write', () => visitor.call<Shown>('DELETE', `/v1/review-items/${id}/decision`));
    else {
      const body = { decision: 'keep', reason: `${mark} ${turn}` };
      await note(id, 'write', () => visitor.call<Shown>('PUT', `/v1/review-items/${id}/decision`, body));
    }
  }
}

async function note(
  id: string,
  kind: Event['kind'],
  call: () => Promise<{ readonly status: number; readonly body: Shown }>,
): Promise<void> {
  const asked = performance.now();
  const { status, body } = await call();
  const answered = performance.now();
  answers.set(status, (answers.get(status) ?? 0) + 1);
  if (status !== 200) return;
  const event = { kind, asked, answered, version: body.version, reason: body.decision?.reason ?? undefined };
  histories.set(id, [...(histories.get(id) ?? []), event]);
}

async function sign(visitor: Visitor): Promise<void> {
  const at = `/v1/review-campaigns/${campaignId}`;
  const { digest, count } = await visitor.get<{ digest: string; count: number }>(`${at}/submission`);
  if (count === 0) return;
  const { status } = await visitor.call('POST', `${at}/submissions`, { digest, count });
  answers.set(status, (answers.get(status) ?? 0) + 1);
}

interface Final {
  readonly id: string;
  readonly state: string;
  readonly version: number;
  readonly reason: string | null;
  /** What the record of its submission says. */
  readonly told: string | null;
  readonly times: number;
}

async function finals(): Promise<readonly Final[]> {
  const { rows } = await scene.superuser.query<Final>(
    `WITH told AS (
       SELECT d ->> 'itemId' AS id, d ->> 'reason' AS reason FROM audit.records r JOIN audit.images i USING (n),
         jsonb_array_elements(i.images::jsonb -> 1 -> 'decisions') d
       WHERE r.leaf::jsonb ->> 'type' = 'review.submitted' AND r.leaf::jsonb ->> 'subject' = $1)
     SELECT i.id, i.state, i.version, i.decision_reason AS reason, max(t.reason) AS told, count(t.id)::integer AS times
     FROM muster.review_items i LEFT JOIN told t ON t.id = i.id WHERE i.campaign_id = $1 GROUP BY i.id`,
    [campaignId],
  );
  return rows;
}

describe('decisions noted, undone and signed by many hands at two replicas (P21)', () => {
  beforeAll(async () => {
    const hands = custodians.flatMap(({ person, items }, custodian) =>
      Array.from({ length: HANDS }, (_, hand) => {
        const at = (custodian + hand) % 2 === 0 ? muster : replica;
        const visitor = at.visitor({ token: person.token });
        const mark = `${custodian}/${hand}`;
        return work(visitor, items, numbers(custodian * 101 + hand), mark).finally(() => visitor.close());
      }),
    );
    await Promise.all(hands);
    for (const { person } of custodians) await sign(person.visitor);
  });

  it('are answered, or refused for what others did meanwhile', () => {
    expect([...answers.keys()].filter((status) => ![200, 201, 409].includes(status))).toEqual([]);
    expect(answers.get(200)).toBeGreaterThan(CUSTODIANS * HANDS);
    expect(answers.get(201)).toBeGreaterThan(0);
  });

  it('are each one more version of their item: none is lost, none comes twice', async () => {
    for (const { id, state, version } of await finals()) {
      const written = (histories.get(id) ?? []).filter(({ kind }) => kind === 'write').map((event) => event.version);
      const last = state === 'submitted' ? version - 1 : version;
      expect(written.sort((one, other) => one - other)).toEqual(Array.from({ length: last - 1 }, (_, at) => at + 2));
    }
  });

  it('are seen in that order by everybody: what was answered before is never unseen after', () => {
    for (const events of histories.values())
      for (const one of events)
        for (const other of events) {
          if (one.answered > other.asked) continue;
          if (one.kind === 'write' && other.kind === 'write') expect(other.version).toBeGreaterThan(one.version);
          else expect(other.version).toBeGreaterThanOrEqual(one.version);
        }
  });

  it('are read as they were written', () => {
    for (const events of histories.values()) {
      const written = new Map(events.filter(({ kind }) => kind === 'write').map((one) => [one.version, one.reason]));
      for (const { kind, version, reason } of events)
        if (kind === 'read' && written.has(version)) expect(reason).toBe(written.get(version));
    }
  });

  it('are signed once, and exactly what was noted last', async () => {
    const all = await finals();
    expect(all).toHaveLength(CUSTODIANS * ITEMS);
    for (const { id, state, version, reason, told, times } of all) {
      expect([id, times]).toEqual([id, state === 'submitted' ? 1 : 0]);
      if (state !== 'submitted') continue;
      const last = (histories.get(id) ?? []).find((event) => event.kind === 'write' && event.version === version - 1);
      expect([reason, told]).toEqual([last!.reason, last!.reason]);
    }
  });
});
