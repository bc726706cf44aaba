import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { InventoryError } from '../domain/errors.js';
import { type Position, type Sort, stagesOf } from './domain/order.js';
import { countOf, type Facets, facetsFrom } from './facets.js';
import { FacetsRepository } from './facets.repository.js';
import { type IdentityFilter, isKept, isKeptByTeam, isNarrowed } from './filter.js';
import type { IdentityPage, ListPosition, Total } from './identity-page.js';
import { type Listing, type Placed, SearchRepository, type Walked } from './search.repository.js';
import { isKeyOf } from './stage-sql.js';

/** What a question may cost, chosen by measuring at a million rows (docs/benchmarks.md). */
export interface Budget {
  /** Rows looked at before anything else: where many meet the filter, a page is among them. */
  readonly firstWindow: number;
  /** As many as can be found and sorted in the time that a page may take. */
  readonly collected: number;
  /** Rows looked at in one go where more than that meet the filter, but few of those that come first. */
  readonly window: number;
  /** As many, in each of these, where each is also looked up in what is owed: that costs five times as much. */
  readonly lookedUp: number;
  /** After this a page is given as far as it has come. */
  readonly patienceMilliseconds: number;
  /** As many as are counted; reading words takes longer. */
  readonly counted: number;
  readonly countedByWords: number;
}

const BUDGET: Budget = {
  firstWindow: 4_000,
  collected: 5_000,
  window: 10_000,
  lookedUp: 2_000,
  patienceMilliseconds: 60,
  counted: 3_000,
  countedByWords: 2_000,
};

/** A question for identities, as one caller asks it. */
export interface IdentityQuestion {
  readonly filter: IdentityFilter;
  readonly sort: Sort | undefined;
  readonly after: ListPosition | undefined;
  readonly limit: number;
}

