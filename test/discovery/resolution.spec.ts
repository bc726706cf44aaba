import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  awsKey,
  awsPrincipal,
  googleAccount,
  kubernetesAccount,
  publicKey,
  serverAccount,
  spiffeId,
} from '../../src/discovery/domain/identifiers.js';
import type { CredentialSeen } from '../../src/discovery/domain/observation.js';
import { Merging } from '../../src/discovery/domain/resolution/merging.js';
import { answersOf, type Registered } from '../../src/discovery/domain/resolution/registry.js';
import {
  accountThing,
  credentialThing,
  fingerprintMark,
  type Thing,
} from '../../src/discovery/domain/resolution/thing.js';
import { resolve } from '../../src/discovery/domain/resolution/verdict.js';
import { type Account, plantFirm, type PlantedFirm, type Seen } from './planted-firm.js';

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

  it('is two where two users chose the same password', () => {
    const things = ['app', 'reports', 'app'].map((user) =>
      credentialThing(
        seen({ fingerprint: 'a', guessable: true, holders: [serverAccount('PostgreSQL', 'db.example', null, user)!] }),
      ),
    );
    expect(new Merging().take(things)).toEqual([0, 1, 0]);
  });
});

describe('a planted firm', () => {
  it('has every registered credential found again, and verdict and identity of 97 in 100 things exact', () => {
    for (const firm of [FIRM, plantFirm(11, 300)]) {
      const { verdicts } = resolved(firm);
      const wrong = firm.things.filter(({ verdict, identityId }, index) => {
        const told = verdicts[index]!;
        return told.verdict !== verdict || told.identityId !== identityId;
      });
      const lost = firm.things.filter(({ credentialId }, index) => credentialId !== verdicts[index]!.credentialId);
      expect(lost.map(({ verdict }) => verdict)).toEqual([]);
      expect(wrong.length / firm.things.length).toBeLessThanOrEqual(0.03);
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

function sightings(
  firm: PlantedFirm,
): readonly { readonly thing: Thing; readonly number: number; readonly exposed: boolean }[] {
  return firm.things.flatMap(({ seen: all, number }) =>
    all.map((one) => ({ thing: thingOf(one), number, exposed: one.exposed })),
  );
}

function thingOf(one: Seen): Thing {
  if ('account' in one)
    return accountThing({
      ...one.account,
      identifiers: [nameOf(one.names)],
      credentials: one.account.credentials.map((held) => ({ ...held, keyId: held.keyId && awsKey(held.keyId) })),
    });
  const { digest, ...rest } = one.credential;
  return credentialThing({ ...rest, fingerprint: digest });
}

function nameOf(account: Account): string {
  switch (account.kind) {
    case 'aws':
      return awsPrincipal(account.arn)!;
    case 'google':
      return googleAccount(account.email);
    case 'postgresql':
      return serverAccount('postgres', account.host, account.port, account.user)!;
    case 'kubernetes':
      return kubernetesAccount(account.issuer, account.namespace, account.name);
    case 'spiffe':
      return spiffeId(account.id)!;
  }
}

function registryOf(firm: PlantedFirm): ReturnType<typeof answersOf> {
  return answersOf(
    firm.identities.flatMap(({ id, name, retired, account, keys, publicKeys }) => {
      const identity = {
        identityId: id,
        identityName: name,
        identityStatus: retired ? ('retired' as const) : ('active' as const),
      };
      return [
        { ...identity, identifier: nameOf(account), credentialId: null, ended: null },
        ...keys.map((key): Registered => ({
          ...identity,
          identifier: fingerprintMark(key.digest),
          credentialId: key.id,
          ended: key.revoked ? 'revoked' : null,
        })),
        ...publicKeys.map((key) => ({
          ...identity,
          identifier: publicKey(key.spki),
          credentialId: key.id,
          ended: null,
        })),
      ];
    }),
  );
}

/** For each planted thing in order: which planted numbers its finding holds, and what it is found to be. */
function resolved(firm: PlantedFirm) {
  const arriving = sightings(firm);
  const merging = new Merging();
  const places = merging.take(arriving.map(({ thing }) => thing));
  const groups = new Map<number, number[]>();
  const exposed = new Map<number, number>();
  for (const [index, at] of places.entries()) {
    groups.set(at, [...(groups.get(at) ?? []), arriving[index]!.number]);
    exposed.set(at, (exposed.get(at) ?? 0) + Number(arriving[index]!.exposed));
  }
  const holders = new Map<string, (readonly string[])[]>();
  for (const thing of merging.all())
    for (const held of thing.holds) holders.set(held, [...(holders.get(held) ?? []), thing.accounts]);
  const registry = registryOf(firm);
  const first = new Map(arriving.map(({ number }, index) => [number, places[index]!]));
  const order = firm.things.map(({ number }) => first.get(number)!);
  return {
    groups: order.map((at) => groups.get(at)!),
    verdicts: order.map((at) =>
      resolve(merging.all()[at]!, { exposed: exposed.get(at)!, places: groups.get(at)!.length }, { registry, holders }),
    ),
  };
}
