import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { awsKey, serverAccount } from '../../src/discovery/domain/identifiers.js';
import type { CredentialSeen } from '../../src/discovery/domain/observation.js';
import { Merging } from '../../src/discovery/domain/resolution/merging.js';
import { answersOf } from '../../src/discovery/domain/resolution/registry.js';
import { accountThing, credentialThing, type Thing } from '../../src/discovery/domain/resolution/thing.js';
import { resolve } from '../../src/discovery/domain/resolution/verdict.js';
import { accountSeen } from '../../src/discovery/sources/accounts.js';
import { judged, resolved, sightings } from './judged-firm.js';
import { plantFirm } from './planted-firm.js';

const FIRM = plantFirm(7, 400);

describe('one thing', () => {
  it('is one finding wherever it stands, however it is wrapped, and no two are one', () => {
    const { groups } = resolved(FIRM);
    expect(groups.map((group) => [...group].sort())).toEqual(
      FIRM.things.map(({ seen, number }) => seen.map(() => number)),
    );
  });

  it('is the same one in whatever order it was seen', () => {
    const things = sightings(FIRM).slice(0, 400);
    const partition = (order: readonly number[]): string => {
      const merging = new Merging();
      const places = merging.take(order.map((at) => things[at]!.thing));
      const by = new Map<number, number[]>();
      for (const [index, at] of order.entries()) by.set(places[index]!, [...(by.get(places[index]!) ?? []), at]);
      return JSON.stringify([...by.values()].map((group) => group.sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!));
    };
    const inOrder = partition(things.map((_, index) => index));
    fc.assert(
      fc.property(
        fc.shuffledSubarray(
          things.map((_, index) => index),
          { minLength: things.length },
        ),
        (order) => {
          expect(partition(order)).toBe(inOrder);
        },
      ),
      { numRuns: 10, seed: 8 },
    );
  });

  it('stays one when it arrives a part at a time, and no thing ever holds two secrets', () => {
    const arriving = sightings(FIRM);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (size) => {
        const merging = new Merging();
        for (let from = 0; from < arriving.length; from += size)
          merging.take(arriving.slice(from, from + size).map(({ thing }) => thing));
        const secrets = merging.all().map(({ marks }) => marks.filter((mark) => mark.startsWith('fingerprint:')));
        expect(secrets.filter(({ length }) => length > 1)).toEqual([]);
        expect(new Set(secrets.flat()).size).toBe(secrets.flat().length);
      }),
      { numRuns: 6, seed: 8 },
    );
  });

  it('is told by the secret where two secrets claim one id, which then belongs to neither', () => {
    const id = { keyIds: [awsKey('AKIAQYLPMN5HHHFPZAM2')] };
    const merging = new Merging();
    const places = merging.take(
      [{ ...id, fingerprint: 'a' }, id, { ...id, fingerprint: 'b' }].map((one) => credentialThing(seen(one))),
    );
    expect(new Set(places).size).toBe(3);
  });

  it('is one with what was seen of it by its id alone, before or after', () => {
    const id = { keyIds: [awsKey('akiaqylpmn5hhhfpzam2')] };
    for (const order of [
      [id, { ...id, fingerprint: 'a' }],
      [{ ...id, fingerprint: 'a' }, id],
    ]) {
      const merging = new Merging();
      for (const one of order) merging.take([credentialThing(seen(one))]);
      expect(merging.all()).toHaveLength(1);
      expect(merging.all()[0]!.key).toBe('fingerprint:a');
    }
  });

  it('is one that its system keeps by its digest and a leak shows to be made by chance, in whatever order', () => {
    const opens = { fingerprint: 'a', holders: [serverAccount('Redis', 'cache', null, 'worker')!] };
    const [listed, leaked] = [true, false].map((guessable) => credentialThing(seen({ ...opens, guessable })));
    for (const order of [
      [listed!, leaked!],
      [leaked!, listed!],
    ]) {
      const merging = new Merging();
      for (const one of order) merging.take([one]);
      expect(merging.all().map(({ key }) => key)).toEqual(['fingerprint:a']);
    }
  });

  it('is one with every account that has it where it leaked first, and by itself where several were listed before', () => {
    const of = (user: string, guessable: boolean) =>
      credentialThing(seen({ fingerprint: 'a', guessable, holders: [serverAccount('Redis', 'cache', null, user)!] }));
    const [leaked, ...listed] = [of('worker', false), of('worker', true), of('reports', true)];
    const things = (...batches: (readonly Thing[])[]) => {
      const merging = new Merging();
      for (const batch of batches) merging.take(batch);
      return merging.all().length;
    };
    expect([things([...listed, leaked]), things([leaked], listed), things(listed, [leaked])]).toEqual([1, 1, 3]);
  });

  it('is two where two accounts have the same password that people chose, also of one name on two servers', () => {
    const accounts = ['app@db', 'reports@db', 'app@db', 'app@other'].map((one) => one.split('@'));
    const things = accounts.map(([user, host]) =>
      credentialThing(
        seen({ fingerprint: 'a', guessable: true, holders: [serverAccount('PostgreSQL', host!, null, user!)!] }),
      ),
    );
    expect(new Merging().take(things)).toEqual([0, 1, 0, 2]);
  });
});

