import { execFileSync } from 'node:child_process';
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RULES } from '../../../src/discovery/rules/index.js';
import { placeAt } from '../../../src/discovery/domain/observation.js';
import { Intake } from '../../../src/discovery/intake/intake.js';
import type { Said } from '../../../src/discovery/sources/source.js';
import { SourceDoors } from '../../../src/discovery/sources/watched/source-doors.js';
import { SourceRunner } from '../../../src/discovery/sources/watched/source-runner.js';
import type { SourceRun } from '../../../src/discovery/sources/watched/source-run.js';
import { SourceRunsRepository } from '../../../src/discovery/sources/watched/source-runs.repository.js';
import { SourcesJobs } from '../../../src/discovery/sources/watched/sources.jobs.js';
import { makeLoopbackTls } from '../../../src/cli/tour/loopback-ca.js';
import type { Id } from '../../../src/kernel/index.js';
import { Config, UnitOfWork } from '../../../src/platform/index.js';
import type { components } from '../../../src/client/index.js';
import { GitRepository } from '../git-repository.js';
import { DiscoveryRoom } from '../room.js';
import { seeded } from '../scan/made-rules.js';
import { tokenSeen } from '../seen.js';

type Source = components['schemas']['Source'];
type Finding = components['schemas']['Finding'];

const made = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;
const token = made.make(seeded(15));
const other = made.make(seeded(16));

let room: DiscoveryRoom;
let folder: string;
let repository: GitRepository;
let number = 0;

beforeAll(async () => {
  room = await DiscoveryRoom.open();
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-sources-')));
  repository = GitRepository.create();
  repository.commit({ 'deploy.env': `GITHUB_TOKEN=${token}\n`, CODEOWNERS: '* @acme/payments\n' });
  Object.assign(room.get(Config), { sourceFolders: [folder, realpathSync(repository.folder)] });
});
afterAll(async () => {
  await room.close();
  repository.remove();
  rmSync(folder, { recursive: true, force: true });
});

const as = 'analyst' as const;
const create = (kind: string, settings: object, more: object = {}, status = 201) =>
  room.expected<Source>(status, 'POST', '/v1/sources', {
    as,
    body: { name: `source ${(number += 1)}`, kind, settings, ...more },
  });
const shown = ({ id }: Source) => room.expected<Source>(200, 'GET', `/v1/sources/${id}`, { as: 'auditor' });
const jobs = () => room.get(SourcesJobs);
const run = async (source: Source, body: object = {}) => {
  await room.expected(202, 'POST', `/v1/sources/${source.id}/runs`, { as, body });
  await jobs().look();
  return shown(source);
};
const findings = async ({ id }: Source) =>
  (await room.expected<{ items: Finding[] }>(200, 'GET', `/v1/findings?state=any&sourceId=${id}`, { as })).items;

