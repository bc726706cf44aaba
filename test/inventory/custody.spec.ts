import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import type { Id } from '../../src/kernel/index.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';
import { identityRow, insertPerson, insertRow, insertTeam } from './rows.js';

const LEVELS = ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const;

let database: TestDatabase;
let one: Client;
let two: Client;
let teamId: Id<'team'>;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  [one, two] = [await open(), await open()];
  teamId = await insertTeam(one);
});
afterEach(async () => {
  await one.end();
  await two.end();
});

/** As somebody at psql would connect who has the owner's password: nothing but the database stands in the way. */
async function open(): Promise<Client> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  return client;
}

async function activeIdentity(): Promise<{ id: Id<'identity'>; primary: Id<'person'>; backup: Id<'person'> }> {
  const [primary, backup] = [await insertPerson(one), await insertPerson(one)];
  const row = identityRow(teamId, { primary_custodian_id: primary, backup_custodian_id: backup });
  await insertRow(one, 'muster.identities', row);
  return { id: row.id, primary, backup };
}

const DEPART = `UPDATE muster.people SET status = 'departed', departed_at = now(), roles = '{}' WHERE id = $1`;
const PROMOTE = `UPDATE muster.identities SET primary_custodian_id = backup_custodian_id, backup_custodian_id = NULL,
  handover_due_at = now() + interval '14 days', departed_custodian_id = $2 WHERE id = $1`;
const DROP_BACKUP = `UPDATE muster.identities SET backup_custodian_id = NULL,
  handover_due_at = now() + interval '14 days', departed_custodian_id = $2 WHERE id = $1`;

/** What PostgreSQL said, in one word: committed, a constraint's name, or the SQLSTATE. */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'committed';
  } catch (error) {
    const { code, constraint } = error as { code: string; constraint?: string };
    return constraint ?? code;
  }
}

async function isSound(id: Id<'identity'>): Promise<boolean> {
  const { rows } = await one.query<{ fault: string | null }>('SELECT muster.custody_fault($1) AS fault', [id]);
  return rows[0]!.fault === null;
}

