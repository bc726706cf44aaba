import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { withClient } from '../../src/platform/database/connection.js';
import type { SignedIn } from '../harness/index.js';
import type { Muster } from '../harness/muster.js';
import { PASSWORD_BEFORE, type RotatingServer } from '../rotation/server.js';

interface Made {
  readonly id: string;
}

type Wanted = readonly [name: string, schedule: object | null, more?: object];

const WEEKLY = { cron: '30 2 * * sun', zone: 'America/New_York', windowMinutes: 120, jitterMinutes: 60 };
const NIGHTLY = { cron: '0 3 * * *', zone: 'UTC', windowMinutes: 120, jitterMinutes: 90 };
const IN_THE_MARKET = { cron: '0 11 * * mon-fri', zone: 'America/New_York', windowMinutes: 120, jitterMinutes: 0 };

const WANTED: readonly Wanted[] = [
  ['settlement-db', { ...WEEKLY, maximumAgeDays: 90 }, { expectedConsumers: ['settlement-1', 'settlement-2'] }],
  ['quotes-db', { ...WEEKLY, maximumAgeDays: 30 }, { pair: 'quotes' }],
  ['quotes-db-standby', { ...WEEKLY, maximumAgeDays: 30 }, { pair: 'quotes' }],
  ['reconciliation-db', { ...NIGHTLY, cron: '0 3 * * tue,thu', maximumAgeDays: null }],
  ['limits-db', { ...IN_THE_MARKET, maximumAgeDays: 60 }],
  ['archive-db', { cron: null, zone: 'UTC', windowMinutes: 60, jitterMinutes: 0, maximumAgeDays: 20 }],
  ['statements-db', null],
];

export interface RotationEstate {
  readonly rotationId: string;
  /** Stuck, because somebody stays on the old one. */
  readonly runId: string;
  /** They are there until this is ended. */
  readonly left: Client;
}

/** Has pairs of roles on a real PostgreSQL rotate for active identities, of which one run gets stuck. */
export async function furnishRotation(
  muster: Muster,
  server: RotatingServer,
  { administrator, engineer }: { readonly administrator: SignedIn; readonly engineer: SignedIn },
  identityIds: readonly string[],
): Promise<RotationEstate> {
  const calendar = await administrator.visitor.post<Made>('/v1/calendars', {
    ...{ name: 'NYSE', source: { kind: 'exchange', exchange: 'nyse' }, beforeMinutes: 30, afterMinutes: 30 },
  });
  const target = await administrator.visitor.post<Made>('/v1/targets', {
    ...{ name: 'trading-db', kind: 'postgresql', url: server.superuserUrl, ownerId: administrator.id },
    privateNetwork: { reason: 'It runs beside this.' },
  });
  const rotations: (Made & { readonly accounts: readonly [string, string] })[] = [];
  for (const [at, [name, schedule, more]] of WANTED.entries()) {
    const identityId = identityIds[at % identityIds.length]!;
    const accounts = await server.pair();
    for (const account of accounts)
      await engineer.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId, account });
    const body = { name, identityId, targetId: target.id, accounts, schedule, calendarIds: [calendar.id], ...more };
    rotations.push({ ...(await engineer.visitor.post<Made>('/v1/rotations', body)), accounts });
  }
  const [first] = rotations as [(typeof rotations)[number]];
  await fetched(
    muster,
    rotations.slice(1, -2).map(({ id }) => id),
  );
  await hurry(muster, first.id);
  const left = await server.signIn(first.accounts[0], PASSWORD_BEFORE, 'night-batch');
  const run = await engineer.visitor.post<Made>(`/v1/rotations/${first.id}/runs`, { reason: 'A laptop was lost' });
  await untilStuck(engineer, run.id);
  return { rotationId: first.id, runId: run.id, left };
}

/** As if a program had come for each of them. */
function fetched(muster: Muster, rotationIds: readonly string[]): Promise<unknown> {
  return withClient(muster.database.superuserUrl, (client) =>
    client.query(
      `INSERT INTO muster.rotation_consumers (id, rotation_id, instance, fetched_version, fetched_at)
       SELECT 'rcn_' || md5(id), id, 'blade-12', 0, now() FROM unnest($1::text[]) AS id`,
      [rotationIds],
    ),
  );
}

/** Makes the times of one so short that one may wait for them. */
function hurry(muster: Muster, id: string): Promise<unknown> {
  return withClient(muster.database.superuserUrl, (client) =>
    client.query('UPDATE muster.rotations SET observe_seconds = 1, consumer_deadline_seconds = 5 WHERE id = $1', [id]),
  );
}

async function untilStuck({ visitor }: SignedIn, id: string): Promise<void> {
  for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await sleep(250))
    if ((await visitor.get<{ state: string }>(`/v1/rotation-runs/${id}`)).state === 'stuck') return;
  throw new Error('The run never got stuck.');
}
