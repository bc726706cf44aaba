import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Browser } from '../../src/cli/browser.js';
import { Output, renderTable } from '../../src/cli/output.js';
import { SessionStore } from '../../src/cli/sessions.js';
import { ciClaims, PAYMENTS_JOB } from '../../src/cli/tour/ci-claims.js';
import { CiIssuer } from '../../src/cli/tour/ci-issuer.js';
import { rootFingerprint } from '../../src/client/index.js';
import { Muster } from '../harness/muster.js';
import { PersonsBrowser } from './browser.js';
import { Shell } from './shell.js';
import { Terminal } from './terminal.js';

jest.setTimeout(120_000);

let muster: Muster;
let terminal: Terminal;
let issuer: CiIssuer;
let url: string;
let pin: string[];
let admin: Shell;
let adminsBrowser: PersonsBrowser;
let engineer: Shell;
let custodian: Shell;
let stranger: Shell;
let team: { id: string };
let carla: string;
let bruno: string;
let bot: { id: string; name: string; spiffeId: string };

async function enlist(name: string, role: string): Promise<{ id: string; shell: Shell }> {
  const who = ['--name', name, '--email', `${name}@example.com`, '--role', role];
  const invited = await admin.json<{ person: { id: string }; signInToken: string }>('person', 'invite', ...who);
  await writeFile(terminal.file(`${name}.token`), invited.signInToken);
  const shell = new Shell(url, terminal.file(name), new PersonsBrowser(muster));
  await shell.json('login', '--token-file', terminal.file(`${name}.token`), ...pin);
  return { id: invited.person.id, shell };
}

function register(name: string, ...more: string[]): Promise<{ id: string; name: string; spiffeId: string }> {
  const facts = ['--kind', 'bot', '--environment', 'production', '--team', team.id, '--purpose', 'Tries the command'];
  return engineer.json('register', name, ...facts, '--custodian', carla, '--backup', bruno, ...more);
}

const ciToken = () => issuer.sign(ciClaims(issuer.url, 'muster', PAYMENTS_JOB, new Date()));

beforeAll(async () => {
  [muster, terminal, issuer] = await Promise.all([Muster.start(), Terminal.open(), CiIssuer.start()]);
  url = `https://localhost:${muster.ports.open}`;
  pin = ['--ca-fingerprint', rootFingerprint(muster.root)];
  adminsBrowser = new PersonsBrowser(muster);
  admin = new Shell(url, terminal.file('admin'), adminsBrowser);
  stranger = new Shell(url, terminal.file('stranger'));
  await admin.json('login', '--setup-token-file', path.join(muster.home.data, 'setup-token'), ...pin);
});
afterAll(async () => {
  await issuer.stop();
  await muster.stop();
  await terminal.close();
});

describe('a service with nothing in it', () => {
  it.each([
    [['list'], 'No identity fits. Register one with: muster register --help'],
    [['team', 'list'], 'No teams yet. Make one with: muster team create <name>'],
    [['provider', 'list'], 'Nobody is believed yet. Add an issuer with: muster provider add --help'],
    [['trust', 'list'], 'Nothing is trusted yet. Add a trust with: muster trust add --help'],
    [['approval', 'list'], 'Nothing is pending.'],
    [['custodian', 'list'], 'You answer for no identity.'],
    [['ledger'], 'Nothing is valid now.'],
  ])('says so, and what to do: muster %j', async (words, sentence) => {
    const { status, out, err } = await admin.muster(words);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    if (words[0] !== 'ledger') expect(out).toBe(`${sentence}\n`);
    expect(Array.isArray((await admin.json<{ items: unknown[] }>(...words)).items)).toBe(true);
  });
});

