import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootFingerprint } from '../../src/client/index.js';
import { withClient } from '../../src/platform/database/connection.js';
import { plantFinding } from '../discovery/planted-finding.js';
import { Muster } from '../harness/muster.js';
import { PersonsBrowser } from './browser.js';
import { Shell } from './shell.js';
import { Terminal } from './terminal.js';

jest.setTimeout(180_000);

/** What was found, from a terminal alone. */

let muster: Muster;
let terminal: Terminal;
let url: string;
let admin: Shell;

/** Somebody who has signed in, and so may answer for an identity. */
async function enlist(name: string, pin: readonly string[]): Promise<void> {
  const who = ['--name', name, '--email', `${name}@example.com`, '--role', 'custodian'];
  const invited = await admin.json<{ signInToken: string }>('person', 'invite', ...who);
  await writeFile(terminal.file(`${name}.token`), invited.signInToken);
  const shell = new Shell(url, terminal.file(name), new PersonsBrowser(muster));
  await shell.json('login', '--token-file', terminal.file(`${name}.token`), ...pin);
}

beforeAll(async () => {
  [muster, terminal] = await Promise.all([Muster.start(), Terminal.open()]);
  url = `https://localhost:${muster.ports.open}`;
  admin = new Shell(url, terminal.file('admin'), new PersonsBrowser(muster));
  const pin = ['--ca-fingerprint', rootFingerprint(muster.root)];
  await admin.json('login', '--setup-token-file', path.join(muster.home.data, 'setup-token'), ...pin);
  for (const name of ['carla', 'bruno']) await enlist(name, pin);
  await admin.json('team', 'create', 'payments');
  const facts = ['--kind', 'bot', '--environment', 'test', '--team', 'payments', '--purpose', 'Settles'];
  await admin.json('register', 'ledger-bot', ...facts, '--custodian', 'carla', '--backup', 'bruno');
});
afterAll(async () => {
  await muster?.stop();
  await terminal?.close();
});

describe('a queue', () => {
  it('says so where nothing waits, and otherwise what, why and what to do', async () => {
    expect((await admin.muster(['finding', 'list'])).out).toBe('Nothing waits.\n');
    const { id } = await withClient(muster.database.superuserUrl, (client) => plantFinding(client));
    expect((await admin.muster(['finding', 'list', '--unassigned'])).out).toContain(id);
    expect((await admin.muster(['finding', 'show', id])).out).toContain('It says nothing.');
    await admin.json('finding', 'comment', id, 'Asked the team.');
    expect((await admin.muster(['finding', 'adopt', id])).out).toContain(`muster finding adopt ${id} --identity`);
    await admin.json('finding', 'adopt', id, '--identity', 'ledger-bot');
    const retired = await admin.muster(['finding', 'retire', id, '--reason', 'It was seen.']);
    expect(retired.err + retired.out).toContain('Have Vendor end the token');
    const shown = await admin.json<{ state: string; events: { kind: string }[] }>('finding', 'show', id);
    expect(shown.events.map(({ kind }) => kind)).toEqual(['retired', 'adopted', 'commented']);
  });
});

describe('a scan that asks the registry', () => {
  it('says whose a key is by its name, and sends no secret', async () => {
    await admin.json('alias', 'add', 'ledger-bot', 'AKIAQYLPMN5HFIQR7XYA');
    const file = terminal.file('deploy.env');
    const secret = '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';
    await writeFile(file, `AWS_ACCESS_KEY_ID=AKIAQYLPMN5HFIQR7XYA\nAWS_SECRET_ACCESS_KEY=${secret}\n`);
    const { status, out, err } = await admin.muster(['scan', '--registry', url, '--no-progress', file]);
    expect(err).toBe('');
    expect(status).toBe(1);
    expect(out).toContain('ledger-bot\n');
    expect(out).toContain('misplaced: Its number is the one registered for ledger-bot');
    expect(out).not.toContain(secret);
  });
});