describe('an account', () => {
  it('is called by the name that people gave it, not by its number', () => {
    const holders = ['kubernetes-uid:813386ad', 'kubernetes:issuer.example:payments/poster'];
    const thing = credentialThing(seen({ fingerprint: 'a', holders }));
    const told = resolve(thing, { exposed: 1, places: 1 }, { registry: new Map(), holders: new Map() });
    expect([told.verdict, told.named]).toEqual(['shadow-identity', holders[1]]);
  });

  it('that may come from one host alone is known by the login that is nobody else’s there', () => {
    const [login, own] = [undefined, '10.%'].map((from) =>
      serverAccount('MySQL', 'db.example', null, 'billing', from)!,
    );
    const place = { system: 'mysql db.example:3306', path: 'accounts/billing@10.%' };
    const thing = accountThing(
      accountSeen({ ...place, accountKind: 'user', name: 'billing@10.%', identifiers: [own!], logins: [login!] }),
    );
    const ours = { identityId: 'mid_1', identityName: 'billing-job', identityStatus: 'active' } as const;
    const registry = answersOf([{ ...ours, identifier: login!, credentialId: null, ended: null }]);
    expect(resolve(thing, { exposed: 0, places: 1 }, { registry, holders: new Map() })).toMatchObject({
      verdict: 'registered',
      because: "The account billing@10.% of mysql db.example:3306 is registered as billing-job's, as whom it signs in.",
    });
  });
});

describe('a planted firm', () => {
  it('has every registered credential found again, and verdict and identity of 97 in 100 things exact', () => {
    for (const firm of [FIRM, plantFirm(11, 300)]) {
      const { things, wrong, ...rest } = judged(firm);
      expect(rest).toEqual({ split: 0, merged: 0, lost: 0 });
      expect(wrong / things).toBeLessThanOrEqual(0.03);
    }
  });

  it('has every verdict explained by a sentence and by what it rests on, with no fingerprint in either', () => {
    for (const told of resolved(FIRM).verdicts) {
      expect(told.because).toMatch(/^[A-Z].*\.$/s);
      expect(told.confidence).toBeGreaterThan(0);
      expect(told.confidence).toBeLessThan(1);
      expect(JSON.stringify(told)).not.toContain('fingerprint:');
      if (told.identityId !== null)
        expect(told.evidence.map(({ identityId }) => identityId)).toContain(told.identityId);
    }
  });
});

function seen(of: Partial<Omit<CredentialSeen, 'digest'> & { fingerprint: string | null }>) {
  return {
    kind: 'credential' as const,
    rule: 'token',
    vendor: 'Vendor',
    name: 'token',
    secretKind: 'token' as const,
    basis: 'documented' as const,
    band: 'high' as const,
    because: ['Its form is the one that its vendor documents.'],
    fingerprint: null,
    guessable: false,
    lastFour: null,
    publicKey: null,
    keyIds: [],
    serials: [],
    clues: [],
    holders: [],
    place: { path: 'a', line: 1, within: [], commit: null, commitCount: 0, unreachable: false },
    suppressed: null,
    ...of,
  };
}
