import { Injectable } from '@nestjs/common';
import { Emergencies, type Emergency, type LentRoles } from '../../custodians/index.js';
import type { Id } from '../../kernel/index.js';
import { Prepared, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { BreakGlassRepository } from './break-glass.repository.js';
import { endOf, reviewDueAt, stateOf } from './domain/break-glass.js';

const MOST = 100;

const LENT_TO = new Prepared(
  'SELECT id, roles FROM muster.break_glass WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2',
);

/** Tells the room of people who has been lent what, and what everybody must hear about. */
@Injectable()
export class BreakGlassEmergencies extends Emergencies {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly glasses: BreakGlassRepository,
    private readonly clock: SystemClock,
  ) {
    super();
  }

  /** Asked with every request of a person: one statement, and an index that holds what is open alone. */
  override async lentTo(person: Id<'person'>, at: Date): Promise<LentRoles | undefined> {
    const rows = await this.unitOfWork.readOne((tx) => tx.query<LentRoles>(LENT_TO, [person, at]));
    return rows[0];
  }

  override async list(tx: Tx, of: Id<'person'> | undefined): Promise<Emergency[]> {
    const at = this.clock.now();
    return (await this.glasses.listUnreviewed(tx, of, MOST)).map((one) => ({
      id: one.id,
      personId: one.personId,
      state: stateOf(one, at) as Emergency['state'],
      openedAt: one.openedAt,
      endsAt: endOf(one),
      reviewDueAt: reviewDueAt(one),
    }));
  }
}
