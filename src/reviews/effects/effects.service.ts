import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { People } from '../../custodians/index.js';
import { type Actor, type Id, type Principal, type RecordType, rolesOf } from '../../kernel/index.js';
import { SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import type { ReviewEffect } from '../domain/effect.js';
import { attested, retried } from './domain/course.js';
import { EffectError } from './domain/errors.js';
import { effectImage } from './domain/images.js';
import { EffectPlans } from './effect-plans.js';
import { type EffectFilter, EffectsRepository, type NamedEffect } from './effects.repository.js';

/** An effect as one caller sees it. */
export interface SeenEffect extends NamedEffect {
  readonly canAttest: boolean;
  readonly canRetry: boolean;
}

/** What became of what was decided, and what people do about it. */
@Injectable()
export class Effects {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly effects: EffectsRepository,
    private readonly plans: EffectPlans,
    private readonly people: People,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** One more than `limit`, in order of id. */
  list(actor: Actor, filter: EffectFilter, after: string | undefined, limit: number): Promise<SeenEffect[]> {
    return this.unitOfWork.read(async (tx) =>
      this.see(tx, actor, await this.effects.list(tx, filter, after, limit + 1)),
    );
  }

  /** @throws EffectError `effect_not_found` */
  get(actor: Actor, id: Id<'reviewEffect'>): Promise<SeenEffect> {
    return this.unitOfWork.read(async (tx) => (await this.see(tx, actor, [await this.effects.get(tx, id)]))[0]!);
  }

  /**
   * Takes somebody's word that it is done, where nobody can look. It counts apart from what was verified.
   *
   * @throws EffectError `effect_not_found`, `not_to_attest`, `not_its_owner`
   */
  attest(
    actor: Actor,
    id: Id<'reviewEffect'>,
    given: { readonly statement: string; readonly reference: string },
  ): Promise<SeenEffect> {
    const { id: by } = personOf(actor);
    return this.change(actor, id, 'review.effect-attested', async (tx, effect) => {
      const may = await this.mayAttest(tx, await this.effects.get(tx, id), by);
      return attested(effect, by, may, given, this.clock.now());
    });
  }

  /**
   * Has what failed be tried again from the start.
   *
   * @throws EffectError `effect_not_found`, `not_failed`, `not_yours_to_retry`
   */
  async retry(actor: Actor, id: Id<'reviewEffect'>): Promise<SeenEffect> {
    const seen = await this.change(actor, id, 'review.effect-retried', async (tx, effect) => {
      if (!mayRetry(await this.effects.get(tx, id), personOf(actor)))
        throw new EffectError('not_yours_to_retry', 'Ask whose campaign it is, or an administrator, to try it again.');
      return retried(effect, this.clock.now());
    });
    this.plans.soon();
    return seen;
  }

  private change(
    actor: Actor,
    id: Id<'reviewEffect'>,
    type: RecordType,
    decide: (tx: Tx, effect: ReviewEffect) => Promise<ReviewEffect>,
  ): Promise<SeenEffect> {
    return this.unitOfWork.run(async (tx) => {
      const before = await this.effects.lock(tx, id);
      const after = await decide(tx, before);
      await this.effects.save(tx, after);
      await this.audit.append(tx, {
        ...{ type, actor, subject: after.itemId },
        before: { effect: effectImage(before) },
        after: { effect: effectImage(after) },
      });
      return (await this.see(tx, actor, [await this.effects.get(tx, id)]))[0]!;
    });
  }

  private async see(tx: Tx, { principal }: Actor, named: readonly NamedEffect[]): Promise<SeenEffect[]> {
    if (principal.kind !== 'person') return named.map((one) => ({ ...one, canAttest: false, canRetry: false }));
    const seen: SeenEffect[] = [];
    for (const one of named) {
      const { state } = one.effect;
      const canAttest = state === 'attestation-needed' && (await this.mayAttest(tx, one, principal.id));
      seen.push({ ...one, canAttest, canRetry: state === 'failed' && mayRetry(one, principal) });
    }
    return seen;
  }

  /** The named owner, and nobody else while they are here; then whose campaign it is. */
  private async mayAttest(tx: Tx, { effect, campaignOwnerId }: NamedEffect, by: Id<'person'>): Promise<boolean> {
    if (effect.ownerId === by) return true;
    if (campaignOwnerId !== by) return false;
    return effect.ownerId === null || (await this.people.findLive(tx, effect.ownerId)) === undefined;
  }
}

type Person = Extract<Principal, { kind: 'person' }>;

function mayRetry({ campaignOwnerId }: NamedEffect, person: Person): boolean {
  const roles = rolesOf(person);
  return campaignOwnerId === person.id || roles.includes('administrator') || roles.includes('platform-engineer');
}

function personOf({ principal }: Actor): Person {
  if (principal.kind !== 'person') throw new EffectError('not_its_owner', 'Only people attest; sign in as one.');
  return principal;
}
