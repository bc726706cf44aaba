import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RULES } from '../../src/discovery/rules/index.js';
import { GitRepository } from '../discovery/git-repository.js';
import { seeded } from '../discovery/scan/made-rules.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { PersonsBrowser } from './browser.js';
import { Impostor } from './impostor.js';
import { Terminal } from './terminal.js';

jest.setTimeout(300_000);

const STEPS = 18;
/** With a repository to look through. */
const STEPS_WITH_SCAN = STEPS + 3;

const TOKEN = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(9));

interface Step {
  readonly step: number;
  readonly ok: boolean;
  readonly leftOut: boolean;
  readonly seen: string;
}

/** One story, told in order: each fact stands on the ones before it. */
describe('the newcomer’s path', () => {
  let home: Home;
  let service: ServiceProcess;
  let terminal: Terminal;
  let asTyped: string[];
  /** The user's own. */
  let repository: GitRepository;
  /** Where the user confirms what commands ask, from the first time on with a passkey of their own. */
  let browser: PersonsBrowser;

  const setupToken = () => path.join(home.data, 'setup-token');
  const steps = (out: string) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Step);

  async function start(): Promise<ServiceProcess> {
    const started = await ServiceProcess.start(home);
    await started.ready();
    return started;
  }

  async function readJson<Value>(...words: string[]): Promise<Value> {
    const { status, out, err } = await terminal.muster([...words, '--json', ...asTyped.slice(0, 2)]);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return JSON.parse(out) as Value;
  }

  beforeAll(async () => {
    home = await newHome();
    terminal = await Terminal.open();
    repository = GitRepository.create();
    repository.commit({ 'deploy.env': `GITHUB_TOKEN=${TOKEN}\n` });
    service = await start();
  });
  afterAll(async () => {
    repository.remove();
    await service.stop();
    await terminal.close();
    await home.remove();
  });

  it('is shown what to paste, with the root to trust in it', () => {
    const line = service.written.split('\n').find((text) => text.includes('see it work'))!;
    asTyped = line
      .slice(line.indexOf('muster tour') + 'muster tour'.length)
      .trim()
      .split(' ');
    expect(asTyped).toEqual([
      '--url',
      `https://localhost:${service.ports.open}`,
      '--ca-fingerprint',
      expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    ]);
    expect(service.written).toContain(
      `--setup-token-file data/setup-token ${asTyped.join(' ')}   (once; the file is 0600)`,
    );
  });

  it('is refused with a wrong fingerprint, before anything is sent but the question for the root', async () => {
    const impostor = await Impostor.start(service.root);
    const login = ['login', '--setup-token-file', setupToken(), '--url', impostor.url, '--ca-fingerprint'];
    const wrong = await terminal.muster([...login, `sha256:${'0'.repeat(64)}`]);
    expect(wrong).toMatchObject({ status: 1, out: '', err: expect.stringContaining('code: root_mismatch') });
    const copied = await terminal.muster([...login, asTyped[3]!]);
    expect(copied).toMatchObject({ status: 1, out: '', err: expect.stringContaining('code: unreachable') });
    expect(impostor.heard).toEqual([
      { request: 'GET /v1/authorities/root.pem', authorization: undefined, bytes: 0 },
      { request: 'GET /v1/authorities/root.pem', authorization: undefined, bytes: 0 },
    ]);
    await impostor.stop();
  });

  it('signs in once with the setup token', async () => {
    await copyFile(setupToken(), terminal.file('kept-token'));
    const login = (file: string) => terminal.muster(['login', '--setup-token-file', file, ...asTyped]);
    const { status, out, err } = await login(setupToken());
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^Signed in to https:\/\/localhost:\d+ until .*\nSee it work with: muster tour --url https/);
    await expect(stat(setupToken())).rejects.toThrow('ENOENT');
    expect(await login(setupToken())).toMatchObject({ status: 1, out: '', err: expect.stringContaining('spent once') });
    const again = await login(terminal.file('kept-token'));
    expect(again).toMatchObject({ status: 1, out: '' });
    expect(again.err).toMatch(/^muster: .*\n {2}code: \w+\n(.*\n)* {2}requestId: req_[0-9a-f]{32}\n/);
  });

  it('need not say where, but to what signs in by itself', async () => {
    const whoami = await terminal.muster(['whoami', '--json']);
    const told = JSON.stringify({ service: { url: `https://localhost:${service.ports.open}` } });
    expect(whoami).toMatchObject({ status: 0, err: `${told}\n` });
    const tour = await terminal.muster(['tour']);
    expect(tour.out).toContain('against https://localhost:8443\n');
    expect(tour.out).toContain('Name the root to trust');
    expect(tour.status).toBe(1);
  });

  it('takes the tour, each step one JSON line, and keeps what it leaves', async () => {
    const { status, out, err } = await terminal.muster(['tour', '--json', '--keep', 'kept', ...asTyped]);
    expect({ status, err, failed: steps(out).filter(({ ok }) => !ok) }).toEqual({ status: 0, err: '', failed: [] });
    expect(steps(out).map(({ step }) => step)).toEqual(Array.from({ length: STEPS }, (_, index) => index + 1));
    expect(steps(out)[0]!.seen).toContain('the session that muster login left');
    const [database, rotation, review] = steps(out).slice(13, 16);
    expect(database).toMatchObject({
      leftOut: false,
      seen: expect.stringMatching(/settlement_bot signs in and reads 3/),
    });
    expect(rotation).toMatchObject({
      leftOut: false,
      seen: expect.stringMatching(/none refused while reports_blue gave way to reports_green; evidence complete/),
    });
    expect(review).toMatchObject({
      leftOut: false,
      seen: expect.stringContaining('“permission denied for table customers”'),
    });
    for (const name of ['certificate.pem', 'chain.pem', 'root.pem', 'crl.pem', 'checkpoint.txt', 'ledger.json'])
      expect((await stat(terminal.file('kept', name))).mode & 0o777).toBe(0o600);
    // What was made for it is gone: its identities are retired, its people and their team removed.
    const teams = await terminal.muster(['team', 'list', ...asTyped.slice(0, 2)]);
    expect(teams).toMatchObject({ status: 0, out: expect.stringMatching(/^No teams yet/) });
  });

  it('leaves of the tour’s review what was decided, and no target', async () => {
    const { items } = await readJson<{ items: object[] }>('review', 'campaign', 'list');
    expect(items).toMatchObject([{ state: 'closed', population: 2, progress: { submitted: 2 } }]);
    expect(await readJson('target', 'list')).toEqual({ items: [] });
  });

  it('finds that the kept export proves itself, and that a flipped byte or rubbish does not', async () => {
    const kept = await readFile(terminal.file('kept/log-export.json'));
    const verify = (file: string) => terminal.muster(['audit', 'verify', file]);
    expect(await verify('kept/log-export.json')).toMatchObject({ status: 0, err: '' });
    const flipped = Buffer.from(kept);
    const place = flipped.indexOf('certificate.revoked');
    flipped[place] = flipped[place]! ^ 1;
    await writeFile(terminal.file('flipped.json'), flipped);
    expect(await verify('flipped.json')).toMatchObject({ status: 1, err: '' });
    await writeFile(terminal.file('rubbish.json'), 'rubbish');
    expect(await verify('rubbish.json')).toMatchObject({ status: 2 });
    expect(await verify('nowhere.json')).toMatchObject({
      status: 2,
      err: expect.stringContaining('there is no such file'),
    });
  });

  it('loses nothing when the service is stopped and started again', async () => {
    const ledger = JSON.parse(await readFile(terminal.file('kept/ledger.json'), 'utf8')) as { items: { id: string }[] };
    const identities = await readJson<{ items: object[] }>('list');
    const records = await readJson<{ items: object[] }>('audit', 'records', '--type', 'certificate.issued');
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    service = await start();
    expect(service.written).not.toContain('first sign-in');
    expect(await readJson('list')).toEqual(identities);
    const later = await readJson<{ items: object[] }>('audit', 'records', '--type', 'certificate.issued');
    expect(later.items).toEqual(expect.arrayContaining(records.items));
    const held = await readJson<{ items: { id: string }[] }>('ledger', '--all');
    expect(held.items.map(({ id }) => id)).toEqual(expect.arrayContaining(ledger.items.map(({ id }) => id)));
  });

  it('takes the tour again in the same session, for people to read, through a repository of one’s own', async () => {
    const { status, out, err } = await terminal.muster(['tour', '--scan', repository.folder, ...asTyped]);
    expect({ status, err, out: out.slice(-4000) }).toMatchObject({ status: 0, err: '' });
    expect(out).toContain(`All ${STEPS_WITH_SCAN} steps held`);
    expect(out).toMatch(/one thing of yours was found, 1 for\s+somebody to look into/);
    expect(out).toMatch(/answered for by Carla \(Wrote one of the places where it stands\.\)/);
    expect(repository.git('status', '--porcelain') + repository.git('log', '--format=%s')).toBe('change');
    expect(await readJson('source', 'list')).toEqual({ items: [] });
    expect(await readJson('whoami')).toMatchObject({
      session: { acr: 'loa1', proofs: [] },
      authenticators: { passkeys: 0, reach: null },
    });
  });

  it('can prove that the log only grew since the checkpoint kept before the stop', async () => {
    const pinned = ['--pinned', 'kept/checkpoint.txt'];
    browser = new PersonsBrowser(service);
    const words = ['audit', 'export', '--out', 'later.json', ...pinned, ...asTyped];
    const taken = await terminal.muster(words, '', browser.read);
    await browser.settled();
    expect(taken).toMatchObject({ status: 0, err: expect.stringMatching(/^Confirm that it is you: /) });
    expect(taken.err).toContain('You have no passkey yet');
    const { status, out } = await terminal.muster(['audit', 'verify', 'later.json', '--json', ...pinned]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'ok',
      problems: [],
      warnings: expect.not.arrayContaining([expect.stringContaining('Nothing shows')]),
    });
  });

  it('takes the tour with a passkey of one’s own, confirming in the browser what it asks of oneself', async () => {
    const { status, out, err } = await terminal.muster(['tour', '--json', ...asTyped], '', browser.read);
    await browser.settled();
    const failed = steps(out).filter(({ ok }) => !ok);
    expect({ status, failed, err }).toEqual({ status: 0, failed: [], err: expect.stringContaining('/step-up/stu_') });
    expect(steps(out)).toHaveLength(STEPS);
    expect(err).not.toContain('You have no passkey yet');
    expect(await readJson('whoami')).toMatchObject({ authenticators: { passkeys: 1 } });
  });
});
