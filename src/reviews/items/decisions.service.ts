import { Injectable } from '@nestjs/common';
import { People } from '../../custodians/index.js';
import type { Actor, Id } from '../../kernel/index.js';
import { RequestError, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import { requireOpen } from '../campaigns/domain/campaign.js';
import type { Campaign } from '../domain/campaign.js';
import { ReviewsError } from '../domain/errors.js';
import type { ReviewItem } from '../domain/item.js';
import { translated } from '../constraints.js';
import { type Deciding, Deciders, type Placed } from './deciders.js';
import { hasOpened, stage, undo, type Wanted } from './domain/decision.js';
import { Items, type SeenItem } from './items.service.js';
import { ItemsRepository } from './items.repository.js';

/** Notes decisions, which can be undone until they are submitted: no records (decision 2). */
@Injectable()
export class Decisions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly items: ItemsRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly people: People,
    private readonly deciders: Deciders,
    private readonly seen: Items,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Notes a decision, in the place of one noted before.
   *
   * @param version what the caller last saw, where they say it
   * @throws ReviewsError `item_not_found`, `campaign_not_open`, `own_request`, `not_yours`, `decided_already`,
   *   `words_needed`, `grants_unknown`, `person_not_live`, `person_barred`, `to_self`; RequestError `version_conflict`
   */
  stage(actor: Actor, id: Id<'reviewItem'>, wanted: Wanted, version: number | undefined): Promise<SeenItem> {
    return this.change(actor, id, version, wanted.to, (item, by, at) => stage(item, wanted, by, at));
  }

  /**
   * Takes a noted decision back.
   *
   * @throws ReviewsError as `stage`, and `nothing_staged`
   */
  undo(actor: Actor, id: Id<'reviewItem'>, version: number | undefined): Promise<SeenItem> {
    return this.change(actor, id, version, undefined, undo);
  }

  /**
   * Keeps several at one stroke, each of which the caller has read.
   *
   * @throws ReviewsError as `stage`, and `evidence_unread`, which names the items
   */
  keepAll(actor: Actor, ids: readonly Id<'reviewItem'>[], reason: string | undefined): Promise<SeenItem[]> {
    return this.transact(async (tx) => {
      const by = await this.decider(tx, actor);
      const campaigns = await this.holdCampaigns(tx, await this.items.getAll(tx, ids));
      const locked = await this.items.lockAll(tx, ids);
      const placed = locked.map((item) => ({ item, campaign: campaigns.get(item.campaignId)! }));
      const at = this.clock.now();
      const deciding = await this.deciders.of(tx, placed, [by], at);
      for (const one of placed) deciding.require(one, by);
      requireRead(locked, by);
      const kept = locked.map((item) => stage(item, { kind: 'keep', reason }, by, at, true));
      await this.items.saveAll(tx, kept);
      return this.seen.see(tx, actor, inOrderOf(ids, kept));
    });
  }

  private change(
    actor: Actor,
    id: Id<'reviewItem'>,
    version: number | undefined,
    to: Id<'person'> | undefined,
    decide: (item: ReviewItem, by: Id<'person'>, at: Date) => ReviewItem,
  ): Promise<SeenItem> {
    return this.transact(async (tx) => {
      const by = await this.decider(tx, actor, to);
      const campaigns = await this.holdCampaigns(tx, [await this.items.get(tx, id)]);
      const item = await this.items.lock(tx, id);
      const placed = { item, campaign: campaigns.get(item.campaignId)! };
      const at = this.clock.now();
      const deciding = await this.deciders.of(tx, [placed], to === undefined ? [by] : [by, to], at);
      deciding.require(placed, by);
      requireSuccessor(deciding, placed, by, to);
      if (version !== undefined && item.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this decision meanwhile; read it again.');
      const decided = decide(item, by, at);
      await this.items.save(tx, decided);
      return (await this.seen.see(tx, actor, [decided]))[0]!;
    });
  }

  /**
   * Holds whoever decides, and whom they name, until the transaction ends: what ties them to others stays as it is.
   *
   * @throws ReviewsError `not_yours`, `person_not_live`
   */
  private async decider(tx: Tx, { principal }: Actor, to?: Id<'person'>): Promise<Id<'person'>> {
    if (principal.kind !== 'person') throw new ReviewsError('not_yours', 'Only people decide; sign in as one.');
    const live = await this.people.holdAllLive(tx, to === undefined ? [principal.id] : [principal.id, to]);
    if (!live.has(principal.id)) throw new ReviewsError('not_yours', 'Only people who are here decide.');
    if (to !== undefined && !live.has(to)) throw notLive(to);
    return principal.id;
  }

  /** The campaigns of these items, held open in order of id. @throws ReviewsError `campaign_not_open` */
  private async holdCampaigns(tx: Tx, items: readonly ReviewItem[]): Promise<ReadonlyMap<string, Campaign>> {
    const held = new Map<string, Campaign>();
    for (const id of [...new Set(items.map(({ campaignId }) => campaignId))].sort()) {
      const campaign = await this.campaigns.hold(tx, id);
      requireOpen(campaign);
      held.set(id, campaign);
    }
    return held;
  }

  private transact<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }
}

function inOrderOf(ids: readonly Id<'reviewItem'>[], items: readonly ReviewItem[]): ReviewItem[] {
  const places = new Map(ids.map((id, place) => [id, place]));
  return [...items].sort((one, other) => places.get(one.id)! - places.get(other.id)!);
}

const NAMED = 5;

/** @throws ReviewsError `evidence_unread` */
function requireRead(items: readonly ReviewItem[], by: Id<'person'>): void {
  const unread = items.filter((item) => !hasOpened(item, by)).sort((one, other) => one.position - other.position);
  if (unread.length === 0) return;
  const names = unread.slice(0, NAMED).map(({ name }) => name);
  const rest = unread.length > NAMED ? ` and ${unread.length - NAMED} more` : '';
  throw new ReviewsError('evidence_unread', `Read the evidence first, of ${names.join(', ')}${rest}.`, {
    details: { itemIds: unread.map(({ id }) => id) },
  });
}

/**
 * Whoever an item is handed to can decide about it.
 *
 * @throws ReviewsError `to_self`, `person_barred`
 */
export function requireSuccessor(
  deciding: Deciding,
  placed: Placed,
  by: Id<'person'>,
  to: Id<'person'> | null | undefined,
): void {
  if (to == null) return;
  if (to === by) throw new ReviewsError('to_self', 'Name somebody else: this is yours already.');
  if (deciding.isBarred(placed, to))
    throw new ReviewsError(
      'person_barred',
      `Name somebody else for ${placed.item.name}: they asked for it, or stand in for somebody who did.`,
      { details: { personId: to } },
    );
}

export function notLive(personId: Id<'person'>): ReviewsError {
  return new ReviewsError('person_not_live', 'Name somebody who has signed in and not left; see GET /v1/people.', {
    details: { personId },
  });
}
