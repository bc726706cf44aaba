import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandContext } from '../../src/cli/context.js';
import { SessionStore } from '../../src/cli/sessions.js';

const HERE = 'https://localhost:8443';
const THERE = 'https://muster.example';
const ELSEWHERE = 'https://elsewhere.example';
const ENDED = '2020-01-01T00:00:00Z';
const SILENT = { write: () => undefined, width: undefined, colour: false };

describe('the service that a command goes to', () => {
  let home: string;
  let store: SessionStore;

  const signIn = (url: string, expiresAt = '2999-01-01T00:00:00Z') =>
    store.save({ url, root: 'PEM', token: `of ${url}`, expiresAt, personId: 'per_1' });
  let told = '';
  const context = (url?: string, json = false) =>
    new CommandContext(
      { json, ...(url !== undefined && { url }) },
      { out: SILENT, err: { ...SILENT, write: (text) => (told += text) } },
      { XDG_CONFIG_HOME: home },
    );
  const gone = async (url?: string) => (await context(url).session()).url;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'muster-sessions-'));
    store = SessionStore.ofUser({ XDG_CONFIG_HOME: home });
    told = '';
  });
  afterEach(() => rm(home, { recursive: true }));

  it('is the only one that somebody is signed in to, which is said, unless one is named', async () => {
    await signIn(THERE);
    await signIn(ELSEWHERE, ENDED);
    expect(await gone()).toBe(THERE);
    expect(told).toBe(`At ${THERE}, the only service that you are signed in to.\n`);
    await expect(gone(HERE)).rejects.toMatchObject({ code: 'not_signed_in' });
    expect(await gone(THERE)).toBe(THERE);
    expect(told.split('\n')).toHaveLength(2);
  });

  it('is told once, and to programs too, beside the answer', async () => {
    await signIn(THERE);
    const command = context(undefined, true);
    await command.session();
    await command.session();
    expect(JSON.parse(told)).toEqual({ service: { url: THERE } });
  });

  it('stays this machine’s once somebody signed in to that, also when their session has expired', async () => {
    await signIn(HERE, ENDED);
    await signIn(THERE);
    await expect(gone()).rejects.toThrow(
      `Nobody is signed in to ${HERE} any more. You are signed in to ${THERE}: name one with --url.`,
    );
    await store.forget(HERE);
    expect(await gone()).toBe(THERE);
  });

  it('is this machine’s where somebody is signed in to several, or to none', async () => {
    await expect(gone()).rejects.toThrow(`Nobody is signed in to ${HERE}. Run: muster login --help`);
    await signIn(HERE, ENDED);
    await expect(gone()).rejects.toThrow(`Nobody is signed in to ${HERE} any more. Run: muster login --help`);
    await store.forget(HERE);
    await signIn(THERE, ENDED);
    await expect(gone()).rejects.toThrow(
      `Sessions elsewhere have expired; begin one with: muster login --url ${THERE}`,
    );
    await signIn(HERE, ENDED);
    await expect(gone()).rejects.toMatchObject({ message: expect.stringMatching(/ --url https:\/\/muster\.example$/) });
    await store.forget(HERE);
    await signIn(THERE);
    await signIn(ELSEWHERE);
    await expect(gone()).rejects.toThrow(/signed in to https:\S+ and to https:\S+: name one with --url\.$/);
    expect(await gone(ELSEWHERE)).toBe(ELSEWHERE);
    await signIn(HERE);
    expect(await gone()).toBe(HERE);
  });

  it('is not chosen before a session is asked for: what signs in, or acts as a workload, goes where it is told', async () => {
    await signIn(THERE);
    const own = context();
    await expect(own.root(home)).rejects.toMatchObject({ code: 'option_missing' });
    expect(own.url).toBe(HERE);
  });

  it('is trusted by the root pinned before where the session has expired, unless this machine has one of its own', async () => {
    await signIn(THERE, ENDED);
    expect(await context(THERE).root(home)).toBe('PEM');
    await writeFile(path.join(home, 'root.pem'), 'OWN');
    expect(await context(THERE).root(home)).toBe('OWN');
    await signIn(THERE);
    expect(await context(THERE).root(home)).toBe('PEM');
  });

  it('is not taken from a session that lies as another’s', async () => {
    await signIn(THERE);
    const folder = path.join(home, 'muster', 'sessions');
    await rename(path.join(folder, (await readdir(folder))[0]!), path.join(folder, 'f'.repeat(16) + '.json'));
    await expect(gone()).rejects.toMatchObject({ code: 'not_signed_in' });
    await signIn(ELSEWHERE);
    expect(await gone()).toBe(ELSEWHERE);
  });
});
