import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootFingerprint } from '../../src/client/index.js';
import { withClient } from '../../src/platform/database/connection.js';
import { Muster } from '../harness/muster.js';
import { PASSWORD_BEFORE, RotatingServer } from '../rotation/server.js';
import { PersonsBrowser } from './browser.js';
import { Shell } from './shell.js';
import { Terminal } from './terminal.js';

jest.setTimeout(180_000);

/** Rotation from a terminal alone: registered, foreseen, run on a real PostgreSQL, watched, stuck, overridden. */

let muster: Muster;
let terminal: Terminal;
let server: RotatingServer;
let url: string;
let pin: string[];
let admin: Shell;
let paula: Shell;
let accounts: [string, string];

async function enlist(name: string, role: string): Promise<Shell> {
  const who = ['--name', name, '--email', `${name}@example.com`, '--role', role];
  const invited = await admin.json<{ signInToken: string }>('person', 'invite', ...who);
  await writeFile(terminal.file(`${name}.token`), invited.signInToken);
  const shell = new Shell(url, terminal.file(name), new PersonsBrowser(muster));
  await shell.json('login', '--token-file', terminal.file(`${name}.token`), ...pin);
  return shell;
}

beforeAll(async () => {
  [muster, terminal, server] = await Promise.all([Muster.start(), Terminal.open(), RotatingServer.start()]);
  url = `https://localhost:${muster.ports.open}`;
  pin = ['--ca-fingerprint', rootFingerprint(muster.root)];
  admin = new Shell(url, terminal.file('admin'), new PersonsBrowser(muster));
  await admin.json('login', '--setup-token-file', path.join(muster.home.data, 'setup-token'), ...pin);
  await enlist('carla', 'custodian');
  await enlist('bruno', 'custodian');
  paula = await enlist('paula', 'platform-engineer');
  await paula.json('team', 'create', 'payments');
  const facts = ['--kind', 'workload', '--environment', 'test', '--team', 'payments', '--purpose', 'Takes orders'];
  await paula.json('register', 'orders', ...facts, '--custodian', 'carla', '--backup', 'bruno');
  await writeFile(terminal.file('orders-db.url'), server.superuserUrl);
  const place = ['--owner', 'paula', '--url-file', terminal.file('orders-db.url')];
  await admin.json('target', 'add', 'orders-db', ...place, '--private-network-reason', 'It runs in this test.');
  accounts = await server.pair();
  for (const account of accounts) await paula.json('target', 'account', 'add', 'orders-db', 'orders', account);
});
afterAll(async () => {
  await muster.stop();
  await server.stop();
  await terminal.close();
});

/** So short that a test may wait for it. */
const hurry = () =>
  withClient(muster.database.superuserUrl, (client) =>
    client.query('UPDATE muster.rotations SET observe_seconds = 1, consumer_deadline_seconds = 1'),
  );

describe('a service in which nothing rotates', () => {
  it.each([
    [['rotation', 'list'], 'Nothing rotates yet. Begin with: muster rotation add --help'],
    [['rotation', 'runs'], 'No run yet.'],
    [['rotation', 'emergency', 'list'], 'There was none.'],
    [['calendar', 'list'], 'No calendar yet. Take one with: muster calendar add nyse --exchange nyse'],
  ])('says so, and what to do: muster %j', async (words, sentence) => {
    expect(await paula.muster(words)).toEqual({ status: 0, err: '', out: `${sentence}\n` });
  });

  it('foresees nothing', async () => {
    expect((await paula.muster(['rotation', 'plan'])).out).toBe(
      'In 30 days 0 come to their turn; 0 are overdue; 0 never do.\n\nNothing rotates by its schedule in that time.\n',
    );
  });
});

describe('a rotation', () => {
  it('is registered with its schedule, its pair and an exchange whose sessions it keeps out of', async () => {
    const { out } = await admin.muster(['calendar', 'add', 'exchange', '--exchange', 'nyse', '--after', '30']);
    expect(out).toMatch(/^exchange is cal_[0-9a-f]{32}, in America\/New_York\.\n/);
    expect((await paula.muster(['calendar', 'sessions', 'exchange'])).out).toMatch(/^FROM +TO\n\d{4}-\d\d-\d\dT/);
    const when = ['--cron', '0 2 * * 6', '--zone', 'America/New_York', '--jitter', '30', '--max-age-days', '90'];
    const whom = ['--calendar', 'exchange', '--observe', '60', '--deadline', '60', '--pair', 'orders'];
    const where = ['--identity', 'orders', '--target', 'orders-db', '--account', accounts[0], '--account', accounts[1]];
    const added = await paula.muster(['rotation', 'add', 'orders-db', ...where, ...when, ...whom]);
    expect(added).toMatchObject({ status: 0, err: '' });
    expect(added.out).toMatch(/^orders-db is rot_[0-9a-f]{32}\.\nIt rotates next at \d{4}-/);
    expect((await paula.muster(['rotation', 'show', 'orders-db'])).out).toMatch(
      /schedule +0 2 \* \* 6 in America\/New_York, within 60 min, spread over 30 min, at most 90 days old\n/,
    );
  });

  it('is foreseen', async () => {
    const { out } = await paula.muster(['rotation', 'plan', '--days', '30']);
    expect(out).toMatch(/^In 30 days 1 comes to its turn; 0 are overdue; 0 never do\.\n/);
    expect(out).toMatch(/orders-db +orders +\d{4}-\d\d-\d\dT\S+, and again/);
  });

  it('can be changed, paused and resumed, and what is not named stays', async () => {
    expect((await paula.muster(['rotation', 'change', 'orders-db', '--window', '120'])).status).toBe(0);
    const { schedule } = await paula.json<{ schedule: object }>('rotation', 'show', 'orders-db');
    expect(schedule).toMatchObject({ cron: '0 2 * * 6', windowMinutes: 120, jitterMinutes: 30 });
    expect((await paula.muster(['rotation', 'pause', 'orders-db'])).out).toBe('orders-db is paused.\n');
    expect((await paula.muster(['rotation', 'list'])).out).toMatch(/orders-db +0 +never +paused/);
    expect((await paula.muster(['rotation', 'resume', 'orders-db'])).out).toBe('orders-db is active.\n');
  });

  it('is delivered to nowhere unless a place is added, whose mistakes the service names', async () => {
    await writeFile(terminal.file('sink.yaml'), 'kind: file\nsettings: { path: relative }\n');
    const { status, err } = await paula.muster([
      ...['rotation', 'sink', 'add', 'orders-db', '--file', terminal.file('sink.yaml')],
    ]);
    expect({ status, err }).toMatchObject({ status: 1, err: expect.stringContaining('settings') });
    await writeFile(terminal.file('sink.yaml'), 'a secret: [of: {');
    const unread = await paula.muster(['rotation', 'sink', 'add', 'orders-db', '--file', terminal.file('sink.yaml')]);
    expect(unread.err).toContain('code: file_unreadable');
    expect(unread.err).not.toContain('secret');
    expect((await paula.muster(['rotation', 'sink', 'list', 'orders-db'])).out).toContain('It is delivered nowhere');
  });

  it('says whom an emergency would touch, and starts nothing without a reason', async () => {
    const { out } = await paula.muster(['rotation', 'emergency', 'preview', '--custodian', 'carla']);
    expect(out).toMatch(/1 +orders-db +orders +medium/);
    const none = await paula.muster(['rotation', 'emergency', 'preview']);
    expect(none.err).toContain('Name one thing');
  });
});

