import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GRACE_SECONDS, OVERDUE_TTL_SECONDS } from '../../src/inventory/domain/standing.js';
import { stagesOf } from '../../src/inventory/search/domain/order.js';
import { FacetsRepository } from '../../src/inventory/search/facets.repository.js';
import type { IdentityFilter } from '../../src/inventory/search/filter.js';
import type { IdentityPage, ListPosition } from '../../src/inventory/search/identity-page.js';
import { SearchRepository } from '../../src/inventory/search/search.repository.js';
import { type Budget, IdentitySearch } from '../../src/inventory/search/search.service.js';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { openRoom, type Room } from './room.js';
import { identityRow, insertRow, newId } from './rows.js';

/** What is owed for identities, and how they stand because of it (ISS-6). */

interface Shown {
  readonly id: Id<'identity'>;
  readonly version: number;
  readonly reviewDueAt: string | null;
  readonly reviewId: string | null;
  readonly riskAnalysisExpiresAt: string | null;
  readonly riskAnalysisId: string | null;
  readonly standing: {
    readonly issues: boolean;
    readonly maxTtlSeconds: number | null;
    readonly code: string | null;
    readonly reason: string | null;
    readonly reasons: readonly string[];
  };
}

const ENDS = 'UPDATE muster.identities SET status = $2, version = version + 1 WHERE id = $1';
const NOTHING = { reviewDueAt: null, reviewId: null, riskAnalysisExpiresAt: null, riskAnalysisId: null };

let room: Room;
let custodians: { primary_custodian_id: string; backup_custodian_id: string };
let made = 0;