describe('a source', () => {
  it('is unread until it was looked at, and then says what it looked at and found', async () => {
    const source = await create('git', { path: realpathSync(repository.folder) });
    expect(source).toMatchObject({ health: 'unread', lastGoodAt: null, run: null, nextDueAt: null });
    const looked = await run(source);
    expect(looked).toMatchObject({
      health: 'good',
      failure: null,
      run: { state: 'finished', complete: true, observed: 1 },
    });
    expect(await findings(source)).toMatchObject([{ rule: 'github-pat-classic', lastFour: token.slice(-4) }]);
    expect(await room.records(source.id, 'source.observed')).toBe(1);
  });

  it('is read on from where it has come to, and tells what is new alone', async () => {
    const source = await create('git', { path: realpathSync(repository.folder) });
    await run(source);
    const unchanged = { complete: false, observed: 0, coverage: 'nothing new' };
    expect(await run(source)).toMatchObject({ coverage: expect.stringContaining('new objects'), run: unchanged });
    repository.commit({ 'later.env': `TOKEN=${other}\n` });
    expect((await run(source)).run).toMatchObject({ complete: true, observed: 2 });
    expect(await findings(source)).toHaveLength(2);
    expect(await room.records(source.id, 'source.observed')).toBe(2);
  });

  it('that fails says so, keeps what was known and never reads as clean', async () => {
    const file = path.join(folder, 'config.env');
    writeFileSync(file, `GITHUB_TOKEN=${token}\n`);
    const source = await create('files', { path: folder });
    const [good] = [await run(source), await findings(source)];
    Object.assign(room.get(Config), { sourceFolders: [] });
    const failed = await run(source);
    Object.assign(room.get(Config), { sourceFolders: [folder, realpathSync(repository.folder)] });
    expect(failed).toMatchObject({
      health: 'failing',
      failure: 'folder_not_allowed',
      lastGoodAt: good.lastGoodAt,
      run: { state: 'failed', failure: 'folder_not_allowed' },
    });
    expect((await findings(source)).map(({ state }) => state)).toEqual(['open']);
    expect(await run(source)).toMatchObject({ health: 'good', failure: null });
    rmSync(file);
    await run(source);
    expect((await findings(source)).every(({ placeCount }) => placeCount === 0)).toBe(true);
  });

  it('that lets nobody into a part of it keeps what is known there, and says that it was not read', async () => {
    const source = await create('files', { path: folder });
    const at = (secret: string, path: string) => tokenSeen(secret, { place: placeAt(path) });
    const open = room.get(SourceDoors);
    const begun: (string | null)[] = [];
    const says = (...said: Said[]) => {
      open.open = () => ({
        kind: 'files',
        async *observe(cursor) {
          begun.push(cursor);
          yield* said;
          yield { kind: 'end', cursor: 'so far', complete: true, coverage: 'some files' };
        },
      });
      return run(source);
    };
    const standing = async () =>
      (await findings(source)).filter(({ placeCount }) => placeCount > 0).map(({ lastFour }) => lastFour);
    await says(
      at('left-open-0001', 'in/a.env'),
      at('shut-away-0002', 'in/shut/b.env'),
      at('beside-it-0003', 'in/shutter'),
    );
    const refused = { kind: 'skipped', path: 'in/shut', reason: 'unreadable', hides: 'in/shut' } as const;
    expect(await says(refused)).toMatchObject({
      health: 'partial',
      run: { complete: false, skipped: { unreadable: 1 } },
    });
    expect(await standing()).toEqual(['0002']);
    expect(await says({ ...refused, path: '.', hides: '' })).toMatchObject({ health: 'partial' });
    expect(await standing()).toEqual(['0002']);
    const gone = { kind: 'skipped', path: 'nowhere', reason: 'not-offered', hides: 'nowhere' } as const;
    expect(await says({ ...gone, hides: '' })).toMatchObject({ health: 'good', run: { complete: false } });
    expect(await standing()).toEqual(['0002']);
    const cutOff = { kind: 'skipped', path: 'grants', reason: 'too-many' } as const;
    expect(await says(cutOff)).toMatchObject({ health: 'partial', run: { complete: true } });
    expect(await standing()).toEqual([]);
    expect(await says()).toMatchObject({ health: 'good', run: { complete: true } });
    // What was missed anywhere is looked for from the beginning.
    expect(begun).toEqual([null, 'so far', 'so far', null, null, 'so far']);
    Reflect.deleteProperty(open, 'open');
    expect(await standing()).toEqual([]);
  });

  it('is looked at when it is due, once, and next when it says', async () => {
    const source = await create('files', { path: folder }, { everySeconds: 3600 });
    await jobs().begin();
    await jobs().begin();
    await Promise.all([jobs().look(), jobs().look()]);
    const after = await shown(source);
    const runs = await room.expected<{ items: object[] }>(200, 'GET', `/v1/sources/${source.id}/runs`, { as });
    expect(runs.items).toMatchObject([{ cause: 'schedule', state: 'finished' }]);
    expect(Date.parse(after.nextDueAt!)).toBeGreaterThan(room.clock.now().getTime());
  });

  it('is not looked at twice at once, and not while it is paused', async () => {
    const source = await create('files', { path: folder });
    await room.expected(202, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
    await room.expected(409, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
    await jobs().look();
    const paused = { as, version: source.version, body: { status: 'paused' } };
    await room.expected(200, 'PATCH', `/v1/sources/${source.id}`, paused);
    await room.expected(409, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
  });

  it('keeps what opens it sealed, and shows it to nobody (P9)', async () => {
    const secret = 'canary-of-a-source-0123456789';
    const access = { url: `postgresql://muster:${secret}@db.example:5432/ledger` };
    const source = await create('postgresql', {}, { access });
    expect(source.place).toBe('db.example:5432/ledger as muster');
    const { rows } = await room.superuser.query(
      `SELECT (SELECT string_agg(s::text, '') FROM muster.discovery_sources s) || (SELECT string_agg(r::text, '') FROM audit.records r) AS all`,
    );
    expect(JSON.stringify([source, await shown(source), rows])).not.toContain(secret);
    await room.expected(400, 'POST', '/v1/sources', {
      as,
      body: { name: 'x', kind: 'postgresql', settings: {}, access: { url: 'nonsense' } },
    });
  });

  it('that is moved is opened with what is given for its new place, and never with what was given for the old one', async () => {
    const access = { token: 'canary-of-a-forge-0123456789' };
    const source = await create('github', { url: 'https://github.example', organisation: 'acme' }, { access });
    const move = (settings: object, more: object, status: number) =>
      room.expected<Source>(status, 'PATCH', `/v1/sources/${source.id}`, {
        ...{ as, version: source.version, body: { settings, ...more } },
      });
    await move({ url: 'https://thief.example', organisation: 'acme' }, {}, 400);
    expect((await shown(source)).place).toBe('github.example acme');
    const moved = await move({ url: 'https://forge.example', organisation: 'acme' }, { access }, 200);
    expect(moved.place).toBe('forge.example acme');
  });

  it('that is moved was never looked at where it is now: nothing of the old place is told of the new one', async () => {
    const { dataDirectory } = room.get(Config);
    const own = (source: Source) => readdirSync(path.join(dataDirectory, 'sources', source.id));
    const source = await create('git', { path: realpathSync(repository.folder) });
    const looked = await run(source);
    const [before, [kept]] = [await findings(source), own(source)];
    expect([before.length > 0, readdirSync(path.join(dataDirectory, 'sources', source.id, kept!))]).toEqual([
      true,
      ['state'],
    ]);
    const elsewhere = path.join(folder, 'other.git');
    execFileSync('git', ['init', '-q', '--bare', elsewhere]);
    await room.expected(202, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
    const moved = { as, version: looked.version, body: { settings: { path: elsewhere } } };
    await room.expected(200, 'PATCH', `/v1/sources/${source.id}`, moved);
    expect(await shown(source)).toMatchObject({
      ...{ health: 'unread', coverage: null, lastGoodAt: null, run: { state: 'cancelled' } },
    });
    expect(await findings(source)).toEqual([]);
    expect((await run(source)).health).toBe('good');
    expect(await findings(source)).toEqual([]);
    expect([own(source).length, own(source)[0] === kept]).toEqual([1, false]);
  });

  it('takes nothing in of a look whose place has been changed under it', async () => {
    const source = await create('files', { path: folder });
    const begun = await room.expected<{ id: Id<'sourceRun'> }>(202, 'POST', `/v1/sources/${source.id}/runs`, {
      as,
      body: {},
    });
    const observed = { sourceId: source.id as Id<'source'>, runId: begun.id, keepsSecrets: false };
    const settings = { path: realpathSync(repository.folder) };
    await room.expected(200, 'PATCH', `/v1/sources/${source.id}`, { as, version: source.version, body: { settings } });
    await expect(room.take(observed, tokenSeen('seen-where-it-was-0001'))).rejects.toMatchObject({
      code: 'source_stopped',
    });
    expect(await findings(source)).toEqual([]);
  });

  it('is opened with what was given for it only before those who were believed then', async () => {
    const authorities = await Promise.all([makeLoopbackTls(), makeLoopbackTls()]);
    const [one, other] = authorities.map(({ caPem }) => caPem);
    const access = { token: 'canary-of-a-forge-0123456789' };
    const settings = { url: 'https://github.example', organisation: 'acme' };
    const source = await create('github', settings, { access, caCertificates: one });
    const believe = (version: number, body: object, status: number) =>
      room.expected<Source & { code: string }>(status, 'PATCH', `/v1/sources/${source.id}`, { as, version, body });
    expect(await believe(source.version, { caCertificates: other }, 400)).toMatchObject({ code: 'access_invalid' });
    expect(await believe(source.version, { caCertificates: null }, 400)).toMatchObject({ code: 'access_invalid' });
    expect(await believe(source.version, { caCertificates: one, name: 'acme' }, 200)).toMatchObject({ name: 'acme' });
    expect(await believe(source.version + 1, { caCertificates: other, access }, 200)).toMatchObject({
      caCertificates: other,
    });
  });

  it('without encryption needs somebody’s consent', async () => {
    const access = { url: 'redis://muster:secret-of-redis@10.0.0.1:6379' };
    await create('redis', {}, { access }, 400);
    const source = await create('redis', {}, { access, privateNetwork: { reason: 'It is ours.' } });
    expect(source.privateNetwork).toMatchObject({ reason: 'It is ours.' });
  });

  it('proves a password by a verifier that another one saw, and keeps that closed (P9)', async () => {
    const [one, other] = ['dumps', 'deploys'].map((name) => path.join(folder, name));
    const password = 'canary-of-a-leak-4711';
    const verifier = scramVerifier(password);
    for (const name of [one!, other!]) mkdirSync(name);
    writeFileSync(path.join(one!, 'roles.sql'), `CREATE ROLE ledger LOGIN PASSWORD '${verifier}';\n`);
    writeFileSync(
      path.join(other!, 'app.env'),
      `DATABASE_URL=postgresql://ledger:${password}@db.firm.internal/ledger\n`,
    );
    const [dumps, deploys] = [await create('files', { path: one }), await create('files', { path: other })];
    await run(deploys);
    const proof =
      /^Proved: it is the password of the PostgreSQL role ledger, whose verifier stands in source \d+: roles.sql/;
    expect((await findings(deploys))[0]!.words.join()).not.toContain('Proved');
    await run(dumps);
    await run(deploys);
    expect((await findings(deploys))[0]!.words).toContainEqual(expect.stringMatching(proof));
    expect((await findings(deploys))[0]!.bandReasons[0]).toMatch(proof);
    const { rows } = await room.superuser.query(
      `SELECT count(*)::integer AS count FROM muster.discovery_findings f, muster.discovery_places p
       WHERE f::text || p::text ~ $1`,
      [`${password}|${verifier.slice(25, 60).replaceAll(/[$+/]/g, '.')}`],
    );
    expect(rows).toEqual([{ count: 0 }]);
    for (const name of [one!, other!]) rmSync(name, { recursive: true });
  });

  it('that is removed counts no more: what was seen nowhere else is closed', async () => {
    writeFileSync(path.join(folder, 'gone.env'), `TOKEN=${made.make(seeded(17))}\n`);
    const source = await create('files', { path: folder });
    await run(source);
    const last = made.make(seeded(17)).slice(-4);
    const finding = (await findings(source)).find(({ lastFour }) => lastFour === last);
    await room.expected(204, 'DELETE', `/v1/sources/${source.id}`, { as });
    const after = await room.expected<Finding>(200, 'GET', `/v1/findings/${finding!.id}`, { as });
    expect(after).toMatchObject({ placeCount: 0, state: 'closed' });
    await room.expected(404, 'GET', `/v1/sources/${source.id}`, { as });
  });

  it('says whether it can be looked at, and why not', async () => {
    const source = await create('files', { path: '/etc' });
    const check = await room.expected<object>(200, 'POST', `/v1/sources/${source.id}/check`, { as });
    expect(check).toMatchObject({ failure: { code: 'folder_not_allowed' } });
    expect(room.failures).toEqual([]);
  });

  it('that kills whoever looks at it is left alone after a few times, and says so', async () => {
    const source = await create('files', { path: folder });
    const begun = await room.expected<{ id: string }>(202, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
    await room.superuser.query(
      `UPDATE muster.discovery_runs SET state = 'running', claim = 7, deaths = 4, claimed_until = 'epoch' WHERE id = $1`,
      [begun.id],
    );
    await jobs().look();
    expect(await shown(source)).toMatchObject({
      ...{ health: 'failing', failure: 'source_fatal', run: { id: begun.id, state: 'failed' } },
    });
    expect(await run(source)).toMatchObject({ health: 'good' });
  });

  it('that was stopped in order is looked at by the next at once, however often, and by nobody who had it before', async () => {
    const source = await create('files', { path: folder });
    await room.expected(202, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
    const [runner, runs] = [room.get(SourceRunner), room.get(SourceRunsRepository)];
    const had: SourceRun[] = [];
    for (let deployed = 0; deployed < 6; deployed += 1) {
      had.push((await runner.claim())!);
      await runner.carryOut(had.at(-1)!, AbortSignal.abort());
      expect(await shown(source)).toMatchObject({ health: 'unread', run: { state: 'waiting' } });
    }
    const [now, nothing] = [await runner.claim(), { done: 0, ofAll: null, observed: 0, skipped: {} }];
    const keep = (run: SourceRun) => room.get(UnitOfWork).run((tx) => runs.keep(tx, run, nothing, room.clock.now()));
    expect([await keep(had.at(-1)!), await keep(now!), now!.deaths]).toEqual([false, true, 0]);
    await runner.carryOut(now!, new AbortController().signal);
    expect(await shown(source)).toMatchObject({ health: 'good', run: { state: 'finished' } });
  });

  it('is claimed by no worker that is closing', async () => {
    let claims = 0;
    const runner = {
      claim: () => Promise.resolve({ id: `srn_${(claims += 1)}` }),
      carryOut: () => lanes.beforeApplicationShutdown(),
    };
    const unused = {} as never;
    const lanes = new SourcesJobs(unused, unused, unused, unused, runner as never, unused, unused);
    await lanes.look();
    expect(claims).toBe(2);
  });

  it('has no more looks at a time than there are lanes, however often they are asked for', async () => {
    let looks = 0;
    const runner = {
      claim: () => Promise.resolve({ id: 'srn_1' }),
      carryOut: () => ((looks += 1), new Promise(() => undefined)),
    };
    const unused = {} as never;
    const lanes = new SourcesJobs(unused, unused, unused, unused, runner as never, unused, unused);
    for (let asked = 0; asked < 5; asked += 1) void lanes.look();
    await new Promise(setImmediate);
    expect(looks).toBe(2);
  });

  it('goes on from where it last ended well, where whoever looked was killed in the middle', async () => {
    const source = await create('git', { path: realpathSync(repository.folder) });
    const good = await run(source);
    const lines = Array.from({ length: 600 }, (_, index) => `TOKEN_${index}=${made.make(seeded(1000 + index))}`);
    repository.commit({ 'many.env': lines.join('\n') });
    await room.expected(202, 'POST', `/v1/sources/${source.id}/runs`, { as, body: {} });
    const [runner, intake, closing] = [room.get(SourceRunner), room.get(Intake), new AbortController()];
    const [runs, take] = [room.get(SourceRunsRepository), intake.take.bind(intake)];
    // Whoever is killed gives nothing back.
    runs.giveBack = () => Promise.resolve();
    let batches = 0;
    intake.take = async (...given) => {
      if ((batches += 1) === 1) return take(...given);
      closing.abort();
      throw new Error('Killed.');
    };
    await runner.carryOut((await runner.claim())!, closing.signal);
    intake.take = take;
    Reflect.deleteProperty(runs, 'giveBack');
    expect(await shown(source)).toMatchObject({
      health: 'good',
      lastGoodAt: good.lastGoodAt,
      run: { state: 'running' },
    });
    await jobs().look();
    expect(await shown(source)).toMatchObject({ run: { state: 'running' } });
    // Nobody has heard of it for so long that another takes it on.
    room.clock.forward(1);
    await jobs().look();
    expect(await shown(source)).toMatchObject({ run: { state: 'finished', complete: true, failure: null } });
    const { rows } = await room.superuser.query(
      `SELECT count(*)::integer AS places, count(DISTINCT p.finding_id)::integer AS findings, count(DISTINCT p.run_id)::integer AS runs
       FROM muster.discovery_places p WHERE p.source_id = $1 AND p.path = 'many.env' AND p.gone_at IS NULL`,
      [source.id],
    );
    expect(rows).toEqual([{ places: 600, findings: 600, runs: 1 }]);
  });
});

/** As PostgreSQL keeps it (RFC 5803). */
function scramVerifier(password: string): string {
  const [salt, iterations] = [randomBytes(16), 4096];
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const keyed = (words: string) => createHmac('sha256', salted).update(words).digest();
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`;
}
