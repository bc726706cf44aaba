import type { Id } from '../../kernel/index.js';

export interface Team {
  readonly id: Id<'team'>;
  readonly name: string;
  readonly managerId: Id<'person'> | null;
  readonly memberIds: readonly Id<'person'>[];
  readonly version: number;
  readonly createdAt: Date;
}

/** What may be changed about a team; what is absent stays. `memberIds` replaces the whole list. */
export interface TeamChange {
  readonly name?: string;
  readonly managerId?: Id<'person'> | null;
  readonly memberIds?: readonly Id<'person'>[];
}

export function found(team: Pick<Team, 'id' | 'name' | 'managerId' | 'memberIds'>, at: Date): Team {
  return { ...team, memberIds: distinct(team.memberIds), version: 1, createdAt: at };
}

/** @returns the very argument when nothing differs, so that nothing is recorded */
export function changeTeam(team: Team, wanted: TeamChange): Team {
  const name = wanted.name ?? team.name;
  const managerId = wanted.managerId === undefined ? team.managerId : wanted.managerId;
  const memberIds = wanted.memberIds ? distinct(wanted.memberIds) : team.memberIds;
  const same = name === team.name && managerId === team.managerId && memberIds.join() === team.memberIds.join();
  return same ? team : { ...team, name, managerId, memberIds, version: team.version + 1 };
}

/** Everybody a change newly names: those who must be here for it. */
export function newlyNamed(before: Team | null, after: Team): readonly Id<'person'>[] {
  const known = new Set<Id<'person'> | null>(before ? [before.managerId, ...before.memberIds] : []);
  const named = after.managerId ? [after.managerId, ...after.memberIds] : after.memberIds;
  return distinct(named.filter((id) => !known.has(id)));
}

function distinct(ids: readonly Id<'person'>[]): readonly Id<'person'>[] {
  return [...new Set(ids)].sort();
}