/** Finds identities among a million. */
@Injectable()
export class IdentitySearch {
  protected readonly budget: Budget = BUDGET;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly search: SearchRepository,
    private readonly counts: FacetsRepository,
    private readonly clock: SystemClock,
  ) {}

  /**
   * One page of what meets the filter, in its order: every identity that is there all the while is on exactly one page.
   *
   * What a page costs is bounded, however unlucky the question: it may then be short, or empty, and not the last.
   *
   * @throws InventoryError `cursor_of_another_query`
   */
  list({ filter, sort = 'match', after, limit }: IdentityQuestion): Promise<IdentityPage> {
    const listing = { filter, stages: stagesOf(sort, filter.words), at: this.clock.now() };
    const digest = digestOf(sort, filter);
    const from = after && positionIn(listing, sort, digest, after);
    return this.unitOfWork.read(async (tx) => {
      const { rows, stopped, total, isBroad } = await this.page(tx, listing, from, limit, after?.[5] === 'broad');
      const identities = rows.map(({ identity }) => identity);
      return { identities, total, next: stopped && cursorOf(sort, digest, stopped, isBroad) };
    });
  }

  /** What identities that meet the filter are like: as kept, or counted, or counted up to a bound. */
  facets(filter: IdentityFilter): Promise<Facets> {
    const at = this.clock.now();
    return this.unitOfWork.read(async (tx) => {
      const kept = isKept(filter) ? facetsFrom(await this.counts.addUp(tx, filter, at), true) : undefined;
      const byTeam = isKeptByTeam(filter) ? await this.counts.addUpTeams(tx, filter, at) : undefined;
      const teams = byTeam && facetsFrom(byTeam, true);
      if (kept && teams) return { ...kept, team: teams.team };
      const { team, criticality, dataClass, ...counted } = await this.counted(tx, filter, at);
      if (kept) return { ...kept, team };
      return { team, ...counted, ...teams, criticality, dataClass };
    });
  }

  private async counted(tx: Tx, filter: IdentityFilter, at: Date): Promise<Facets> {
    const cap = filter.words === undefined ? this.budget.counted : this.budget.countedByWords;
    const rows = await this.counts.countUpTo(tx, cap, filter, at);
    return facetsFrom(rows, countOf(rows, 'looked-at') <= cap);
  }

  /**
   * Where many meet the filter, the page is among the rows that come first in the order. Where few do, they are all found
   * by the index over words and filters, and sorted. Where many do and yet none of those that come first, it reads on for
   * as long as it may.
   *
   * @param isBroad whether it is known from the page before that many meet the filter
   */
  private async page(
    tx: Tx,
    listing: Listing,
    from: Position | undefined,
    limit: number,
    isBroad: boolean,
  ): Promise<Found> {
    const budget = this.budgetFor(listing.filter);
    const giveUpAt = performance.now() + budget.patienceMilliseconds;
    const window = isNarrowed(listing.filter) ? budget.firstWindow : limit + 1;
    const first = await this.walk(tx, listing, from, limit, window, () => true);
    if (first.stopped === undefined && from === undefined)
      return { ...first, total: { count: first.rows.length, isExact: true }, isBroad };
    if (first.rows.length > limit)
      return { ...cut(first.rows, limit), total: await this.estimate(tx, listing), isBroad };
    const collected = isBroad ? undefined : await this.search.collect(tx, listing, from, budget.collected, limit + 1);
    if (collected) return { ...cut(collected.rows, limit), total: { count: collected.total, isExact: true }, isBroad };
    const total = await this.estimate(tx, listing);
    if (first.stopped === undefined) return { ...first, total, isBroad: true };
    const missing = limit - first.rows.length;
    const more = await this.walk(
      tx,
      listing,
      first.stopped,
      missing,
      budget.window,
      () => performance.now() >= giveUpAt,
    );
    const rows = [...first.rows, ...more.rows];
    if (rows.length > limit) return { ...cut(rows, limit), total, isBroad: true };
    return { rows, stopped: more.stopped, total, isBroad: true };
  }

  /** By standing, each row is also looked up; but of who is refused, an index finds them all. */
  private budgetFor({ standing }: IdentityFilter): Budget {
    const { budget } = this;
    if (standing !== 'issues' && standing !== 'refused') return budget;
    const most = (rows: number) => Math.min(rows, budget.lookedUp);
    const walked = { ...budget, firstWindow: most(budget.firstWindow), window: most(budget.window) };
    return standing === 'refused' ? walked : { ...walked, collected: most(budget.collected) };
  }

  /** Reads on, stage after stage, until it has one more than `limit`, the list ends, or it is told to stop. */
  private async walk(
    tx: Tx,
    listing: Listing,
    from: Position | undefined,
    limit: number,
    window: number,
    enough: () => boolean,
  ): Promise<Walked> {
    const rows: Placed[] = [];
    let stage = from?.stage ?? 0;
    let after = from;
    while (stage < listing.stages.length) {
      const walked = await this.search.walk(tx, listing, stage, after, window, limit + 1 - rows.length);
      rows.push(...walked.rows);
      after = walked.stopped;
      if (rows.length > limit) break;
      if (after === undefined) stage += 1;
      else if (enough()) break;
    }
    return { rows, stopped: after };
  }

  /** As kept, or about as many as the planner thinks. */
  private async estimate(tx: Tx, { filter, at }: Listing): Promise<Total> {
    if (isKept(filter)) return { count: await this.counts.total(tx, filter, at), isExact: true };
    return { count: await this.search.estimate(tx, filter, at), isExact: false };
  }
}

interface Found extends Walked {
  readonly total: Total;
  /** Whether more meet the filter than can be sorted. */
  readonly isBroad: boolean;
}

function cut(rows: readonly Placed[], limit: number): Walked {
  const shown = rows.slice(0, limit);
  return { rows: shown, stopped: rows.length > limit ? shown.at(-1)?.position : undefined };
}

/** Names an order and a filter in a cursor. It is no proof: a forged one finds what its own filter finds. */
function digestOf(sort: Sort, { words, ...filter }: IdentityFilter): string {
  const given = Object.entries({ ...filter, words: words?.typed }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const text = canonicalJson([sort, Object.fromEntries(given)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function cursorOf(sort: Sort, digest: string, { stage, key, id }: Position, isBroad: boolean): ListPosition {
  return [sort, digest, stage, key, id, isBroad ? 'broad' : ''];
}

function positionIn({ stages }: Listing, sort: Sort, digest: string, position: ListPosition): Position {
  const [ofSort, ofDigest, number, key, id] = position;
  const stage = stages[number];
  if (ofSort !== sort || ofDigest !== digest || !stage || !isKeyOf(stage, key))
    throw new InventoryError(
      'cursor_of_another_query',
      'This cursor is of another query: keep sort and filters from page to page, or leave the cursor out.',
    );
  return { stage: number, key, id };
}