describe('a run', () => {
  let stayed: Awaited<ReturnType<RotatingServer['signIn']>>;

  it('that somebody on the old one keeps is stuck, which says who and what to do, and ends with 1', async () => {
    stayed = await server.signIn(accounts[0], PASSWORD_BEFORE, 'night-batch');
    // Weekends are no session: on any other day the exchange's would hold it.
    await paula.json('rotation', 'change', 'orders-db', '--by-hand');
    await hurry();
    const began = await admin.json<{ id: string }>(
      'rotation',
      'emergency',
      'start',
      '--identity',
      'orders',
      '--reason',
      'x',
    );
    expect(began.id).toMatch(/^rem_/);
    const watched = await paula.muster(['rotation', 'watch', 'orders-db']);
    expect(watched.status).toBe(1);
    expect(watched.out).toMatch(/■■■□□□ {2}watch-old/);
    expect(watched.out).toContain('✗ It is stuck. Both credentials work; a human has to go on.');
    expect(watched.out).toMatch(/ADDRESS +APPLICATION[^]*night-batch/);
    expect(watched.out).toMatch(/Then: muster rotation override rrn_[0-9a-f]{32}\n$/);
    expect((await paula.muster(['rotation', 'runs', '--state', 'stuck'])).out).toMatch(/orders-db +emergency +stuck/);
  });

  it('waits for whoever is still there, also where two people say that they are gone', async () => {
    const words = ['rotation', 'forget', 'orders-db', 'night-batch at 127.0.0.1', '--reason', 'Taken down'];
    const asked = await paula.muster([...words, '--no-wait']);
    expect(asked).toMatchObject({ status: 3, err: expect.stringContaining('Somebody else must approve this first') });
    const open = await admin.json<{ items: { id: string; summary: string }[] }>('approval', 'list');
    expect(open.items[0]!.summary).toMatch(/^Wait no more for “night-batch at 127.0.0.1” where “orders-db”/);
    await admin.json('approval', 'approve', open.items[0]!.id, '--reason', 'Seen with the desk');
    expect((await paula.muster(words)).out).toMatch(
      /^orders-db waits no more for night-batch at 127\.0\.0\.1, until it is seen again\.\nSee whether its run goes on: muster rotation watch rrn_[0-9a-f]{32}\n$/,
    );
    const watched = await paula.muster(['rotation', 'watch', 'orders-db']);
    expect(watched).toMatchObject({ status: 1, out: expect.stringContaining('night-batch') });
  });

  it('goes on when a second person agrees to leave them behind', async () => {
    const { items } = await paula.json<{ items: { id: string }[] }>('rotation', 'runs', '--state', 'stuck');
    const words = ['rotation', 'override', items[0]!.id, '--reason', 'The batch is over'];
    const asked = await paula.muster([...words, '--no-wait']);
    expect(asked.status).toBe(3);
    const open = await admin.json<{ items: { id: string }[] }>('approval', 'list');
    await admin.json('approval', 'approve', open.items[0]!.id, '--reason', 'Seen with the desk');
    expect((await paula.muster(words)).out).toMatch(/^The old one goes\./);
    const watched = await paula.muster(['rotation', 'watch', items[0]!.id]);
    expect(watched).toMatchObject({ status: 0, out: expect.stringContaining('✓ orders-db is at version 1.') });
    await stayed.end().catch(() => undefined);
    expect(await server.opens(accounts[0], PASSWORD_BEFORE)).toBe(false);
  });

  it('is in the history, and nothing of it is under way', async () => {
    expect((await paula.muster(['rotation', 'runs'])).out).toMatch(/orders-db +emergency +finished/);
    expect((await paula.muster(['rotation', 'watch', 'orders-db'])).err).toContain('Nothing of orders-db is under way');
    expect((await paula.muster(['rotation', 'remove', 'orders-db'])).status).toBe(0);
  });
});
