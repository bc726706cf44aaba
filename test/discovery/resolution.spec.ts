import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { awsKey, serverAccount } from '../../src/discovery/domain/identifiers.js';
import type { CredentialSeen } from '../../src/discovery/domain/observation.js';
import { Merging } from '../../src/discovery/domain/resolution/merging.js';
import { credentialThing } from '../../src/discovery/domain/resolution/thing.js';
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
