import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { NOUNS } from '../../src/cli/nouns.js';
import { createProgram } from '../../src/cli/program.js';
import { COMMANDS } from '../../src/cli/routes.js';
import { SessionStore } from '../../src/cli/sessions.js';
import { ensureBuilt } from '../harness/build.js';
import { ScriptedService } from './scripted-service.js';
import { Shell } from './shell.js';
import { Terminal } from './terminal.js';

/** What commands make of answers that a service gives seldom, or only at the right moment. */

const SOURCE = 'src_01990000000070008000000000000001';
const FINDING = 'fnd_01990000000070008000000000000002';
const source = { id: SOURCE, name: 'shop', kind: 'git', settings: {}, version: 3, place: 'there', health: 'good' };
const run = (id: string, more: object = {}) => ({
  ...{ id, state: 'running', startedAt: '2026-01-01T00:00:00Z', endedAt: null, done: 1, ofAll: 2, observed: 1 },
  ...{ skipped: {}, complete: null, coverage: null, failure: null, cause: 'schedule', ...more },
});
const ended = (id: string) =>
  run(id, { state: 'finished', endedAt: '2026-01-01T00:00:01Z', complete: true, coverage: '2 files' });
const listed = (items: readonly object[], nextCursor: string | null = null) => ({ body: { items, nextCursor } });
const going = { status: 409, body: { code: 'source_running', detail: 'It is looked at already.' } };
const facets = { body: { facets: [] } };

let service: ScriptedService;
let terminal: Terminal;
let shell: Shell;

beforeAll(async () => {
  service = await ScriptedService.start();
  terminal = await Terminal.open();
  await service.signIn(terminal.directory);
  shell = new Shell(service.url, terminal.directory);
});
afterAll(async () => {
  await terminal.close();
  await service.stop();
});

describe('whoever waits for a look', () => {
  const begin = `POST /v1/sources/${SOURCE}/runs`;
  const script = (now: readonly { readonly body: object }[], runs: readonly object[]) => ({
    [begin]: going,
    [`GET /v1/sources/${SOURCE}/runs`]: listed(runs),
    [`GET /v1/sources/${SOURCE}`]: now,
    'GET /v1/sources?': listed([{ ...source, run: run('run_1') }]),
    'GET /v1/findings/facets': facets,
  });
  const at = (one: object) => ({ body: { ...source, run: one } });

  it('is served by the one that goes on, to its end, also where a later one has begun by then', async () => {
    service.answers(script([at(run('run_1')), at(run('run_1')), at(run('run_2'))], [run('run_2'), ended('run_1')]));
    const looked = await shell.muster(['source', 'look', 'shop', '--wait', '--json']);
    expect(looked).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(looked.out)).toMatchObject({ id: 'run_1', state: 'finished', waiting: 0 });
    service.answers(
      script([at(run('run_1')), at(run('run_1', { state: 'failed', endedAt: '2026-01-01T00:00:01Z' }))], []),
    );
    const watched = await shell.muster(['source', 'watch', 'shop']);
    expect(watched).toMatchObject({ status: 1, out: expect.stringMatching(/^✗ it could not be looked at/) });
  });

  it('hears that it goes on where they want another, or do not wait', async () => {
    service.answers(script([at(run('run_1'))], []));
    for (const more of [[], ['--wait', '--anew']])
      expect(await shell.muster(['source', 'look', 'shop', ...more])).toMatchObject({
        status: 1,
        err: expect.stringContaining('code: source_running'),
      });
  });

  it('hears how the last one went where none goes on, and to begin where none ever did', async () => {
    service.answers({
      ...script([at(ended('run_1'))], []),
      'GET /v1/sources?': listed([{ ...source, run: ended('run_1') }]),
    });
    const over = await shell.muster(['source', 'watch', 'shop']);
    expect([over.status, over.out]).toEqual([
      0,
      expect.stringMatching(/^Nobody looks there now; .*\n✓ looked at 2 files/),
    ]);
    service.answers({ 'GET /v1/sources?': listed([{ ...source, run: null }]) });
    const { status, err } = await shell.muster(['source', 'watch', 'shop']);
    expect([status, err]).toEqual([1, expect.stringContaining('yet: muster source look shop --wait')]);
  });
});

