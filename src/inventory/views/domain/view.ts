import type { Id, Json } from '../../../kernel/index.js';
import { InventoryError } from '../../domain/errors.js';

/** More than this is no longer a list to choose from. */
export const MAX_VIEWS = 100;

/** A search that somebody named, to come back to it or to show it to their team. */
export interface View {
  readonly id: Id<'view'>;
  readonly ownerId: Id<'person'>;
  /** Whose members see it beside its owner; null for nobody else. */
  readonly teamId: Id<'team'> | null;
  readonly name: string;
  /** The search as its query string has it. */
  readonly query: ViewQuery;
  readonly version: number;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

export type ViewQuery = Readonly<Record<string, string>>;
export type NewView = Pick<View, 'id' | 'ownerId' | 'teamId' | 'name' | 'query'>;

/** What may be changed about a view; what is absent stays. */
export interface ViewChange {
  readonly teamId?: Id<'team'> | null | undefined;
  readonly name?: string | undefined;
  readonly query?: ViewQuery | undefined;
}

/**
 * @param owned how many views its owner has already
 * @param teams those that its owner belongs to or manages
 * @throws InventoryError `views_full`, `not_in_team`
 */
export function keepView(view: NewView, owned: number, teams: ReadonlySet<Id<'team'>>, at: Date): View {
  if (owned >= MAX_VIEWS)
    throw new InventoryError('views_full', `Remove a view first: one person keeps at most ${MAX_VIEWS}.`);
  mayShare(view.teamId, teams);
  return { ...view, version: 1, createdAt: at, changedAt: at };
}

/**
 * @returns the very argument when nothing differs, so that nothing is recorded
 * @throws InventoryError `not_in_team`
 */
export function changeView(view: View, change: ViewChange, teams: ReadonlySet<Id<'team'>>, at: Date): View {
  const { name = view.name, query = view.query } = change;
  const teamId = change.teamId === undefined ? view.teamId : change.teamId;
  if (teamId !== view.teamId) mayShare(teamId, teams);
  if (name === view.name && teamId === view.teamId && isSame(query, view.query)) return view;
  return { ...view, name, query, teamId, version: view.version + 1, changedAt: at };
}

export function viewImage(view: View): Json {
  return {
    id: view.id,
    owner_id: view.ownerId,
    team_id: view.teamId,
    name: view.name,
    query: view.query,
    version: view.version,
    created_at: view.createdAt.toISOString(),
    changed_at: view.changedAt.toISOString(),
  };
}

function mayShare(teamId: Id<'team'> | null, teams: ReadonlySet<Id<'team'>>): void {
  if (teamId !== null && !teams.has(teamId))
    throw new InventoryError('not_in_team', 'Share a view with a team that you belong to or manage.');
}

function isSame(one: ViewQuery, other: ViewQuery): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