describe('the database keeps custody (INV-2)', () => {
  it('accepts a live primary with another live backup', async () => {
    const { id } = await activeIdentity();
    expect(await isSound(id)).toBe(true);
  });

  const BAD: readonly [string, (people: Id<'person'>[]) => Record<string, unknown>, string][] = [
    ['nobody', () => ({}), 'identities_custody'],
    ['no backup and no clock', ([a]) => ({ primary_custodian_id: a }), 'identities_custody'],
    [
      'one person twice',
      ([a]) => ({ primary_custodian_id: a, backup_custodian_id: a }),
      'identities_custodians_differ',
    ],
    ['a backup alone', ([a]) => ({ backup_custodian_id: a }), 'identities_backup_second'],
    [
      'a clock that nobody’s departure set',
      ([a, b]) => ({ primary_custodian_id: a, handover_due_at: new Date(), departed_custodian_id: b }),
      'identities_clock_by_departure',
    ],
    [
      'a clock beside a backup',
      ([a, b]) => ({
        primary_custodian_id: a,
        backup_custodian_id: b,
        handover_due_at: new Date(),
        departed_custodian_id: a,
      }),
      'identities_clock_by_departure',
    ],
    [
      'a primary who was never there',
      ([, b]) => ({ primary_custodian_id: `per_${'0'.repeat(32)}`, backup_custodian_id: b }),
      'identities_primary',
    ],
  ];
  it.each(BAD)('refuses an active identity with %s', async (_name, custody, constraint) => {
    const people = [await insertPerson(one), await insertPerson(one)];
    const row = identityRow(teamId, custody(people));
    expect(await outcome(insertRow(one, 'muster.identities', row))).toBe(constraint);
  });

  it.each(['primary', 'backup'] as const)('refuses a departed %s, at commit', async (place) => {
    const [here, gone] = [await insertPerson(one), await insertPerson(one)];
    await one.query(DEPART, [gone]);
    const [primary, backup] = place === 'primary' ? [gone, here] : [here, gone];
    const row = identityRow(teamId, { primary_custodian_id: primary, backup_custodian_id: backup });
    await one.query('BEGIN');
    await insertRow(one, 'muster.identities', row);
    expect(await outcome(one.query('COMMIT'))).toBe('identities_custody');
  });

  it('refuses the activation of what waits without custodians', async () => {
    const row = identityRow(teamId, { status: 'pending' });
    await insertRow(one, 'muster.identities', row);
    const activation = one.query(`UPDATE muster.identities SET status = 'active' WHERE id = $1`, [row.id]);
    expect(await outcome(activation)).toBe('identities_custody');
  });

  it.each(['primary', 'backup'] as const)('refuses to let a %s leave who was not handed over', async (place) => {
    const identity = await activeIdentity();
    expect(await outcome(one.query(DEPART, [identity[place]]))).toBe('identities_custody');
  });

  it('lets both leave one after the other, each handed over, the last one with a suspension', async () => {
    const { id, primary, backup } = await activeIdentity();
    await one.query('BEGIN');
    await one.query(DEPART, [primary]);
    await one.query(PROMOTE, [id, primary]);
    await one.query('COMMIT');
    await one.query('BEGIN');
    await one.query(DEPART, [backup]);
    await one.query(
      `UPDATE muster.identities SET status = 'suspended', primary_custodian_id = NULL, handover_due_at = NULL,
         departed_custodian_id = NULL WHERE id = $1`,
      [id],
    );
    expect(await outcome(one.query('COMMIT'))).toBe('committed');
  });

  it.each([
    ['is put off by hand', `handover_due_at = handover_due_at + interval '1 year'`],
    ['is taken away by hand', 'handover_due_at = NULL, departed_custodian_id = NULL'],
  ])('refuses a clock that %s', async (_name, change) => {
    const { id, primary } = await activeIdentity();
    await one.query('BEGIN');
    await one.query(DEPART, [primary]);
    await one.query(PROMOTE, [id, primary]);
    await one.query('COMMIT');
    const result = await outcome(one.query(`UPDATE muster.identities SET ${change} WHERE id = $1`, [id]));
    expect(['identities_clock_by_departure', 'identities_custody']).toContain(result);
  });

  it('lets the application meet at custody, and not step around it', async () => {
    const app = new Client({ connectionString: database.appUrl });
    await app.connect();
    const { id } = await activeIdentity();
    expect(await outcome(app.query('UPDATE muster.custody SET epoch = 0'))).toBe('42501');
    expect(await outcome(app.query('SET session_replication_role = replica'))).toBe('42501');
    expect(await outcome(app.query('ALTER TABLE muster.identities DISABLE TRIGGER ALL'))).toBe('42501');
    expect(await outcome(app.query('DELETE FROM muster.identities WHERE id = $1', [id]))).toBe('42501');
    await app.end();
  });

  it('lets a transaction pass through a state that it repairs before it commits', async () => {
    const { id, backup } = await activeIdentity();
    await one.query('BEGIN');
    await one.query('UPDATE muster.identities SET backup_custodian_id = NULL WHERE id = $1', [id]);
    await one.query('UPDATE muster.identities SET backup_custodian_id = $2 WHERE id = $1', [id, backup]);
    expect(await outcome(one.query('COMMIT'))).toBe('committed');
  });
});

/**
 * Two transactions that each look right to themselves. Both open, both take their snapshot before either writes, and
 * they are carried out step by step in either order; then the first commits, and the second.
 */
