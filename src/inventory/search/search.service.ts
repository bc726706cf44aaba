import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { canonicalJson } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { InventoryError } from '../domain/errors.js';
import type { Identity } from '../domain/identity.js';
import { type Position, type Sort, stagesOf } from './domain/order.js';
import { type Facets, facetsFrom, totalOf } from './facets.js';
import { FacetsRepository } from './facets.repository.js';
import { type IdentityFilter, isKept, isKeptByTeam, isNarrowed } from './filter.js';
import type { ListPosition } from './search.dto.js';
import { type Listing, type Placed, SearchRepository, type Walked } from './search.repository.js';
import { isKeyOf } from './stage-sql.js';

/** Rows looked at before anything else: where many meet the filter, a page is among them. */
const FIRST_WINDOW = 2_000;
/** As many as can be sorted in the time that a page may take. */
const COLLECTED = 5_000;
/** Rows looked at in one go where more than that meet the filter, but few of those that come first. */
const WINDOW = 20_000;
/** After this a page is given as far as it has come. */
const PATIENCE_MILLISECONDS = 50;

/** A question for identities, as one caller asks it. */
export interface IdentityQuestion {
  readonly filter: IdentityFilter;
  readonly sort: Sort | undefined;
  readonly after: ListPosition | undefined;
  readonly limit: number;
}

export interface IdentityPage {
  readonly identities: readonly Identity[];
  readonly next: ListPosition | undefined;
  readonly total: Total;
}

export interface Total {
  readonly count: number;
  readonly isExact: boolean;
}

/** Finds identities among a million. */
@Injectable()
export class IdentitySearch {
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
    const listing = { filter, stages: stagesOf(sort, prefixOf(filter)), at: this.clock.now() };
    const digest = digestOf(sort, filter);
    const from = after && positionIn(listing, sort, digest, after);
    const show = ({ stage, key, id }: Position): ListPosition => [sort, digest, stage, key, id];
    return this.unitOfWork.read(async (tx) => {
      const { rows, stopped, total } = await this.page(tx, listing, from, limit);
      return { identities: rows.map(({ identity }) => identity), next: stopped && show(stopped), total };
    });
  }

  /** What identities that meet the filter are like: as kept, or counted, or counted up to a bound. */
  facets(filter: IdentityFilter): Promise<Facets> {
    const at = this.clock.now();
    return this.unitOfWork.read(async (tx) => {
      if (!isKept(filter)) return this.counted(tx, filter, at);
      const kept = facetsFrom(await this.counts.addUp(tx, filter, at), true);
      if (!isKeptByTeam(filter)) return { ...kept, team: (await this.counted(tx, filter, at)).team };
      return { ...kept, team: facetsFrom(await this.counts.addUpTeams(tx, filter, at), true).team };
    });
  }

  private async counted(tx: Tx, filter: IdentityFilter, at: Date): Promise<Facets> {
    const rows = await this.counts.countUpTo(tx, COLLECTED, filter, at);
    return facetsFrom(rows, totalOf(rows) <= COLLECTED);
  }

  private async page(tx: Tx, listing: Listing, from: Position | undefined, limit: number): Promise<Found> {
    const narrowed = isNarrowed(listing.filter);
    const first = await this.walk(tx, listing, from, limit, narrowed ? FIRST_WINDOW : limit + 1, () => true);
    if (first.stopped === undefined && from === undefined)
      return { ...first, total: { count: first.rows.length, isExact: true } };
    if (first.rows.length > limit) return { ...cut(first.rows, limit), total: await this.estimate(tx, listing) };
    const collected = await this.search.collect(tx, listing, from, COLLECTED, limit + 1);
    if (collected) return { ...cut(collected.rows, limit), total: { count: collected.total, isExact: true } };
    if (first.stopped === undefined) return { ...first, total: await this.estimate(tx, listing) };
    const giveUpAt = performance.now() + PATIENCE_MILLISECONDS;
    const missing = limit - first.rows.length;
    const more = await this.walk(tx, listing, first.stopped, missing, WINDOW, () => performance.now() >= giveUpAt);
    const rows = [...first.rows, ...more.rows];
    const total = await this.estimate(tx, listing);
    return rows.length > limit ? { ...cut(rows, limit), total } : { rows, stopped: more.stopped, total };
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
    if (isKept(filter)) return { count: totalOf(await this.counts.addUp(tx, filter, at)), isExact: true };
    return { count: await this.search.estimate(tx, filter, at), isExact: false };
  }
}

interface Found extends Walked {
  readonly total: Total;
}

function cut(rows: readonly Placed[], limit: number): Walked {
  const shown = rows.slice(0, limit);
  return { rows: shown, stopped: rows.length > limit ? shown.at(-1)?.position : undefined };
}

function prefixOf({ words }: IdentityFilter): string | undefined {
  return words?.kind === 'contains' ? words.prefix : undefined;
}

/** Names an order and a filter in a cursor. It is no proof: a forged one finds what its own filter finds. */
function digestOf(sort: Sort, filter: IdentityFilter): string {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  const text = canonicalJson([sort, Object.fromEntries(given)]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
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
