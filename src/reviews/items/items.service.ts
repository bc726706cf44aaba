import { Injectable } from '@nestjs/common';
import { type Actor, addSeconds, type Id } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import type { ListedItem, ReviewItem } from '../domain/item.js';
import { Deciders, type Placed } from './deciders.js';
import { type Consequences, consequences } from './domain/consequences.js';
import { BACKUP_AFTER_SECONDS, MANAGER_AFTER_SECONDS } from './domain/deciding.js';
import { hasOpened, open } from './domain/decision.js';
import { type Difference, differences } from './domain/differences.js';
import { ItemsRepository } from './items.repository.js';
import {
  type Circle,
  type ItemFilter,
  type Position,
  QueueRepository,
  type Sort,
  type Waiting,
} from './queue.repository.js';

/** An item as one caller sees it. */
export interface SeenItem<Item extends ListedItem = ListedItem> extends Placed<Item> {
  readonly canDecide: boolean;
  /** Whether the caller has opened its evidence. */
  readonly opened: boolean;
}

/** An item with everything that a decision may rest on. */
export interface OpenedItem extends SeenItem<ReviewItem> {
  /** What changed since the last review that ended for it; null where there was none. */
  readonly since: readonly Difference[] | null;
  readonly wouldDo: Consequences;
}

export interface WantedItems extends Omit<ItemFilter, 'reviewer'> {
  readonly reviewer?: Id<'person'> | undefined;
  readonly sort: Sort;
}

export interface ListedRow extends SeenItem {
  readonly position: Position;
}

/** Some of a list; with `stopped`, where to go on, though there are no more than these here. */
export interface ListedRows {
  readonly rows: readonly ListedRow[];
  readonly stopped: Position | undefined;
}

/** What there is to decide, and what is known about it. */
@Injectable()
export class Items {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly items: ItemsRepository,
    private readonly queue: QueueRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly deciders: Deciders,
    private readonly clock: SystemClock,
  ) {}

  /**
   * One more than `limit` items, without their evidence, or fewer and not the last. Where a reviewer is asked for, those
   * that are theirs to decide: also in the place of somebody away, and what is so late that they come next; of open
   * campaigns, unless one is named.
   */
  list(
    actor: Actor,
    { reviewer, sort, ...filter }: WantedItems,
    after: Position | undefined,
    limit: number,
  ): Promise<ListedRows> {
    return this.unitOfWork.read(async (tx) => {
      const circle = reviewer && (await this.circleOf(tx, reviewer));
      const { rows, stopped } = await this.queue.list(tx, { ...filter, reviewer: circle }, sort, after, limit + 1);
      const seen = await this.see(
        tx,
        actor,
        rows.map(({ item }) => item),
      );
      return { rows: rows.map(({ position }, index) => ({ ...seen[index]!, position })), stopped };
    });
  }

  /** What of each open campaign is with somebody, and how far they are. */
  waiting({ principal }: Actor): Promise<readonly Waiting[]> {
    if (principal.kind !== 'person') return Promise.resolve([]);
    return this.unitOfWork.read(async (tx) => this.queue.listWaiting(tx, await this.circleOf(tx, principal.id)));
  }

  /**
   * Shows an item with its evidence. Where whoever looks may decide, that they looked is noted, and their time runs.
   *
   * @param isAhead nobody sees it yet: nothing is noted
   * @throws ReviewsError `item_not_found`
   */
  open(actor: Actor, id: Id<'reviewItem'>, isAhead: boolean): Promise<OpenedItem> {
    return this.unitOfWork.run(async (tx) => {
      const [seen] = await this.see(tx, actor, [await this.items.get(tx, id)]);
      const isOpened = seen!.canDecide && !isAhead;
      const item = isOpened ? await this.note(tx, actor, seen!.item) : seen!.item;
      const before = item.previousId && (await this.items.evidenceOf(tx, item.previousId));
      return {
        ...seen!,
        item,
        opened: seen!.opened || isOpened,
        since: before ? differences(before, item.evidence) : null,
        wouldDo: consequences(item.evidence),
      };
    });
  }

  /** Says of items what concerns one caller. */
  async see<Item extends ListedItem>(tx: Tx, { principal }: Actor, items: readonly Item[]): Promise<SeenItem<Item>[]> {
    const campaigns = await this.campaigns.findAll(tx, [...new Set(items.map(({ campaignId }) => campaignId))]);
    const placed = items.map((item) => ({ item, campaign: campaigns.get(item.campaignId)! }));
    if (principal.kind !== 'person') return placed.map((one) => ({ ...one, canDecide: false, opened: false }));
    const deciding = await this.deciders.of(tx, placed, [principal.id], this.clock.now());
    return placed.map((one) => ({
      ...one,
      canDecide: isUndecided(one) && deciding.mayDecide(one, principal.id),
      opened: hasOpened(one.item, principal.id),
    }));
  }

  private async note(tx: Tx, { principal }: Actor, item: ReviewItem): Promise<ReviewItem> {
    if (principal.kind !== 'person') return item;
    const opened = open(item, principal.id, this.clock.now());
    await this.items.noteOpened(tx, opened);
    return opened;
  }

  private async circleOf(tx: Tx, id: Id<'person'>): Promise<Circle> {
    const at = this.clock.now();
    const people = [id, ...(await this.queue.placesOf(tx, id, at))];
    const campaigns = await this.queue.listOpenCampaigns(tx);
    const lateBy = (seconds: number) => campaigns.filter(({ dueAt }) => at >= addSeconds(dueAt, seconds));
    const lateForManager = lateBy(MANAGER_AFTER_SECONDS).map((campaign) => campaign.id);
    return {
      people,
      openCampaigns: campaigns.map((campaign) => campaign.id),
      campaignsLateForBackup: lateBy(BACKUP_AFTER_SECONDS).map((campaign) => campaign.id),
      campaignsLateForManager: lateForManager,
      reports: lateForManager.length > 0 ? await this.queue.reportsOf(tx, people) : [],
    };
  }
}

function isUndecided({ item, campaign }: Placed): boolean {
  return campaign.state === 'open' && (item.state === 'open' || item.state === 'staged');
}