describe('a source that is edited', () => {
  const settings = { url: 'https://git.example/shop.git', documents: ['certificates'] };

  it.each([
    [['--path', '/srv/shop'], { settings: { path: '/srv/shop', documents: ['certificates'] } }],
    [['--documents', 'terraform-state'], { settings: { url: settings.url, documents: ['terraform-state'] } }],
    [['--no-keeps-secrets'], { keepsSecrets: false }],
  ])('by %j changes exactly that', async (words, body) => {
    service.answers({
      [`PATCH /v1/sources/${SOURCE}`]: { body: { ...source, run: null, nextDueAt: null, status: 'active' } },
      'GET /v1/sources?': listed([{ ...source, settings }]),
    });
    expect(await shell.muster(['source', 'edit', 'shop', ...words])).toMatchObject({ status: 0, err: '' });
    expect(service.asked.at(-1)!.body).toEqual(body);
  });
});

const finding = {
  ...{ id: FINDING, vendor: 'OpenSSH', name: 'OpenSSH private key', lastFour: null, confidence: 1, words: [] },
  ...{ placeCount: 412, assigneeId: null, bandReasons: [] },
};

describe('what can be done about a finding', () => {
  it.each([
    ['shadow-identity', null, ['finding adopt', 'finding plan', 'finding dismiss']],
    ['shadow-credential', 'mid_1', ['finding adopt', 'finding plan', 'finding dismiss']],
    ['unattributed', null, ['finding adopt', 'finding plan', 'finding dismiss']],
    ['misplaced', 'mid_1', ['finding plan', 'finding dismiss']],
    ['ghost', 'mid_1', ['alias list', 'finding dismiss']],
  ])('that is %s is said by command', async (verdict, identityId, commands) => {
    service.answers({
      [`GET /v1/findings/${FINDING}/places`]: listed([]),
      [`GET /v1/findings/${FINDING}/events`]: listed([]),
      [`GET /v1/findings/${FINDING}`]: { body: { ...finding, verdict, identityId, state: 'open' } },
    });
    const { out } = await shell.muster(['finding', 'show', FINDING]);
    expect([...out.split('What to do:')[1]!.matchAll(/muster (\w+ \w+)/g)].map(([, words]) => words)).toEqual(commands);
  });
});

describe('more than is shown', () => {
  const place = {
    sourceName: 'shop',
    path: 'a.env',
    line: 1,
    within: [],
    commit: null,
    lastSeenAt: 'now',
    goneAt: null,
  };

  it('is said to be there, for people and for programs', async () => {
    service.answers({
      [`GET /v1/findings/${FINDING}/places`]: listed([place], 'next'),
      [`GET /v1/findings/${FINDING}/events`]: listed([
        { at: 'now', by: 'per_1', kind: 'commented', words: 'x', data: {} },
      ]),
      [`GET /v1/findings/${FINDING}`]: { body: finding },
      [`GET /v1/sources/${SOURCE}/runs`]: listed([run('run_1')], 'next'),
      'GET /v1/sources?': listed([source]),
    });
    const shown = await shell.muster(['finding', 'show', FINDING]);
    expect(shown.out).toContain('The first 200 are shown; it stands at 412 now.\n');
    expect(shown.out).not.toContain('newest');
    expect(shown.out).toMatch(/^what +OpenSSH private key\n/);
    expect(await shell.json('finding', 'show', FINDING)).toMatchObject({ morePlaces: true, moreEvents: false });
    expect((await shell.muster(['source', 'runs', 'shop'])).out).toContain('The latest 50 are shown.\n');
  });
});

describe('the help', () => {
  const everyOne = (command: Command): Command[] => [command, ...command.commands.flatMap(everyOne)];
  const every = everyOne(createProgram('0.0.0', NOUNS));

  it('of every command fits a terminal of 80 columns', () => {
    const lines = every.flatMap((command) => {
      command.configureHelp({ ...command.configureHelp(), helpWidth: 80 });
      return command.helpInformation().split('\n');
    });
    expect(lines.filter(({ length }) => length > 80)).toEqual([]);
  });

  it('says of each thing what it is, and which options there is no way without', () => {
    const bare = every.flatMap((command) =>
      [...command.options, ...command.registeredArguments].filter(({ description }) => !description),
    );
    expect(bare).toEqual([]);
    const revoke = every.find((command) => command.name() === 'revoke')!;
    expect(revoke.helpInformation()).toMatch(/--reason <words> +why, for the log \(required\)\n/);
  });

  it('of the scan, which is a program by itself, is the same from there', async () => {
    await ensureBuilt();
    const [whole, alone] = [await terminal.muster(['help', 'scan']), await terminal.muster(['scan', '--help'])];
    expect(alone).toEqual(whole);
    const { status, err } = await terminal.muster(['scan', '--no-such-option']);
    expect({ status, err }).toEqual({ status: 2, err: expect.stringMatching(/\n\(muster scan --help says more\)\n$/) });
  });
});

