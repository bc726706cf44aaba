import type { Caller } from '../domain/rotating.js';
import { refused } from '../domain/refusals.js';
import type { Account } from './account.js';
import type { Query } from './connection.js';

/** How often sessions are ended before they are said to stay: one may begin while the others end. */
const TURNS = 20;
const PAUSE_MILLISECONDS = 250;

interface Session {
  readonly id: number;
  readonly place: string;
}

/** Who is signed in by that name, from wherever. */
export async function sessionsOf(query: Query, { user }: Account, observedAt: Date): Promise<Caller[]> {
  return (await list(query, user)).map(({ id, place }) => ({
    ...{ address: place.replace(/:\d+$/, '') || 'local', application: null, session: String(id) },
    ...{ firstSeenAt: observedAt, lastSeenAt: observedAt, open: true },
  }));
}

/** Ends them all, and looks until none is there. @throws TargetError `target_busy`, `not_permitted` */
export async function endSessions(query: Query, { user }: Account): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const sessions = await list(query, user);
    if (sessions.length === 0) return;
    for (const { id } of sessions) await query(`KILL CONNECTION ${Number(id)}`).catch(unlessGone);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  throw refused('busy');
}

function list(query: Query, user: string): Promise<readonly Session[]> {
  return query<Session>(
    `SELECT ID AS id, HOST AS place FROM information_schema.PROCESSLIST WHERE USER = ? AND ID <> CONNECTION_ID() ORDER BY ID`,
    [user],
  );
}

/** It went by itself (1094). */
function unlessGone(error: unknown): readonly never[] {
  if ((error as { readonly errno?: unknown }).errno === 1094) return [];
  throw error;
}
