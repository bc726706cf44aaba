import { expect, it } from '@jest/globals';
import type { AccountSeen, CredentialSeen, Observation } from '../../../src/discovery/domain/observation.js';
import type { Tools } from '../../../src/discovery/sources/kind.js';
import type { Ended, Said, Source } from '../../../src/discovery/sources/source.js';
import type { EgressResponse } from '../../../src/platform/index.js';

export const AT = new Date('2026-11-22T10:00:00Z');

/** Tools as the service gives them; whatever a test does not say, the source must not need. */
export function testTools(more: Partial<Tools> = {}): Tools {
  return {
    name: 'acme',
    ask: () => Promise.reject(new Error('Nothing was to be asked.')),
    wayTo: (host) => Promise.resolve({ addresses: [host], caCertificates: null, ownNetwork: true }),
    folders: [],
    ownFolder: '/nowhere',
    key: Buffer.alloc(32, 3),
    now: () => AT,
    proofKey: Buffer.alloc(32, 5),
    verifiers: [],
    ...more,
  };
}

/** An API that answers by path, with or without its query; whatever it does not know is not found. */
export function answersBy(table: Readonly<Record<string, unknown>>, more: Partial<EgressResponse> = {}): Tools['ask'] {
  return ({ url, body }) => {
    const { pathname, search } = new URL(url);
    const action = new URLSearchParams(body ?? '');
    const name =
      body === undefined
        ? pathname
        : [action.get('Action'), action.get('Marker') ?? action.get('UserName') ?? ''].join(' ').trim();
    const found = table[name + search] ?? table[name];
    const status = typeof found === 'number' ? found : found === undefined ? 404 : 200;
    const text = typeof found === 'string' ? found : JSON.stringify(found ?? {});
    return Promise.resolve({ status, headers: {}, body: Buffer.from(text), ...(status === 200 ? more : {}) });
  };
}

/** All that a run says. */
export async function allOf(source: Source, cursor: string | null = null): Promise<Said[]> {
  const said: Said[] = [];
  for await (const one of source.observe(cursor, new AbortController().signal)) said.push(one);
  return said;
}

export const endOf = (said: readonly Said[]) => said.at(-1) as Ended;
export const accountsIn = (said: readonly (Observation | Said)[]) =>
  said.filter((one): one is AccountSeen => one.kind === 'account');
export const credentialsIn = (said: readonly (Observation | Said)[]) =>
  said.filter((one): one is CredentialSeen => one.kind === 'credential');
export const accountOf = (said: readonly (Observation | Said)[], name: string) =>
  accountsIn(said).find((one) => one.name === name)!;

/** A source, as a test of its kind prepares it. */
export interface Bench {
  readonly source: () => Source;
  /** Whatever is secret there: it must be told nobody. */
  readonly secrets: readonly string[];
  /** Where others make and remove things meanwhile: which accounts are the test's own, by name. */
  readonly isOurs?: (name: string) => boolean;
  /** With an access that is refused; left out where nothing opens the source. */
  readonly refused?: () => Source;
  /** While it is away. */
  readonly away?: () => Source;
}

/** What every source keeps to. */
export function keepsToTheSourceContract(bench: () => Bench): void {
  it('ends with where it has come to, once, and as the last thing that it says', async () => {
    const said = await allOf(bench().source());
    expect(said.filter(({ kind }) => kind === 'end')).toHaveLength(1);
    expect(endOf(said)).toMatchObject({ kind: 'end', complete: true });
    expect((endOf(said).cursor ?? '').length).toBeLessThanOrEqual(65_536);
  });

  it('says the same of the same', async () => {
    const { isOurs = () => true } = bench();
    const seen = (said: readonly Said[]) => [
      ...accountsIn(said).filter(({ name }) => isOurs(name)),
      ...credentialsIn(said),
    ];
    expect(seen(await allOf(bench().source()))).toEqual(seen(await allOf(bench().source())));
  });

  it('names every account, and says of every credential what it is known by', async () => {
    const said = await allOf(bench().source());
    expect(said.some(({ kind }) => kind === 'account' || kind === 'credential')).toBe(true);
    for (const { identifiers, system } of accountsIn(said)) {
      expect(identifiers.length).toBeGreaterThan(0);
      for (const name of identifiers) expect(name).toMatch(/^[a-z-]+:.+/);
      expect(system).toMatch(/^[a-z0-9-]+ .+/);
    }
    for (const { digest, keyIds, clues, publicKey } of credentialsIn(said)) {
      expect(digest !== null || publicKey !== null || keyIds.length + clues.length > 0).toBe(true);
      if (digest !== null) expect(Buffer.from(digest, 'base64url')).toHaveLength(32);
    }
  });

  it('tells no secret, in no form (P9)', async () => {
    const said = JSON.stringify(await allOf(bench().source()));
    for (const secret of bench().secrets)
      for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
        expect(said).not.toContain(form);
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort();
    await expect(bench().source().observe(null, stopped)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'source_stopped',
    });
  });

  it('never reads as clean where it is refused or away: it ends with its reason', async () => {
    const { refused, away } = bench();
    if (refused) await expect(allOf(refused())).rejects.toMatchObject({ code: 'source_refused' });
    if (away) await expect(allOf(away())).rejects.toMatchObject({ kind: 'unavailable' });
  });
}