describe.each(
  LEVELS.flatMap((level) => [
    { level, checked: 'at commit' },
    { level, checked: 'before either commits' },
  ]),
)('two transactions at once, $level, checked $checked', ({ level, checked }) => {
  const race = (steps: readonly (() => Promise<unknown>)[], oneFirst: boolean) =>
    raceAt(level, checked === 'before either commits', steps, oneFirst);

  it.each([
    ['primary first', true],
    ['backup first', false],
  ])('primary and backup leave, each handed over to the other: %s', async (_name, primaryFirst) => {
    const { id, primary, backup } = await activeIdentity();
    const leave = (client: Client, person: Id<'person'>, handOver: string) => async () => {
      await client.query(DEPART, [person]);
      await client.query(handOver, [id, person]);
    };
    const steps = [leave(one, primary, PROMOTE), leave(two, backup, DROP_BACKUP)];
    const outcomes = await race(primaryFirst ? steps : steps.reverse(), primaryFirst);
    expect(outcomes.filter((result) => result === 'committed')).toHaveLength(1);
    expect(await isSound(id)).toBe(true);
  });

  it.each([
    ['primary first', true],
    ['backup first', false],
  ])('primary and backup leave by their status alone: %s', async (_name, primaryFirst) => {
    const { id, primary, backup } = await activeIdentity();
    const steps = [() => one.query(DEPART, [primary]), () => two.query(DEPART, [backup])];
    const outcomes = await race(primaryFirst ? steps : steps.reverse(), primaryFirst);
    expect(outcomes).not.toContain('committed');
    expect(await isSound(id)).toBe(true);
  });

  it.each([
    ['the appointment first', true],
    ['the departure first', false],
  ])('somebody is named custodian while they leave: %s', async (_name, appointmentFirst) => {
    const { id } = await activeIdentity();
    const leaving = await insertPerson(one);
    const appoint = () =>
      one.query('UPDATE muster.identities SET primary_custodian_id = $2 WHERE id = $1', [id, leaving]);
    const steps = [appoint, () => two.query(DEPART, [leaving])];
    const outcomes = await race(appointmentFirst ? steps : steps.reverse(), appointmentFirst);
    expect(outcomes.filter((result) => result === 'committed')).toHaveLength(1);
    expect(await isSound(id)).toBe(true);
  });

  it.each([
    ['the activation first', true],
    ['the departure first', false],
  ])('an identity is activated while its primary leaves: %s', async (_name, activationFirst) => {
    const [primary, backup] = [await insertPerson(one), await insertPerson(one)];
    const row = identityRow(teamId, {
      status: 'pending',
      primary_custodian_id: primary,
      backup_custodian_id: backup,
    });
    await insertRow(one, 'muster.identities', row);
    const activate = () => one.query(`UPDATE muster.identities SET status = 'active' WHERE id = $1`, [row.id]);
    const steps = [activate, () => two.query(DEPART, [primary])];
    const outcomes = await race(activationFirst ? steps : steps.reverse(), activationFirst);
    expect(outcomes.filter((result) => result === 'committed')).toHaveLength(1);
    expect(await isSound(row.id)).toBe(true);
  });

  it('a departure whose snapshot is older than the appointment', async () => {
    const { id } = await activeIdentity();
    const leaving = await insertPerson(one);
    await two.query(`BEGIN ISOLATION LEVEL ${level}`);
    await two.query('SELECT count(*) FROM muster.identities');
    await one.query('UPDATE muster.identities SET primary_custodian_id = $2 WHERE id = $1', [id, leaving]);
    const departure = outcome(two.query(DEPART, [leaving]).then(() => two.query('COMMIT')));
    expect(await departure).toBe(level === 'READ COMMITTED' ? 'identities_custody' : '40001');
    expect(await isSound(id)).toBe(true);
  });
});

/**
 * Runs two transactions side by side; what waits for the other's lock goes on when that one has ended. Checked early,
 * both look before either has committed, unless something makes the second one wait.
 */
async function raceAt(
  level: string,
  early: boolean,
  steps: readonly (() => Promise<unknown>)[],
  oneFirst: boolean,
): Promise<string[]> {
  const clients = oneFirst ? [one, two] : [two, one];
  for (const client of clients) {
    await client.query(`BEGIN ISOLATION LEVEL ${level}`);
    await client.query('SELECT count(*) FROM muster.identities');
  }
  const outcomes: Promise<string>[] = [];
  for (const [index, client] of clients.entries()) {
    const transaction = async () => {
      await steps[index]!();
      if (early) await client.query('SET CONSTRAINTS ALL IMMEDIATE');
      if (index === 0) await sleep(60);
      await client.query('COMMIT');
    };
    outcomes.push(outcome(transaction()));
    await sleep(20);
  }
  const results = await Promise.all(outcomes);
  for (const client of clients) await client.query('ROLLBACK');
  return results;
}
