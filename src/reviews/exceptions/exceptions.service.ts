import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { Inventory } from '../../inventory/index.js';
import { type Actor, type Id, type Principal, principalName, rolesOf } from '../../kernel/index.js';
import { Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { CampaignsRepository } from '../campaigns/campaigns.repository.js';
import { requireOpen } from '../campaigns/domain/campaign.js';
import type { Campaign } from '../domain/campaign.js';
import { ReviewsError } from '../domain/errors.js';
import { EffectsRepository } from '../effects/effects.repository.js';
import { Deciders } from '../items/deciders.js';
import { ItemsRepository } from '../items/items.repository.js';
import { ExceptionError } from './domain/errors.js';
import { end, except, exceptItem, reopenItem, requireExceptable, type ReviewException } from './domain/exception.js';
import { exceptionImage } from './domain/images.js';
import { ExceptionsRepository, type NamedException } from './exceptions.repository.js';

export interface WantedException {
  /** One of these. */
  readonly itemId?: Id<'reviewItem'> | undefined;
  readonly effectId?: Id<'reviewEffect'> | undefined;
  readonly ownerId: Id<'person'>;
  readonly reason: string;
  readonly endsAt: Date;
}

/** An exception as one caller sees it. */
export interface SeenException extends NamedException {
  readonly canEnd: boolean;
}

/** What a review leaves open on purpose. */
@Injectable()
export class Exceptions {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly exceptions: ExceptionsRepository,
    private readonly campaigns: CampaignsRepository,
    private readonly items: ItemsRepository,
    private readonly effects: EffectsRepository,
    private readonly deciders: Deciders,
    private readonly inventory: Inventory,
    private readonly people: People,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** One more than `limit`, in order of id. */
  list(actor: Actor, campaignId: Id<'campaign'> | undefined, after: string | undefined, limit: number) {
    return this.unitOfWork.read(async (tx) =>
      (await this.exceptions.list(tx, campaignId, after, limit + 1)).map((named) => seeAs(actor, named)),
    );
  }

  /**
   * Excepts what nobody decided, or what cannot be seen to be done. Only whose campaign it is does, and not about what they
   * asked for. Until the end of an item's exception its identity owes no review to the campaign, and owes it then.
   *
   * @throws ReviewsError `item_not_found`, `campaign_not_open`, `not_the_owner`, `own_request`, `person_not_live`;
   *   EffectError `effect_not_found`; ExceptionError `nothing_to_except`, `excepted_already`, `end_invalid`
   */
  create(actor: Actor, wanted: WantedException): Promise<SeenException> {
    const by = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      const itemId = wanted.itemId ?? (await this.effects.get(tx, wanted.effectId!)).effect.itemId;
      const campaign = await this.campaigns.hold(tx, (await this.items.get(tx, itemId)).campaignId);
      requireOpen(campaign);
      if (campaign.ownerId !== by.id)
        throw new ReviewsError('not_the_owner', 'Only whose campaign it is excepts something from it.');
      const at = this.clock.now();
      await this.requireAllowed(tx, campaign, itemId, by.id, wanted.ownerId, at);
      const exception = except({
        ...{ id: this.ids.next('reviewException'), campaignId: campaign.id, ownerId: wanted.ownerId },
        ...{ itemId: wanted.itemId ?? null, effectId: wanted.effectId ?? null, reason: wanted.reason },
        ...{ endsAt: wanted.endsAt, createdBy: by.id, createdAt: at },
      });
      await this.leaveOpen(tx, exception);
      await this.exceptions.insert(tx, exception);
      const after = { exception: exceptionImage(exception) };
      await this.audit.append(tx, { type: 'review.exception-created', actor, subject: itemId, after });
      return seeAs(actor, await this.exceptions.get(tx, exception.id));
    });
  }

  /**
   * Ends an exception before its time: what it excepted is open again.
   *
   * @throws ExceptionError `exception_not_found`, `exception_ended`, `not_yours_to_end`
   */
  end(actor: Actor, id: Id<'reviewException'>): Promise<SeenException> {
    const by = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      if (!mayEnd(await this.exceptions.get(tx, id), by))
        throw new ExceptionError('not_yours_to_end', 'Ask whose exception or whose campaign it is to end it.');
      return this.finish(tx, actor, id);
    });
  }

  /** Ends what runs no longer, one by one. @returns how many were ended */
  async endOver(actor: Actor, count: number): Promise<number> {
    const over = await this.unitOfWork.readOne((tx) => this.exceptions.listOver(tx, this.clock.now(), count));
    let ended = 0;
    for (const id of over)
      await this.unitOfWork
        .run((tx) => this.finish(tx, actor, id))
        .then(
          () => (ended += 1),
          (error: unknown) => {
            // Somebody else ended it meanwhile.
            if (!(error instanceof ExceptionError) || error.code !== 'exception_ended') throw error;
          },
        );
    return ended;
  }

  private async requireAllowed(
    tx: Tx,
    campaign: Campaign,
    itemId: Id<'reviewItem'>,
    by: Id<'person'>,
    ownerId: Id<'person'>,
    at: Date,
  ): Promise<void> {
    const placed = { item: await this.items.get(tx, itemId), campaign };
    const deciding = await this.deciders.of(tx, [placed], [by], at);
    if (deciding.isBarred(placed, by))
      throw new ReviewsError('own_request', 'You asked for this identity, or stand in for somebody who did.');
    if (!(await this.people.holdLive(tx, ownerId)))
      throw new ReviewsError('person_not_live', 'Name an owner who has signed in and not left.');
  }

  private async leaveOpen(tx: Tx, { itemId, effectId, campaignId, endsAt }: ReviewException): Promise<void> {
    if (effectId !== null) return requireExceptable(await this.effects.lock(tx, effectId));
    const item = await this.items.lock(tx, itemId!);
    const excepted = exceptItem(item, await this.exceptions.isDisagreed(tx, item.id));
    if (excepted === item) return;
    await this.items.save(tx, excepted);
    const { identityId, id: reviewId } = item;
    await this.inventory.oweReview(tx, campaignId, [{ identityId, reviewId }], endsAt);
  }

  private async finish(tx: Tx, actor: Actor, id: Id<'reviewException'>): Promise<SeenException> {
    const { exception: found, ofItemId } = await this.exceptions.get(tx, id);
    const campaign = await this.campaigns.hold(tx, found.campaignId);
    const before = await this.exceptions.lock(tx, id);
    const at = this.clock.now();
    const after = end(before, principalName(actor.principal), at);
    await this.exceptions.end(tx, after);
    if (before.itemId !== null) await this.takeUpAgain(tx, campaign, before.itemId, at);
    await this.audit.append(tx, {
      ...{ type: 'review.exception-ended', actor, subject: ofItemId },
      before: { exception: exceptionImage(before) },
      after: { exception: exceptionImage(after) },
    });
    return seeAs(actor, await this.exceptions.get(tx, id));
  }

  /** In an open campaign the item is decided after all; after its end the review is owed until another campaign has it. */
  private async takeUpAgain(tx: Tx, campaign: Campaign, itemId: Id<'reviewItem'>, at: Date): Promise<void> {
    const item = await this.items.lock(tx, itemId);
    if (item.state !== 'excepted' || campaign.state === 'cancelled') return;
    const isOpen = campaign.state === 'open';
    if (isOpen) await this.items.save(tx, reopenItem(item));
    const owed = [{ identityId: item.identityId, reviewId: itemId }];
    await this.inventory.oweReview(tx, campaign.id, owed, isOpen ? campaign.dueAt : at);
  }
}

type Person = Extract<Principal, { kind: 'person' }>;

function seeAs({ principal }: Actor, named: NamedException): SeenException {
  const running = named.exception.endedAt === null;
  return { ...named, canEnd: running && principal.kind === 'person' && mayEnd(named, principal) };
}

function mayEnd({ exception, campaignOwnerId }: NamedException, person: Person): boolean {
  return [exception.ownerId, campaignOwnerId].includes(person.id) || rolesOf(person).includes('administrator');
}

function personOf({ principal }: Actor): Person {
  if (principal.kind !== 'person') throw new ReviewsError('not_the_owner', 'Only people except; sign in as one.');
  return principal;
}