describe('signing out', () => {
  const end = 'DELETE /v1/sessions/current';
  const left = async () => (await SessionStore.ofUser({ XDG_CONFIG_HOME: terminal.directory }).left(service.url))?.url;
  afterAll(() => service.signIn(terminal.directory));

  it.each([
    ['expired here', '2020-01-01T00:00:00Z', 204, 0],
    ['was ended there', undefined, 401, 1],
  ])('forgets a session that %s', async (_how, expiresAt, status, asked) => {
    await service.signIn(terminal.directory, expiresAt);
    service.answers({ [end]: { status, body: { code: 'credential_invalid', detail: 'Sign in again.' } } });
    const out = 'Signed out; the session had ended already.\n';
    expect(await shell.muster(['logout'])).toEqual({ status: 0, out, err: '' });
    expect(service.asked).toHaveLength(asked);
    expect(await left()).toBeUndefined();
    expect((await shell.muster(['logout'])).err).toContain('code: not_signed_in');
  });

  it('is not needed once the session has expired: the tour says where nobody is signed in any more', async () => {
    await service.signIn(terminal.directory, '2020-01-01T00:00:00Z');
    const { status, out, err } = await shell.muster(['tour', '--data', terminal.file('no-data')]);
    expect(status).toBe(1);
    expect(out + err).toMatch(new RegExp(`Nobody is signed in to ${service.url}, and the setup\\s+token is spent`));
  });

  it.each([
    [
      503,
      'unavailable',
      /Away\. You stay signed in until it answers; then run: muster logout\n {2}code: service_unreachable/,
    ],
    [403, 'forbidden', /Away\.\n {2}code: forbidden/],
  ])('keeps the session where the service answers %s, and says so', async (status, code, said) => {
    await service.signIn(terminal.directory);
    service.answers({ [end]: { status, body: { code, detail: 'Away.' } } });
    expect(await shell.muster(['logout'])).toMatchObject({ status: 1, out: '', err: expect.stringMatching(said) });
    expect(await left()).toBe(service.url);
  });
});

describe('a refusal in words for everybody', () => {
  const list = ['calendar', 'list'];
  const add = ['provider', 'add', 'ci', '--kind', 'generic', '--issuer', 'https://ci.example'];
  const consent = ' {2}consent here with: --private-network-reason …\n';

  it.each([
    ['credential_invalid', list, ' {2}sign in here with: muster login\n'],
    ['sign_in_too_old', list, ' {2}sign in again here with: muster logout, .* muster admin sign-in\n'],
    ['consent_required', add, consent],
    ['consent_required', list, ''],
    ['forbidden', add, ''],
  ])('that is %s comes with how it is put right here, if it can be: muster %j', async (code, words, said) => {
    const refused = { status: 403, body: { code, detail: 'No.' } };
    service.answers({ 'GET /v1/calendars': refused, 'POST /v1/providers': refused });
    const { status, err } = await shell.muster(words);
    expect({ status, err }).toEqual({
      status: 1,
      err: expect.stringMatching(`^muster: No\\.\n {2}code: ${code}\n${said}$`),
    });
    const { err: json } = await shell.muster([...words, '--json']);
    expect(JSON.parse(json)).toMatchObject({ error: { code } });
  });

  it.each([
    ['Name custodians; see GET /v1/people?status=active.', 'Name custodians; see muster person list.'],
    ['No such. GET /v1/targets/{id}/accounts lists them.', 'No such. muster target account list lists them.'],
    ['You own none; see GET /v1/views.', 'You own none; see GET /v1/views.'],
  ])('names a command where it named a route that has one: %s', async (detail, said) => {
    service.answers({ 'GET /v1/calendars': { status: 403, body: { code: 'forbidden', detail } } });
    expect((await shell.muster(list)).err).toBe(`muster: ${said}\n  code: forbidden\n`);
    expect(JSON.parse((await shell.muster([...list, '--json'])).err)).toMatchObject({ error: { message: detail } });
  });

  it('that wants somebody else first says how they are waited for', async () => {
    const body = { code: 'approval_required', detail: 'No.', approvalId: 'apr_1' };
    service.answers({ 'GET /v1/calendars': { status: 403, body } });
    const { status, err } = await shell.muster(list);
    expect(status).toBe(3);
    expect(err).toMatch(/\n {2}wait for them here with: muster approval wait apr_1\n$/);
  });

  it('tells everything that is wrong, and nothing twice', async () => {
    const detail = 'name: Too long';
    const errors = [
      { path: 'name', message: 'Too long' },
      { path: 'kind', message: 'Too long' },
      { message: 'One waits.' },
    ];
    const oauth = { error: 'invalid', error_description: detail };
    service.answers({ 'GET /v1/calendars': { status: 400, body: { code: 'invalid', detail, errors, ...oauth } } });
    expect((await shell.muster(list)).err).toBe(
      'muster: name: Too long\n  code: invalid\n  also kind: Too long\n  because: One waits.\n',
    );
  });

  it('names commands that there are', () => {
    const program = createProgram('0.0.0', NOUNS);
    const isThere = (words: string) =>
      words
        .split(' ')
        .reduce<Command | undefined>((at, word) => at?.commands.find((one) => one.name() === word), program);
    expect(Object.values(COMMANDS).filter((words) => !isThere(words))).toEqual([]);
  });
});

