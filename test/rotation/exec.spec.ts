import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { Running } from '../cli/running.js';
import { Terminal } from '../cli/terminal.js';
import { rootFingerprint } from '../../src/client/index.js';
import { untilTrue } from '../consumer/until-true.js';
import { REPOSITORY } from '../harness/build.js';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';
import { RotatingServer } from './server.js';

jest.setTimeout(240_000);

interface Made {
  readonly id: string;
  readonly token: string;
  readonly state: string;
  readonly newVersion: number;
  readonly failure: string | null;
}

let muster: Muster;
let server: RotatingServer;
let terminal: Terminal;
let admin: SignedIn;
let engineer: SignedIn;
let rotation: Made;
let running: Running[];
let database: string;
/** Of the service's own database, past every right. */
let superuser: Client;

/** Signs in again and again, each time anew, and says by which account it was let in or that it was not. */
const PROGRAM = `
  const { Client } = (await import(${JSON.stringify(pathToFileURL(`${REPOSITORY}/node_modules/pg/lib/index.js`).href)})).default;
  const { DSN } = process.env;
  for (;;) {
    const client = new Client({ connectionString: DSN, application_name: 'exec' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query('SELECT current_user AS who');
      process.stdout.write('in as ' + rows[0].who + '\\n');
    } catch (error) {
      if (error.code === '28P01' || error.code === '28000') process.stdout.write('REFUSED ' + error.code + '\\n');
    }
    await client.end().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }`;

beforeAll(async () => {
  [muster, server, terminal] = await Promise.all([Muster.start(), RotatingServer.start(), Terminal.open()]);
  admin = await muster.signInAs();
  engineer = await muster.signInAs('platform-engineer');
  superuser = new Client({ connectionString: muster.database.superuserUrl });
  await superuser.connect();
  const url = new URL(server.superuserUrl);
  database = `${url.host}${url.pathname}`;
});
afterAll(async () => {
  await superuser.end();
  await muster.stop();
  await server.stop();
  await terminal.close();
});
beforeEach(async () => {
  running = [];
  const custodians = [await muster.signInAs('custodian'), await muster.signInAs('custodian')] as const;
  const { id: teamId } = await engineer.visitor.post<Made>('/v1/teams', { name: 'orders' });
  const identity = await engineer.visitor.post<Made>('/v1/identities', {
    ...{ name: 'orders', kind: 'workload', environment: 'test', teamId, purpose: 'Takes orders.' },
    ...{ primaryCustodianId: custodians[0].id, backupCustodianId: custodians[1].id },
  });
  const target = await admin.visitor.post<Made>('/v1/targets', {
    ...{ name: 'orders-db', kind: 'postgresql', url: server.superuserUrl, ownerId: admin.id },
    privateNetwork: { reason: 'It runs in this test.' },
  });
  const accounts = await server.pair();
  for (const account of accounts)
    await admin.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId: identity.id, account });
  rotation = await engineer.visitor.post<Made>('/v1/rotations', {
    ...{ name: 'orders-db', identityId: identity.id, targetId: target.id, accounts, observeSeconds: 60 },
  });
  const { token } = await engineer.visitor.post<Made>(`/v1/identities/${identity.id}/join-tokens`);
  await writeFile(terminal.file('join-token'), token);
});
afterEach(() => Promise.all(running.map((one) => one.stop())));

const runs = () => engineer.visitor.post<Made>(`/v1/rotations/${rotation.id}/runs`, { reason: 'It is time.' });
const stateOf = async ({ id }: Made) => engineer.visitor.get<Made>(`/v1/rotation-runs/${id}`);

/** So short that a test may wait for it, and looked at again at once. */
async function hurry(): Promise<void> {
  const changes = [
    `UPDATE muster.rotations SET observe_seconds = 1 WHERE id = '${rotation.id}'`,
    `UPDATE muster.rotation_runs SET due_at = now() - interval '1 s' WHERE rotation_id = '${rotation.id}' AND due_at IS NOT NULL AND claimed_until IS NULL`,
  ];
  for (const change of changes) await superuser.query(change);
}

async function finished(run: Made): Promise<void> {
  await untilTrue(async () => {
    await hurry();
    const { state, failure } = await stateOf(run);
    if (state === 'stuck') throw new Error(`It is stuck: ${failure}`);
    return state === 'finished';
  });
}

describe('muster exec, while what it hands over rotates on a real service and a real PostgreSQL', () => {
  it('hands over what works, and what works next, and is never refused', async () => {
    const first = await runs();
    await finished(first);
    const pin = ['--url', `https://localhost:${muster.ports.open}`, '--ca-fingerprint', rootFingerprint(muster.root)];
    const dsn = `DSN=postgres://{account:url}:{secret:url}@${database}`;
    const words = ['--join-token-file', 'join-token', '--secret', rotation.id, '--env', dsn, '--at-least-every', '1'];
    const command = ['--', process.execPath, '--input-type=module', '-e', PROGRAM];
    const made = Running.muster(['exec', ...pin, ...words, ...command], terminal.directory, {});
    running.push(made);
    await made.writes(`in as green_1`);
    const second = await runs();
    await made.writes(`in as blue_1`);
    await finished(second);
    await made.stop();
    expect(made.out).not.toContain('REFUSED');
    expect(made.err).toContain(`Version ${second.newVersion} is in use, and the service knows.`);
  });
});