beforeAll(async () => {
  room = await openRoom();
  await room.person('eve', 'platform-engineer');
  custodians = {
    primary_custodian_id: await room.person('cora', 'custodian'),
    backup_custodian_id: await room.person('carl', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function identity(changed: Readonly<Record<string, unknown>> = {}): Promise<Id<'identity'>> {
  const row = identityRow(room.teamId, { ...custodians, ...changed });
  await insertRow(room.superuser, 'muster.identities', row);
  return row.id;
}

const newEnvironment = () => `owes-${++made}`;
const inDays = (days: number) => addSeconds(room.clock.now(), days * DAY_SECONDS);
const show = async (id: string) =>
  JSON.parse((await room.ask('GET', `/v1/identities/${id}`, { as: 'eve' })).text) as Shown;

/** @returns the campaign's item about each */
async function owe(campaign: Id<'campaign'>, ids: readonly Id<'identity'>[], dueAt: Date): Promise<string[]> {
  const owed = ids.map((identityId) => ({ identityId, reviewId: newId('reviewItem') }));
  await room.unitOfWork.run((tx) => room.inventory.oweReview(tx, campaign, owed, dueAt));
  return owed.map(({ reviewId }) => reviewId);
}

describe('a review that is owed', () => {
  it('shows on the identity, shortens what it gets once overdue, and then stops it, in words that name the review', async () => {
    const id = await identity();
    expect(await show(id)).toMatchObject({ ...NOTHING, standing: { issues: true, maxTtlSeconds: null } });
    const dueAt = inDays(1);
    const [reviewId] = await owe(newId('campaign'), [id], dueAt);
    expect(await show(id)).toMatchObject({
      ...{ version: 1, reviewDueAt: dueAt.toISOString(), reviewId },
      standing: { issues: true, maxTtlSeconds: null, reasons: [] },
    });
    room.clock.advance(DAY_SECONDS);
    expect((await show(id)).standing).toMatchObject({
      ...{ issues: true, maxTtlSeconds: OVERDUE_TTL_SECONDS, reasons: ['review_overdue'] },
    });
    room.clock.advance(GRACE_SECONDS);
    expect((await show(id)).standing).toMatchObject({
      ...{ issues: false, code: 'review_overdue' },
      reason: expect.stringContaining(`complete its access review ${reviewId}, see muster review show ${reviewId}`),
    });
    const { facts } = await room.unitOfWork.run((tx) => room.inventory.lockForIssuance(tx, id));
    expect(facts).toMatchObject({ reviewDueAt: dueAt, reviewId });
  });

  it('of several the first due counts, and each ends for itself', async () => {
    const id = await identity();
    const other = await identity();
    const [early, late] = [newId('campaign'), newId('campaign')];
    const [lateItem] = await owe(late, [id, other], inDays(9));
    const [earlyItem] = await owe(early, [id], inDays(3));
    expect(await show(id)).toMatchObject({ reviewId: earlyItem, reviewDueAt: inDays(3).toISOString() });
    await room.unitOfWork.run((tx) => room.inventory.postponeReviews(tx, early, inDays(10)));
    expect(await show(id)).toMatchObject({ reviewId: lateItem, reviewDueAt: inDays(9).toISOString() });
    await room.unitOfWork.run((tx) => room.inventory.reviewDone(tx, late, [id]));
    expect(await show(id)).toMatchObject({ reviewId: earlyItem, reviewDueAt: inDays(10).toISOString() });
    expect(await show(other)).toMatchObject({ reviewDueAt: inDays(9).toISOString() });
    await room.unitOfWork.run((tx) => room.inventory.reviewDone(tx, early));
    expect(await show(id)).toMatchObject(NOTHING);
  });

  it('is owed once, however often it is said', async () => {
    const id = await identity();
    const campaign = newId('campaign');
    await owe(campaign, [id], inDays(3));
    const [again] = await owe(campaign, [id], inDays(4));
    expect(await show(id)).toMatchObject({ reviewId: again, reviewDueAt: inDays(4).toISOString() });
    await room.unitOfWork.run((tx) => room.inventory.reviewDone(tx, campaign, [id]));
    expect(await show(id)).toMatchObject(NOTHING);
  });
});

describe('the risk analysis behind a schedule', () => {
  it('counts for what its newest campaign is about, until another takes its place or the schedule ends', async () => {
    const [one, two] = [await identity(), await identity()];
    const [schedule, another] = [newId('reviewSchedule'), newId('reviewSchedule')];
    const [old, renewed, others] = [newId('riskAnalysis'), newId('riskAnalysis'), newId('riskAnalysis')];
    const start = async (
      of: Id<'reviewSchedule'>,
      riskAnalysisId: Id<'riskAnalysis'>,
      ids: Id<'identity'>[],
      days: number,
    ) => {
      const campaign = newId('campaign');
      await owe(campaign, ids, inDays(90));
      await room.unitOfWork.run((tx) =>
        room.inventory.carryRiskAnalysis(tx, of, campaign, { riskAnalysisId, expiresAt: inDays(days) }),
      );
      await room.unitOfWork.run((tx) => room.inventory.reviewDone(tx, campaign));
    };
    await start(schedule, old, [one, two], 5);
    await start(another, others, [one], 30);
    const behind = async () => [(await show(one)).riskAnalysisId, (await show(two)).riskAnalysisId];
    expect(await behind()).toEqual([old, old]);
    room.clock.advance(5 * DAY_SECONDS + GRACE_SECONDS);
    expect((await show(two)).standing).toMatchObject({
      ...{ issues: false, code: 'risk_analysis_expired' },
      reason: expect.stringContaining(`renew the risk analysis ${old}`),
    });
    await room.unitOfWork.run((tx) =>
      room.inventory.replaceRiskAnalysis(tx, schedule, { riskAnalysisId: renewed, expiresAt: inDays(300) }),
    );
    expect(await behind()).toEqual([others, renewed]);
    expect((await show(two)).standing).toMatchObject({ issues: true, maxTtlSeconds: null });
    await start(schedule, renewed, [one], 300);
    expect(await behind()).toEqual([others, null]);
    await room.unitOfWork.run((tx) => room.inventory.replaceRiskAnalysis(tx, another, null));
    expect(await behind()).toEqual([renewed, null]);
  });
});

describe('a list narrowed by standing', () => {
  it('holds what issuance would refuse and what it would not, whatever is owed', async () => {
    const environment = newEnvironment();
    const seconds = fc.constantFrom(-GRACE_SECONDS - 1, -GRACE_SECONDS, -GRACE_SECONDS + 1, -1, 0, 1, DAY_SECONDS);
    const owing = fc.record({
      status: fc.constantFrom('active', 'active', 'active', 'pending', 'suspended', 'retired'),
      support: fc.option(fc.constantFrom(-1, 0, 1, DAY_SECONDS), { nil: undefined }),
      reviews: fc.array(seconds, { maxLength: 2 }),
      analyses: fc.array(seconds, { maxLength: 1 }),
    });
    const now = room.clock.now();
    for (const { status, support, reviews, analyses } of fc.sample(owing, { numRuns: 60, seed: 5 })) {
      const supported = support !== undefined && { support_expires_at: addSeconds(now, support) };
      const begins = status === 'pending' ? 'pending' : 'active';
      const id = await identity({ environment, status: begins, ...supported });
      if (status !== begins) await room.superuser.query(ENDS, [id, status]);
      for (const due of reviews) await owe(newId('campaign'), [id], addSeconds(now, due));
      for (const due of analyses)
        await insertRow(room.superuser, 'muster.obligations', {
          ...{ identity_id: id, kind: 'risk-analysis', source_id: newId('reviewSchedule') },
          ...{ reference_id: newId('riskAnalysis'), due_at: addSeconds(now, due) },
        });
    }
    const list = async (query: string) => {
      const { text } = await room.ask('GET', `/v1/identities?environment=${environment}&limit=200${query}`, {
        as: 'eve',
      });
      return (JSON.parse(text) as { items: Shown[] }).items;
    };
    const counted = async (query: string) => {
      const { text } = await room.ask('GET', `/v1/identities/facets?environment=${environment}${query}`, { as: 'eve' });
      return (JSON.parse(text) as { total: { count: number } }).total.count;
    };
    /** As the search finds them where it looks through an index, and not at one row after the other. */
    const collected = (standing: 'issues' | 'refused') =>
      room.unitOfWork.run(async (tx) => {
        const listing = { filter: { environment, standing }, stages: stagesOf('name', undefined), at: now };
        const found = await new SearchRepository().collect(tx, listing, undefined, 100, 100);
        return found!.rows.map((row) => row.identity.id);
      });
    const all = await list('');
    const stands = new Map<string, boolean>();
    for (const { id, ...listed } of all) {
      const { standing, ...shown } = await show(id);
      stands.set(id, standing.issues);
      expect(shown).toMatchObject(listed);
    }
    for (const [standing, issues] of [
      ['issues', true],
      ['refused', false],
    ] as const)
      for (const status of ['', '&status=active', '&status=pending', '&status=suspended', '&status=retired'] as const) {
        const expected = all
          .filter(({ id }) => stands.get(id) === issues)
          .filter((one) => status === '' || status === `&status=${(one as unknown as { status: string }).status}`)
          .map(({ id }) => id);
        for (const sort of ['', '&sort=name', '&q=settles']) {
          const found = (await list(`&standing=${standing}${status}${sort}`)).map(({ id }) => id);
          expect([standing, status, sort, found.sort()]).toEqual([standing, status, sort, expected.sort()]);
        }
        expect(await counted(`&standing=${standing}${status}`)).toBe(expected.length);
        if (status !== '') continue;
        expect((await collected(standing)).sort()).toEqual(expected.sort());
        for (const search of [new FrugalSearch(3, 100), new FrugalSearch(7, 7)])
          expect(await visit(search, { environment, standing })).toEqual(expected.sort());
      }
    expect([...stands.values()].filter((issues) => !issues).length).toBeGreaterThan(20);
  });

  it('looks at no more rows than it may, however few of them would be given anything', async () => {
    const environment = newEnvironment();
    const ids: Id<'identity'>[] = [];
    for (let n = 0; n < 12; n++) ids.push(await identity({ environment }));
    const [last] = ids.splice(-1);
    await owe(newId('campaign'), ids, inDays(-8));
    const filter = { environment, standing: 'issues' } as const;
    const [frugal, plenty] = [new FrugalSearch(4, 4), new FrugalSearch(12, 12)];
    const page = await frugal.list({ filter, sort: 'name', after: undefined, limit: 5 });
    expect([page.identities, page.next?.[5]]).toEqual([[], 'broad']);
    expect(await visit(frugal, filter)).toEqual([last]);
    expect(await plenty.list({ filter, sort: 'name', after: undefined, limit: 5 })).toMatchObject({
      ...{ identities: [{ id: last }], next: undefined, total: { count: 1, isExact: true } },
    });
    expect((await frugal.facets(filter)).total).toEqual({ count: 0, isExact: false });
    expect((await plenty.facets(filter)).total).toEqual({ count: 1, isExact: true });
  });
});

/** The real search, which may look at fewer rows where it also has to look up what is owed. */
class FrugalSearch extends IdentitySearch {
  protected override readonly budget: Budget;

  constructor(lookedUp: number, counted: number) {
    super(room.unitOfWork, new SearchRepository(), new FacetsRepository(), room.clock);
    const plenty = { firstWindow: 5_000, collected: 5_000, window: 5_000, patienceMilliseconds: 0 };
    this.budget = { ...plenty, lookedUp, counted, countedByWords: counted };
  }
}

async function visit(search: IdentitySearch, filter: IdentityFilter): Promise<string[]> {
  const ids: string[] = [];
  for (let after: ListPosition | undefined, more = true; more; more = after !== undefined) {
    const page: IdentityPage = await search.list({ filter, sort: 'name', after, limit: 5 });
    ids.push(...page.identities.map(({ id }) => id));
    after = page.next;
  }
  return ids;
}
