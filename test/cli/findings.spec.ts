import { mkdir, rm, writeFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rootFingerprint } from '../../src/client/index.js';
import { CommandContext } from '../../src/cli/context.js';
import { LeftOut } from '../../src/cli/tour/journey.js';
import { adoptShadow, scanRepository } from '../../src/cli/tour/steps/discover.js';
import { type Crew, Tour } from '../../src/cli/tour/tour.js';
import { withClient } from '../../src/platform/database/connection.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { GitRepository } from '../discovery/git-repository.js';
import { plantFinding } from '../discovery/planted-finding.js';
import { seeded } from '../discovery/scan/made-rules.js';
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
let browser: PersonsBrowser;
let folder: string;

/** Somebody who has signed in, and so may answer for an identity. */
async function enlist(name: string, pin: readonly string[]): Promise<void> {
  const who = ['--name', name, '--email', `${name}@example.com`, '--role', 'custodian'];
  const invited = await admin.json<{ signInToken: string }>('person', 'invite', ...who);
  await writeFile(terminal.file(`${name}.token`), invited.signInToken);
  const shell = new Shell(url, terminal.file(name), new PersonsBrowser(muster));
  await shell.json('login', '--token-file', terminal.file(`${name}.token`), ...pin);
}

beforeAll(async () => {
  terminal = await Terminal.open();
  await mkdir(terminal.file('sources', 'shop'), { recursive: true });
  folder = realpathSync(terminal.file('sources'));
  muster = await Muster.start({ environment: { SOURCE_FOLDERS: folder } });
  url = `https://localhost:${muster.ports.open}`;
  browser = new PersonsBrowser(muster);
  admin = new Shell(url, terminal.file('admin'), browser);
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
    const unread = '! Nothing is looked at, so this says nothing. Begin with: muster source add --help\n';
    expect((await admin.muster(['finding', 'list'])).out).toBe(`Nothing waits.\n${unread}`);
    expect((await admin.muster(['finding', 'posture'])).out).toBe(
      `Nothing was found yet that could be judged.\n${unread}`,
    );
    expect((await admin.muster(['finding', 'trends'])).out).toBe('Nothing was found yet.\n');
    const empty = 'Nothing is looked at yet. Begin with: muster source add --help\n';
    expect((await admin.muster(['source', 'list'])).out).toBe(empty);
    const { id } = await withClient(muster.database.superuserUrl, (client) => plantFinding(client));
    expect((await admin.muster(['finding', 'list', '--unassigned'])).out).toContain(id);
    await admin.json('finding', 'comment', id, 'Asked the team.');
    await admin.json('finding', 'assign', id, '--to', 'carla');
    expect((await admin.muster(['finding', 'list'])).out).toMatch(/ src_\w+ deploy\/values\.yaml:3 +open .* carla\n/);
    const told = (await admin.muster(['finding', 'show', id])).out;
    for (const words of ['It says nothing.', ' assigned to carla\n', `\n  muster finding plan ${id}\n`])
      expect(told).toContain(words);
    expect((await admin.muster(['finding', 'adopt', id])).out).toContain(`muster finding adopt ${id} --identity`);
    await admin.json('finding', 'adopt', id, '--identity', 'ledger-bot');
    expect((await admin.muster(['finding', 'plan', id])).out).toContain('Muster cannot reach it: people end it.');
    expect((await admin.muster(['finding', 'posture'])).out).toContain('✗ NHI2-secret-leakage: 1 high');
    expect((await admin.muster(['finding', 'trends'])).out).toMatch(/^WEEK OF +FOUND +ENDED\n\d{4}-/);
    const searched = await admin.muster(['finding', 'list', '--search', 'Nowhere else']);
    expect(searched.out).toMatch(/^Nothing waits\.\n\n! src_\w+: nobody has looked there yet/);
    const retired = await admin.muster(['finding', 'retire', id, '--reason', 'It was seen.']);
    expect(retired.err + retired.out).toContain('Have Vendor end the token');
    expect((await admin.muster(['finding', 'plan', id])).out).toMatch(/\nIt is retiring\.\n$/);
    const shown = await admin.json<{ state: string; events: { kind: string }[] }>('finding', 'show', id);
    expect(shown.events.map(({ kind }) => kind)).toEqual(['retired', 'resolved', 'adopted', 'assigned', 'commented']);
  });
});