describe('the main job by hand', () => {
  beforeAll(async () => {
    const paula = await enlist('paula', 'platform-engineer');
    const people = [await enlist('carla', 'custodian'), await enlist('bruno', 'custodian')] as const;
    engineer = paula.shell;
    custodian = people[0].shell;
    [carla, bruno] = [people[0].id, people[1].id];
    team = await engineer.json('team', 'create', 'payments');
    bot = await register('settlement-bot');
    const grant = ['--target', 'ledger-service', '--scope', 'entries:read', '--purpose', 'read the day'];
    const { id } = await engineer.json<{ id: string }>('grant', 'add', bot.name, ...grant, '--verifier', carla);
    await custodian.json('grant', 'verify', id);
    await writeFile(terminal.file('ca.pem'), issuer.caPem);
    const from = ['--kind', 'github-actions', '--issuer', issuer.url, '--ca-file', terminal.file('ca.pem')];
    const consent = ['--private-network-reason', 'a test on loopback'];
    const provider = await admin.json<{ id: string }>('provider', 'add', 'ci', ...from, ...consent);
    const match = [
      '--provider',
      provider.id,
      '--audience',
      'muster',
      '--subject',
      'repo:acme/payments:ref:refs/heads/main',
    ];
    const pins = ['--pin', 'repository_id=741852963', '--pin', 'repository_owner_id=1029384'];
    await engineer.json('trust', 'add', bot.name, ...match, ...pins);
  });

  it.each([
    ['list', 'settlement-bot'],
    ['get settlement-bot', 'entries:read'],
    ['person list', 'carla'],
    ['grant list settlement-bot', 'ledger-service'],
    ['provider list', 'github-actions'],
    ['trust list', '741852963'],
    ['team list', 'payments'],
    ['whoami', 'administrator'],
    ['audit records', 'identity.registered'],
    ['audit checkpoint', '— '],
  ])('shows people and programs the same: muster %s', async (line, words) => {
    const { status, out, err } = await admin.muster(line.split(' '));
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain(words);
    expect(JSON.stringify(await admin.json(...line.split(' ')))).toContain(words);
  });

  it.each<[string, () => Promise<{ words?: string[]; environment?: Record<string, string> }>]>([
    [
      '--token-file',
      async () => {
        await writeFile(terminal.file('ci.token'), await ciToken());
        return { words: ['--token-file', terminal.file('ci.token')] };
      },
    ],
    ['GitLab', async () => ({ environment: { MUSTER_ID_TOKEN: await ciToken() } })],
    [
      'Kubernetes',
      async () => {
        await writeFile(terminal.file('projected'), `${await ciToken()}\n`);
        return { environment: { MUSTER_KUBERNETES_TOKEN_FILE: terminal.file('projected') } };
      },
    ],
  ])('fetches a certificate with a token found by %s; files are for their owner alone', async (how, found) => {
    const { words = [], environment } = await found();
    const folder = terminal.file(`held-${how}`);
    const ran = await stranger.muster(['cert', '--out', folder, ...words, ...pin], environment);
    expect(ran).toMatchObject({
      status: 0,
      err: '',
      out: expect.stringContaining(`${bot.spiffeId} has a certificate`),
    });
    const files = ['certificate.pem', 'chain.pem', 'issuers.pem', 'key.pem', 'root.pem'];
    const kept = (await readdir(folder)).filter((name) => !files.includes(name));
    expect(kept).toEqual(['current', expect.stringMatching(/^version-[0-9a-f]+$/)]);
    for (const name of files) expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
    for (const name of ['', ...kept]) expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o700);
  });

  describe('somebody who is named', () => {
    const facts = ['--kind', 'bot', '--environment', 'test', '--purpose', 'Is named'];
    const named = (name: string, custodian: string, backup: string, of = 'Payments') =>
      engineer.muster(['register', name, ...facts, '--team', of, '--custodian', custodian, '--backup', backup]);

    it('is found by name or e-mail address, and a team by its name', async () => {
      expect(await named('named-bot', 'Carla', 'bruno@example.com')).toMatchObject({ status: 0, err: '' });
      const found = await engineer.json<object>('get', 'named-bot');
      expect(found).toMatchObject({ primaryCustodianId: carla, backupCustodianId: bruno, teamId: team.id });
      const { items } = await engineer.json<{ items: { name: string }[] }>('custodian', 'list', 'bruno');
      expect(items.map(({ name }) => name)).toContain('named-bot');
    });

    it('is never guessed: part of a name, and a name that two have, are refused with who could be meant', async () => {
      const part = await named('other-bot', 'carl', 'bruno');
      expect([part.status, part.err]).toEqual([1, expect.stringContaining(carla)]);
      expect(part.err).toContain('Did you mean');
      const twice = ['--name', 'Bruno', '--email', 'bruno.two@example.com', '--role', 'analyst'];
      const { person } = await admin.json<{ person: { id: string } }>('person', 'invite', ...twice);
      const both = await named('other-bot', 'carla', 'bruno');
      for (const id of [bruno, person.id]) expect(both.err).toContain(id);
      expect(both.status).toBe(1);
      expect((await named('other-bot', 'carla', 'nobody@example.com')).err).toContain('nobody@example.com');
      expect((await named('other-bot', carla, bruno, 'pay')).err).toContain(`payments (${team.id})`);
      await admin.json('person', 'depart', person.id);
    });

    it('is not forgotten, nor looked up, by a name that somebody has who departed', async () => {
      const { items } = await admin.json<{ items: { id: string; name: string }[] }>('person', 'list');
      const brunos = items.filter(({ name }) => name.toLowerCase() === 'bruno').map(({ id }) => id);
      expect(brunos).toHaveLength(2);
      for (const verb of ['get', 'remove']) {
        const { status, err } = await admin.muster(['person', verb, 'bruno']);
        expect([status, ...brunos.filter((id) => !err.includes(id))]).toEqual([1]);
        expect(err).toContain('code: option_invalid');
      }
      expect((await admin.json<{ items: unknown[] }>('person', 'list')).items).toEqual(items);
    });

    it('can be invited a second time, known as one human from the start', async () => {
      const again = ['--name', 'carla again', '--email', 'carla.two@example.com', '--role', 'analyst'];
      const invite = ['person', 'invite', ...again, '--same-human-as', 'carla@example.com'];
      const { person } = await admin.json<{ person: { id: string } }>(...invite);
      const sessions = SessionStore.ofUser({ XDG_CONFIG_HOME: terminal.file('admin') });
      const ada = muster.visitor({ token: (await sessions.find(url, new Date()))!.token });
      const { accountIds } = await ada.get<{ accountIds: string[] }>(`/v1/people/${person.id}/accounts`);
      expect(accountIds).toEqual([carla, person.id].sort());
    });
  });

  it('asks GitHub for a token with our audience, and says what is missing when it gives none', async () => {
    const asked: string[] = [];
    const github = createServer((request, response) => {
      asked.push(`${request.headers.authorization ?? ''} ${request.url!}`);
      if (asked.length > 1) return void response.writeHead(403).end();
      void ciToken().then((value) => response.end(JSON.stringify({ value })));
    });
    await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(github.address() as AddressInfo).port}/token?version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'github-secret',
    };
    const words = ['cert', '--out', terminal.file('held-github'), ...pin];
    expect(await stranger.muster(words, environment)).toMatchObject({ status: 0, err: '' });
    expect(asked).toEqual(['Bearer github-secret /token?version=2&audience=muster']);
    const refused = await stranger.muster(words, environment);
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('id-token: write') });
    github.closeAllConnections();
    await new Promise((resolve) => github.close(resolve));
    expect((await stranger.muster(words, environment)).err).toContain('code: token_not_found');
  });

  it('gives the same certificate when a join token is retried with its key; then renews, fetches a token, revokes', async () => {
    const [folder, file] = [terminal.file('held'), terminal.file('join.token')];
    await engineer.json('join-token', bot.name, '--out', file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const fetch = () => stranger.json<{ id: string }>('cert', '--out', folder, '--join-token-file', file, ...pin);
    const first = await fetch();
    expect((await fetch()).id).toBe(first.id);
    const elsewhere = ['cert', '--out', terminal.file('stolen'), '--join-token-file', file, ...pin];
    expect(await stranger.muster(elsewhere)).toMatchObject({ status: 1, err: expect.stringContaining('requestId: ') });
    const key = await readFile(path.join(folder, 'key.pem'), 'utf8');
    const renewed = await stranger.json<{ id: string }>('cert', 'renew', '--out', folder);
    expect(renewed.id).not.toBe(first.id);
    expect(await readFile(path.join(folder, 'key.pem'), 'utf8')).not.toBe(key);
    const token = await stranger.muster(['token', '--cert', folder, '--audience', 'ledger-service']);
    expect(token).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/) });
    const out = terminal.file('access.token');
    const kept = await stranger.muster(['token', '--cert', folder, '--audience', 'ledger-service', '--out', out]);
    expect(kept.out).not.toContain('eyJ');
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect((await admin.muster(['ledger', '--identity', bot.name])).out).toContain(renewed.id);
    expect(await custodian.muster(['revoke', renewed.id, '--reason', 'a drill'])).toMatchObject({ status: 0 });
    expect((await admin.muster(['ledger'])).out).not.toContain(renewed.id);
    expect((await admin.muster(['cert', 'get', renewed.id])).out).toContain('a drill');
    expect((await stranger.muster(['cert', 'renew', '--out', folder])).err).toMatch(/code: \w+\n/);
  });

  it('fetches a token for one named thing once the custodian has agreed: told to come back, or waiting', async () => {
    const [folder, joinToken, file] = [
      terminal.file('payer'),
      terminal.file('payer.token'),
      terminal.file('payment.json'),
    ];
    await engineer.json('join-token', bot.name, '--out', joinToken);
    await stranger.json('cert', '--out', folder, '--join-token-file', joinToken, ...pin);
    const payment = { type: 'payment', creditor: 'Clearing House AG', amount: '250000.00' };
    const words = [
      'token',
      '--cert',
      folder,
      '--audience',
      'ledger-service',
      '--authorization-details',
      file,
      '--json',
    ];
    const approve = async (id: string) => custodian.json('approval', 'approve', id, '--reason', 'announced');
    await writeFile(file, JSON.stringify([payment]));
    const told = await stranger.muster([...words, '--no-wait']);
    expect({ status: told.status, out: told.out }).toEqual({ status: 3, out: '' });
    const { error } = JSON.parse(told.err) as { error: { code: string; access_request: { id: string; url: string } } };
    const { id, url: link } = error.access_request;
    expect([error.code, link]).toEqual(['authorization_pending', `${url}/approvals/${id}`]);
    expect((await custodian.json<{ items: { id: string }[] }>('approval', 'list', '--mine')).items).toMatchObject([
      { id },
    ]);
    expect((await custodian.muster(['approval', 'show', id])).out).toContain('"creditor": "Clearing House AG"');
    await approve(id);
    expect(await custodian.muster(['approval', 'wait', id])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^approved: /),
    });
    expect(await stranger.json<object>(...words.slice(0, -1))).toMatchObject({ authorization_details: [payment] });
    await writeFile(file, JSON.stringify([{ ...payment, amount: '1.00' }]));
    let agreed: Promise<unknown> | undefined;
    const waited = await terminal.muster([...words, '--wait', '--url', url], '', (text) => {
      agreed ??= approve((JSON.parse(text) as { accessRequest: { id: string } }).accessRequest.id);
    });
    await agreed;
    expect(waited).toMatchObject({ status: 0 });
    expect(JSON.parse(waited.out)).toMatchObject({ authorization_details: [{ amount: '1.00' }] });
  });

  it.each<[string, string[], RegExp]>([
    [
      'an unknown name',
      ['get', 'nobody-knows'],
      /No identity is called nobody-knows\. See: muster list\n {2}code: not_found/,
    ],
    ['an unknown id', ['get', `mid_${'0'.repeat(32)}`], /code: \w+\n {2}requestId: req_/],
    ['what its role may not do', ['team', 'create', 'mine'], /code: forbidden\n(.*\n)* {2}requestId: req_/],
    ['a wrong value', ['list', '--status', 'asleep'], /code: request_invalid\n {2}requestId: req_/],
    ['an address that is none', ['list', '--url', 'localhost'], /Give --url https:\/\/host:port/],
    ['a service that is not there', ['list', '--url', 'https://localhost:1', '--json'], /"code":"not_signed_in"/],
    [
      'a pin without a value',
      ['trust', 'add', 'x', '--provider', 'p', '--audience', 'a', '--subject', 's', '--pin', 'x'],
      /claim=value/,
    ],
    ['an unknown option', ['list', '--colour'], /unknown option '--colour'/],
    ['a missing option', ['register', 'x'], /required option '--kind <kind>'/],
    [
      'a folder without a certificate',
      ['token', '--audience', 'x', '--cert', '/nowhere'],
      /Fetch one with: muster cert --out/,
    ],
    ['a file that is not there', ['login', '--token-file', '/nowhere'], /there is no such file/],
    ['no workload token', ['cert', '--out', '/nowhere'], /No workload token was found/],
  ])('refuses %s on standard error with 1, and says what to do next', async (_what, words, said) => {
    const { status, out, err } = await custodian.muster(words);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(said);
    expect(err).not.toMatch(/\n {4}at /);
  });

  it('says that nobody is signed in, and that a service does not answer', async () => {
    expect((await stranger.muster(['list'])).err).toMatch(/Run: muster login --help\n {2}code: not_signed_in/);
    const gone = ['login', '--token-file', terminal.file('carla.token'), '--url', 'https://localhost:1', ...pin];
    expect(await stranger.muster(gone)).toMatchObject({ status: 1, err: expect.stringContaining('code: unreachable') });
  });

  it('signs out, here and at the service', async () => {
    const { shell } = await enlist('guest', 'auditor');
    expect((await shell.muster(['logout'])).out).toBe('Signed out.\n');
    expect((await shell.muster(['whoami'])).err).toContain('code: not_signed_in');
  });
});

