import { Injectable } from '@nestjs/common';
import { Audit } from '../audit/index.js';
import type { Actor, Id } from '../kernel/index.js';
import { Ids, RequestError, SystemClock, type Tx, UnitOfWork } from '../platform/index.js';
import { isReferred, translated } from './constraints.js';
import { CustodyError } from './domain/errors.js';
import { teamImage } from './domain/images.js';
import { isHere } from './domain/person.js';
import { changeTeam, found, newlyNamed, type Team, type TeamChange } from './domain/team.js';
import { PeopleRepository } from './people.repository.js';
import { TeamsRepository } from './teams.repository.js';

export type NewTeam = Pick<Team, 'name' | 'managerId' | 'memberIds'>;

/** The teams that identities belong to. */
@Injectable()
export class Teams {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly teams: TeamsRepository,
    private readonly people: PeopleRepository,
    private readonly ids: Ids,
    private readonly clock: SystemClock,
    private readonly audit: Audit,
  ) {}

  /** @throws CustodyError `team_name_taken`, `member_not_live` */
  create(actor: Actor, wanted: NewTeam): Promise<Team> {
    return this.change(async (tx) => {
      const here = await this.holdHere(tx, wanted);
      const team = found({ id: this.ids.next('team'), ...wanted }, this.clock.now());
      requireHere(here, newlyNamed(null, team));
      await this.teams.insert(tx, team);
      await this.audit.append(tx, { type: 'team.created', actor, subject: team.id, after: teamImage(team) });
      return team;
    });
  }

  /**
   * @param version what the caller last saw
   * @throws CustodyError `team_not_found`, `team_name_taken`, `member_not_live`; RequestError `version_conflict`
   */
  revise(actor: Actor, id: Id<'team'>, version: number, wanted: TeamChange): Promise<Team> {
    return this.change(async (tx) => {
      const here = await this.holdHere(tx, wanted);
      const team = await this.teams.lock(tx, id);
      if (team.version !== version)
        throw new RequestError('version_conflict', 'Somebody changed this team meanwhile; read it again.');
      const changed = changeTeam(team, wanted);
      if (changed === team) return team;
      requireHere(here, newlyNamed(team, changed));
      await this.teams.save(tx, changed);
      await this.audit.append(tx, {
        type: 'team.changed',
        actor,
        subject: id,
        before: teamImage(team),
        after: teamImage(changed),
      });
      return changed;
    });
  }

  /**
   * Removes a team, whose name is then free. Retired identities go on belonging to it.
   *
   * @throws CustodyError `team_not_found`, `team_in_use` while another identity belongs to it
   */
  async remove(actor: Actor, id: Id<'team'>): Promise<void> {
    try {
      await this.change(async (tx) => {
        const team = await this.teams.lock(tx, id);
        await this.teams.remove(tx, id, this.clock.now());
        await this.audit.append(tx, { type: 'team.removed', actor, subject: id, before: teamImage(team) });
      });
    } catch (cause) {
      if (!isReferred(cause)) throw cause;
      throw new CustodyError('team_in_use', 'Identities belong to this team; move them to another one first.', {
        cause,
      });
    }
  }

  get(id: Id<'team'>): Promise<Team> {
    return this.unitOfWork.readOne((tx) => this.teams.get(tx, id));
  }

  /** Its name, also once it was removed. */
  findName(id: Id<'team'>): Promise<string | undefined> {
    return this.unitOfWork.readOne((tx) => this.teams.findName(tx, id));
  }

  /** One more than `limit` teams, in order of id. */
  list(after: string | undefined, limit: number): Promise<Team[]> {
    return this.unitOfWork.readOne((tx) => this.teams.list(tx, after, limit + 1));
  }

  /** People before the team, the order in which a departure locks them too. */
  private async holdHere(tx: Tx, { managerId, memberIds }: TeamChange): Promise<ReadonlySet<Id<'person'>>> {
    const people = await this.people.hold(tx, [...(managerId ? [managerId] : []), ...(memberIds ?? [])]);
    return new Set(people.filter(isHere).map(({ id }) => id));
  }

  private change<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    return translated(this.unitOfWork.run(work));
  }
}

function requireHere(here: ReadonlySet<Id<'person'>>, named: readonly Id<'person'>[]): void {
  if (!named.every((id) => here.has(id)))
    throw new CustodyError('member_not_live', 'Name only people who are here as members and manager.');
}