describe('a source', () => {
  const words = (...all: readonly string[]) => admin.muster(['source', ...all]);
  const token = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(8));

  it('is unread until somebody has looked there, and is looked at while one waits', async () => {
    await writeFile(path.join(folder, 'shop', 'deploy.env'), `GITHUB_TOKEN=${token}\n`);
    const added = await words('add', 'shop', '--kind', 'files', '--path', path.join(folder, 'shop'), '--every', '6h');
    expect(added).toMatchObject({ status: 0, err: '', out: expect.stringContaining('muster source look shop --wait') });
    expect((await words('list')).out).toContain('! shop: nobody has looked there yet');
    const looked = await words('look', 'shop', '--wait');
    expect(looked).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^✓ looked at 1 file, .*: 1 seen\nOne finding waits/),
    });
    expect(looked.out).not.toContain(token);
    const { items } = await admin.json<{ items: { id: string }[] }>('finding', 'list', '--source', 'shop');
    expect(items).toHaveLength(1);
    expect((await admin.muster(['finding', 'posture', items[0]!.id])).out).toContain('✗ NHI2-secret-leakage (high)');
    expect((await admin.muster(['finding', 'count', '--source', 'shop'])).out).toContain('github-pat-classic');
  });

  it('that cannot be looked at is told apart from one where nothing is, with what was known before', async () => {
    await rm(path.join(folder, 'shop'), { recursive: true });
    const looked = await words('look', 'shop', '--wait');
    expect(looked).toMatchObject({
      status: 1,
      out: expect.stringContaining('✗ it could not be looked at: source_missing'),
    });
    expect(looked.out).toContain('That nothing new was found says nothing.');
    expect((await words('list')).out).toMatch(/! shop: it could not be looked at \(source_missing/);
    expect(await words('check', 'shop')).toMatchObject({ status: 1, out: expect.stringContaining('(source_missing)') });
    expect((await words('runs', 'shop')).out).toContain('failed: source_missing');
    expect((await admin.json<{ items: unknown[] }>('finding', 'list', '--source', 'shop')).items).toHaveLength(1);
  });

  it('is moved, paused, resumed and removed, and what opens it never comes from the command line', async () => {
    await mkdir(path.join(folder, 'elsewhere'));
    const edited = await words('edit', 'shop', '--path', path.join(folder, 'elsewhere'), '--every', 'never');
    expect(edited).toMatchObject({ status: 0, err: '' });
    const source = await admin.json<object>('source', 'get', 'shop');
    expect(source).toMatchObject({ health: 'unread', failure: null, everySeconds: null, settings: { secrets: true } });
    const moved = (await admin.muster(['finding', 'list', '--source', 'shop'])).out;
    expect(moved).toMatch(/^Nothing waits\.\n\n! shop: nobody has looked there yet.*\n$/);
    expect((await words('pause', 'shop')).out).toBe('shop is paused; next: paused.\n');
    expect((await words('look', 'shop')).err).toContain('code: source_disabled');
    await words('resume', 'shop');
    const url = terminal.file('url');
    await writeFile(url, 'redis://muster:canary-of-a-source@10.0.0.9:6379\n');
    const file = ['--kind', 'redis', '--access-file', url, '--known-as', 'cache.example'];
    const reason = ['--private-network-reason', 'It is ours.'];
    expect((await words('add', 'cache', ...file)).err).toContain('consent here with: --private-network-reason');
    const redis = await words('add', 'cache', ...file, ...reason, '--json');
    expect(JSON.parse(redis.out)).toMatchObject({
      place: '10.0.0.9:6379 as muster',
      settings: { knownAs: ['cache.example'] },
    });
    expect(redis.out + redis.err + (await words('get', 'cache')).out).not.toContain('canary-of-a-source');
    await words('remove', 'cache');
    expect((await words('remove', 'shop')).out).toContain('Nobody looks at shop any more');
  });
});

describe('the tour through a repository of one’s own', () => {
  it('looks through it also where no PostgreSQL can be started, and says what is left out', async () => {
    const repository = GitRepository.create();
    const token = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(9));
    repository.commit({ 'deploy.env': `GITHUB_TOKEN=${token}\n` });
    const screen = (write: (text: string) => void) => ({ write, width: undefined, colour: false });
    const environment = { XDG_CONFIG_HOME: terminal.file('admin'), MUSTER_NO_BROWSER: '1' };
    const screens = { out: screen(() => undefined), err: screen(browser.read) };
    const context = new CommandContext({ url }, screens, environment);
    const tour = new Tour(context, 'e1ec7a', [], terminal.directory, undefined, repository.folder);
    tour.leave('admin', await context.signedIn());
    tour.leave('root', muster.root);
    tour.leave('issuer', url);
    tour.leave('crew', {} as Crew);
    expect(await scanRepository.run(tour)).toMatch(
      /; one thing of yours was found, 1 for somebody to look into; .* stay in the service; no login was planted/,
    );
    await expect(adoptShadow.run(tour)).rejects.toThrow(LeftOut);
    expect(await tour.cleanUp()).toEqual([]);
    await context.close();
    repository.remove();
  });
});

describe('findings that are one', () => {
  it('are merged and split, each with a reason', async () => {
    const [one, other] = await withClient(muster.database.superuserUrl, async (client) => [
      await plantFinding(client, `thing = thing || '{"marks": ["key:vendor:7"]}'`),
      await plantFinding(client),
    ]);
    const merged = await admin.muster(['finding', 'merge', one.id, '--into', other.id, '--reason', 'The same.']);
    expect(merged.out).toContain(`muster finding split ${one.id}`);
    const split = await admin.muster(['finding', 'split', one.id, '--reason', 'It was not.']);
    expect(split).toMatchObject({ status: 0, out: expect.stringMatching(/^It stands by itself again, open: /) });
  });
});

describe('a key of another system', () => {
  it('is registered by a digest made here, and a password is not', async () => {
    const file = terminal.file('key');
    await writeFile(file, 'correct-horse-battery\n');
    const add = ['key', 'add', 'ledger-bot', '--system', 'vendor', '--secret-file', file];
    expect(await admin.muster(add)).toMatchObject({ status: 1, err: expect.stringContaining('muster alias add') });
    await writeFile(file, 'vk_live_q0Zx8Lk2Vw7Tn4Rb9Yc1Hs6Jd3Fg5Pm0\n');
    const { id } = await admin.json<{ id: string }>(...add);
    expect((await admin.muster(['key', 'list', 'ledger-bot'])).out).toContain('5Pm0');
    await admin.json('key', 'remove', id);
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