describe('the terminal', () => {
  it('cannot be steered by names: controls, line ends and reading direction are taken out', () => {
    const hostile = '\u001b[2J\u001b]0;owned\u0007a\nb\r\u202ec\u2028d\u009b31m';
    const shown = renderTable([{ name: hostile }], [{ title: 'NAME', value: ({ name }) => name }]);
    expect(shown.split('\n')).toHaveLength(2);
    expect(shown.replace('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
  });

  it('is written to as wide as it is, and in colour only where it has some', () => {
    const columns = [
      { title: 'NAME', value: ({ name }: { name: string }) => name },
      { title: 'STATUS', value: () => 'active' },
    ];
    const written = (width: number | undefined, colour: boolean, write: (output: Output) => void) => {
      let text = '';
      write(new Output({ write: (more) => (text += more), width, colour }, false));
      return text;
    };
    const shown = (width: number | undefined, colour: boolean) =>
      written(width, colour, (output) => output.table([{ name: 'bot' }], columns, ''));
    const facts = (width: number | undefined) =>
      written(width, false, (output) => output.facts([['because', 'one two three four five six']]));
    expect(shown(undefined, false)).toBe('NAME  STATUS\nbot   active\n');
    expect(shown(80, true)).toBe('\u001b[2mNAME  STATUS\u001b[0m\nbot   active\n');
    expect(shown(10, true)).toBe('NAME    bot\nSTATUS  active\n');
    expect(facts(undefined)).toBe('because  one two three four five six\n');
    expect(facts(30)).toBe('because  one two three four\n         five six\n');
  });

  it.each<[string, Record<string, string>, NodeJS.Platform, boolean]>([
    ['at a desk', { DISPLAY: ':0' }, 'linux', true],
    ['on Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    ['on a Mac', {}, 'darwin', true],
    ['without a display', {}, 'linux', false],
    ['over SSH', { DISPLAY: ':0', SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, 'linux', false],
    ['in CI', { DISPLAY: ':99', CI: 'true' }, 'linux', false],
    ['where none is wanted', { DISPLAY: ':0', MUSTER_NO_BROWSER: '1' }, 'darwin', false],
  ])('has a browser beside it or not: %s', (_where, environment, platform, there) => {
    expect(Browser.ofUser(environment, platform).isThere).toBe(there);
  });

  it('cannot be steered by what a refusal repeats', async () => {
    const { err } = await admin.muster(['get', 'x\u001b[31m\u202ered']);
    expect(err).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('on the service’s own machine, as a process', () => {
  it('prints a one-time sign-in only when no administrator has a session left', async () => {
    const words = ['admin', 'sign-in', '--data', muster.home.data];
    const refused = await terminal.muster(words);
    expect(refused).toMatchObject({ status: 1, out: '', err: expect.stringContaining('code: service_refused') });
    await admin.json('logout');
    await adminsBrowser.signOut();
    const { status, out, err } = await terminal.muster([...words, '--json']);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    await writeFile(terminal.file('again.token'), (JSON.parse(out) as { signInToken: string }).signInToken);
    await admin.json('login', '--token-file', terminal.file('again.token'), ...pin);
    expect((await admin.muster(['whoami'])).out).toContain('a sign-in was printed on the service');
  });

  it('unseals by standard input, and says when nothing listens there', async () => {
    await mkdir(terminal.file('empty'));
    const nowhere = await terminal.muster(['unseal', '--data', 'empty'], 'secret\n');
    expect(nowhere).toMatchObject({ status: 1, out: '', err: expect.stringContaining('Run this on its machine') });
    const twice = await terminal.muster(['unseal', '--data', muster.home.data], 'open-sesame\n');
    expect(twice).toMatchObject({ status: 1, out: '', err: expect.stringContaining('reason: unseal_secret_wrong') });
    expect(twice.err).not.toContain('sesame');
  });
});