describe('somebody who is looked up, departs or is forgotten', () => {
  const person = (digit: string, name: string, status = 'active') => ({
    ...{ id: `per_${digit.repeat(32)}`, name, maskedEmail: 'c…@example.org', roles: ['custodian'], status },
  });
  const carla = person('1', 'Carla Conti');

  it.each([
    ['get', `GET /v1/people/${carla.id}`],
    ['depart', `POST /v1/people/${carla.id}/departure`],
    ['remove', `DELETE /v1/people/${carla.id}`],
  ])('by %s may be named as anywhere else', async (verb, request) => {
    service.answers({ 'GET /v1/people?': listed([carla]), [request]: { body: carla } });
    expect(await shell.muster(['person', verb, 'carla conti'])).toMatchObject({ status: 0, err: '' });
    expect(service.asked.at(-1)!.request).toBe(request);
  });

  it('to verify a grant may be named as anywhere else', async () => {
    const identity = `mid_${'1'.repeat(32)}`;
    const add = `POST /v1/identities/${identity}/grants`;
    service.answers({ 'GET /v1/people?': listed([carla]), [add]: { body: { id: 'grt_1' } } });
    const words = ['grant', 'add', identity, '--target', 'shop', '--scope', 'read', '--purpose', 'sell'];
    expect(await shell.muster([...words, '--verifier', 'carla conti'])).toMatchObject({ status: 0, err: '' });
    expect(service.asked.at(-1)).toEqual({
      request: add,
      body: { target: 'shop', scope: 'read', purpose: 'sell', verifierId: carla.id },
    });
  });

  const namesake = person('2', 'Carla Conti', 'departed');
  const twoPages = [listed([carla], 'next'), listed([namesake])];

  it.each([
    ['has part of that name', 'carla', [listed([carla])], /exactly carla\..*\n {2}Carla Conti .*\n {2}code: not_found/],
    [
      'has it with another',
      'Carla Conti',
      twoPages,
      /per_1+, active\)\n.*per_2+, departed\)\n {2}code: option_invalid/,
    ],
    [
      'has that address with another',
      'c@x.org',
      twoPages,
      /per_1+, active\)\n.*per_2+, departed\)\n {2}code: option_inv/,
    ],
  ])('is nobody who only %s', async (_who, named, answers, said) => {
    for (const verb of ['get', 'depart', 'remove']) {
      service.answers({
        'GET /v1/people?': answers,
        'GET /': { body: carla },
        'POST /': { body: carla },
        'DELETE /': { body: {} },
      });
      expect(await shell.muster(['person', verb, named])).toMatchObject({
        status: 1,
        err: expect.stringMatching(said),
      });
      expect(service.asked.filter(({ request }) => !request.startsWith('GET /v1/people?'))).toEqual([]);
    }
  });
});
