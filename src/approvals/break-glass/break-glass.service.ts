import { Injectable } from '@nestjs/common';
import { Audit } from '../../audit/index.js';
import { Humans, People } from '../../custodians/index.js';
import type { Actor, Id, Principal, RecordType, Role } from '../../kernel/index.js';
import { crashPoint, Ids, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { DelegationsRepository } from '../delegations.repository.js';
import { isBarred } from '../domain/eligibility.js';
import { BreakGlassRepository } from './break-glass.repository.js';
import { type BreakGlass, end, lapse, open, review } from './domain/break-glass.js';
import { BreakGlassError } from './domain/errors.js';
import { breakGlassImage } from './domain/images.js';

/** What somebody wants for as long as the emergency lasts. */
export interface Opening {
  readonly reason: string;
  readonly roles: readonly Role[];
  readonly durationSeconds: number;
}

const BATCH = 100;

/** The way out when nothing else helps: loud, short, and never without a review. */
@Injectable()
export class BreakingGlass {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly glasses: BreakGlassRepository,
    private readonly delegations: DelegationsRepository,
    private readonly people: People,
    private readonly humans: Humans,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** @throws BreakGlassError `break_glass_not_found` */
  get(id: Id<'breakGlass'>): Promise<BreakGlass> {
    return this.unitOfWork.read((tx) => this.glasses.get(tx, id));
  }

  /** One more than `limit`, the newest first. */
  list(reviewed: boolean | undefined, before: string | undefined, limit: number): Promise<BreakGlass[]> {
    return this.unitOfWork.read((tx) => this.glasses.list(tx, reviewed, before, limit + 1));
  }

  /**
   * Lends the caller roles. Their row is locked, so of two who ask at once by one account one gets them.
   *
   * @throws BreakGlassError `already_open`, `review_overdue`
   */
  async open(actor: Actor, wanted: Opening): Promise<BreakGlass> {
    const personId = personOf(actor).id;
    const opened = await this.unitOfWork.run(async (tx) => {
      const accounts = await this.humans.namesakes(tx, [personId]);
      const live = await this.people.lockLive(tx, accounts as Id<'person'>[]);
      if (!live.has(personId)) throw notAPerson();
      const at = this.clock.now();
      const earlier = await this.glasses.listUnreviewedOf(tx, accounts);
      const opened = open({ ...wanted, id: this.ids.next('breakGlass'), personId }, earlier, at);
      await this.glasses.insert(tx, opened);
      const after = breakGlassImage(opened);
      await this.audit.append(tx, { type: 'break-glass.opened', actor, subject: opened.id, after });
      return opened;
    });
    await crashPoint('glass', 1);
    return opened;
  }

  /** @throws BreakGlassError `break_glass_not_found`, `not_open`, `not_yours` */
  end(actor: Actor, id: Id<'breakGlass'>): Promise<BreakGlass> {
    const by = personOf(actor);
    return this.unitOfWork.run(async (tx) => {
      const before = await this.glasses.lock(tx, id);
      return this.settle(tx, actor, 'break-glass.ended', before, end(before, by, this.clock.now()));
    });
  }

  /**
   * Closes it with what somebody else found. Roles that were lent do not count: whoever reviews is asked again who they are.
   *
   * @throws BreakGlassError `break_glass_not_found`, `still_open`, `reviewed_already`, `own_review`
   */
  review(actor: Actor, id: Id<'breakGlass'>, findings: string): Promise<BreakGlass> {
    const by = personOf(actor).id;
    return this.unitOfWork.run(async (tx) => {
      if (!(await this.people.holdLive(tx, by))) throw notAPerson();
      const before = await this.glasses.lock(tx, id);
      const reviewed = review(before, by, await this.isTied(tx, before, by), findings, this.clock.now());
      return this.settle(tx, actor, 'break-glass.reviewed', before, reviewed);
    });
  }

  /** Notes what is over by time, whoever else is at it. */
  async lapseDue(actor: Actor): Promise<number> {
    return this.unitOfWork.run(async (tx) => {
      const at = this.clock.now();
      const over = await this.glasses.lockLapsed(tx, at, BATCH);
      for (const one of over) await this.settle(tx, actor, 'break-glass.ended', one, lapse(one, at));
      return over.length;
    });
  }

  /** Whether somebody is the same human as whoever opened it, or has answered for them since. */
  private async isTied(tx: Tx, one: BreakGlass, by: Id<'person'>): Promise<boolean> {
    const delegations = await this.delegations.listSince(tx, one.openedAt);
    const names = [one.personId, by, ...delegations.flatMap(({ fromId, toId }) => [fromId, toId])];
    const humans = await this.humans.humansOf(tx, names);
    const asked = { requester: one.personId, involved: [], approvers: [], createdAt: one.openedAt };
    return isBarred(asked, by, { custodians: [], humans, delegations });
  }

  private async settle(tx: Tx, actor: Actor, type: RecordType, before: BreakGlass, after: BreakGlass) {
    await this.glasses.save(tx, after);
    const images = { before: breakGlassImage(before), after: breakGlassImage(after) };
    await this.audit.append(tx, { type, actor, subject: before.id, ...images });
    return after;
  }
}

function personOf({ principal }: Actor): Extract<Principal, { kind: 'person' }> {
  if (principal.kind !== 'person') throw notAPerson();
  return principal;
}

function notAPerson(): BreakGlassError {
  return new BreakGlassError('not_a_person', 'Only a person who is here breaks the glass; sign in as one.');
}
