import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Id, systemActor } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import type { ReviewItem } from '../domain/item.js';
import { ReviewLetters } from '../reminders/review-letters.js';
import { Deciders } from './deciders.js';
import { DeparturesRepository, type Vacancy, type Vacant } from './departures.repository.js';
import { pass } from './domain/decision.js';
import { nextReviewer } from './domain/deciding.js';
import { itemImage } from './domain/images.js';
import { ItemsRepository } from './items.repository.js';

const BATCH = 200;

/** Who might take an identity's item over, in the order they are asked. */
type Candidates = ReadonlyMap<Id<'identity'>, readonly Id<'person'>[]>;

/**
 * Gives on what is undecided with somebody who has left: to whoever answers for the identity now, then to the manager of
 * whoever left, then to the custodian's; to nobody where all of them are barred. What was noted about it is theirs anew.
 */
@Injectable()
export class ReviewDepartures {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly departures: DeparturesRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly items: ItemsRepository,
    private readonly people: People,
    private readonly inventory: Inventory,
    private readonly deciders: Deciders,
    private readonly letters: ReviewLetters,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** Safe to run at any time, and on several replicas at once. */
  async moveOn(): Promise<void> {
    const vacancies = await this.unitOfWork.readOne((tx) => this.departures.list(tx));
    for (const vacancy of vacancies) while ((await this.moveBatch(vacancy)) === BATCH);
  }

  private moveBatch(vacancy: Vacancy): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const vacant = await this.departures.listVacant(tx, vacancy, BATCH);
      const candidates = await this.candidatesFor(tx, vacancy, vacant);
      const live = await this.people.holdAllLive(tx, [...new Set([...candidates.values()].flat())]);
      const campaign = await this.campaigns.hold(tx, vacancy.campaignId);
      if (campaign.state !== 'open') return 0;
      const locked = await this.items.lockAll(
        tx,
        vacant.map(({ id }) => id),
      );
      const placed = locked.filter((item) => isStillWith(item, vacancy)).map((item) => ({ item, campaign }));
      const at = this.clock.now();
      const deciding = await this.deciders.of(tx, placed, [...live.keys()], at);
      const moved = placed.map((one) => {
        const isEligible = (id: Id<'person'>) => live.has(id) && !deciding.isBarred(one, id);
        const to = nextReviewer(candidates.get(one.item.identityId) ?? [], isEligible);
        const from = vacancy.reviewerId;
        const move = { kind: 'departure', from, to, by: 'system:reviews', at: at.toISOString(), reason: null } as const;
        return { before: one.item, after: pass(one.item, move) };
      });
      await this.store(tx, vacancy, moved);
      return vacant.length;
    });
  }

  /** Each item that goes on is a record of its own, as its identity's life is told by it. */
  private async store(
    tx: Tx,
    { campaignId, reviewerId }: Vacancy,
    moved: readonly { readonly before: ReviewItem; readonly after: ReviewItem }[],
  ): Promise<void> {
    if (moved.length === 0) return;
    const after = moved.map((one) => one.after);
    await this.items.saveAll(tx, after);
    const given = new Set(after.map((item) => item.reviewerId).filter((id) => id !== null));
    await this.letters.given(tx, campaignId, [...given], reviewerId);
    const actor = systemActor('reviews', this.ids.next('request'));
    await this.audit.appendAll(
      tx,
      moved.map((one) => ({
        type: 'review.moved',
        actor,
        subject: one.after.id,
        before: { item: itemImage(one.before) },
        after: { item: itemImage(one.after) },
      })),
    );
  }

  private async candidatesFor(tx: Tx, { reviewerId }: Vacancy, vacant: readonly Vacant[]): Promise<Candidates> {
    const identityIds = vacant.map(({ identityId }) => identityId);
    const custodians = (await this.inventory.custodiansOf(tx, identityIds)) as ReadonlyMap<string, Id<'person'>[]>;
    const managers = await this.people.managersOf(tx, [reviewerId, ...new Set([...custodians.values()].flat())]);
    return new Map(
      identityIds.map((id) => {
        const own = custodians.get(id) ?? [];
        const above = [reviewerId, ...own].map((person) => managers.get(person) ?? null);
        return [id, [...own, ...above].filter((person) => person !== null)];
      }),
    );
  }
}

function isStillWith({ reviewerId, state }: ReviewItem, vacancy: Vacancy): boolean {
  return reviewerId === vacancy.reviewerId && (state === 'open' || state === 'staged');
}
