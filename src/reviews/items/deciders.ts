import { Injectable } from '@nestjs/common';
import { Circles, isBarred, isInForce, type Ties } from '../../approvals/index.js';
import { People } from '../../custodians/index.js';
import { addSeconds, type Id } from '../../kernel/index.js';
import type { Tx } from '../../platform/index.js';
import type { Campaign } from '../domain/campaign.js';
import type { ListedItem } from '../domain/item.js';
import { type Circle, type Hand, MANAGER_AFTER_SECONDS, mayDecide, requireDecider } from './domain/deciding.js';

/** An item, and the campaign that it belongs to. */
export interface Placed<Item extends ListedItem = ListedItem> {
  readonly item: Item;
  readonly campaign: Campaign;
}

/** Knows who decides about items, as it stands in one transaction. */
export class Deciding {
  constructor(
    private readonly tiesOf: (placed: Placed) => Ties,
    private readonly managers: ReadonlyMap<Id<'person'>, Id<'person'> | null>,
    private readonly at: Date,
  ) {}

  mayDecide(placed: Placed, id: Id<'person'>): boolean {
    return mayDecide(this.circleOf(placed), this.handOf(placed, id), this.at) === 'yes';
  }

  /** @throws ReviewsError `own_request`, `not_yours` */
  require(placed: Placed, id: Id<'person'>): void {
    requireDecider(this.circleOf(placed), this.handOf(placed, id), this.at);
  }

  /** Whether they, another account of theirs, or somebody whom they stand in for asked for the identity. */
  isBarred(placed: Placed, id: Id<'person'>): boolean {
    return isBarred(questionOf(placed), id, this.tiesOf(placed));
  }

  private circleOf({ item, campaign }: Placed): Circle {
    const { reviewerId, backupId } = item;
    const managerId = (reviewerId && this.managers.get(reviewerId)) ?? null;
    return { reviewerId, backupId, managerId, dueAt: campaign.dueAt };
  }

  private handOf(placed: Placed, id: Id<'person'>): Hand {
    const places = this.tiesOf(placed).delegations.filter((one) => one.toId === id && isInForce(one, this.at));
    return { id, standsFor: [id, ...places.map(({ fromId }) => fromId)], barred: this.isBarred(placed, id) };
  }
}

/** Reads what ties people to items: who decides about them, and who is too close to. */
@Injectable()
export class Deciders {
  constructor(
    private readonly circles: Circles,
    private readonly people: People,
  ) {}

  /** @param deciding whoever might decide */
  async of(tx: Tx, placed: readonly Placed[], deciding: readonly Id<'person'>[], at: Date): Promise<Deciding> {
    const tiesOf = await this.circles.tiesOf(tx, placed.map(questionOf), deciding);
    const late = placed.filter(({ campaign }) => at >= addSeconds(campaign.dueAt, MANAGER_AFTER_SECONDS));
    const reviewers = late.map(({ item }) => item.reviewerId).filter((id) => id !== null);
    const managers = await this.people.managersOf(tx, [...new Set(reviewers)]);
    return new Deciding((one) => tiesOf(questionOf(one)), managers, at);
  }
}

/** What is asked, as approvals see it: of those who asked for an identity none decides about it. */
function questionOf({ item, campaign }: Placed) {
  return {
    subject: item.identityId,
    requester: item.barred[0] ?? '',
    involved: item.barred,
    approvers: [],
    createdAt: campaign.frozenAt ?? campaign.createdAt,
  };
}
