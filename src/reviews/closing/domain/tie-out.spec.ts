import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Figures, figuresDigest, type Quality } from './figures.js';
import { type FaultCode, faultsOf } from './tie-out.js';

const NOTHING: Quality = {
  ...{ decided: 0, keeps: 0, opened: 0, medianSeconds: 0, p90Seconds: 0, bulkKeeps: 0, hastyKeeps: 0, busiest: 0 },
};
const TIED_OUT: Figures = {
  population: 10,
  items: { open: 0, staged: 0, keep: 6, reduce: 1, revoke: 2, excepted: 1 },
  effects: { verified: 3, attested: 1, excepted: 1, unverified: 0, unattested: 0, failed: 0, missing: 0 },
  exceptions: { items: 1, effects: 1, samples: 0, lapsed: 0 },
  samples: { open: 0, agreed: 1, disagreed: 1, unresolved: 0 },
  quality: NOTHING,
  custodians: [],
};
const codes = (figures: Figures) => faultsOf(figures).map(({ code }) => code);

describe('a review ties out', () => {
  it('where everything is decided or excepted, done or excepted, and looked at again', () => {
    expect(faultsOf(TIED_OUT)).toEqual([]);
  });

  it.each<[string, (figures: Figures) => Figures, FaultCode]>([
    ['a row too few', (f) => ({ ...f, items: { ...f.items, keep: 5 } }), 'population_differs'],
    ['a row too many', (f) => ({ ...f, items: { ...f.items, keep: 7 } }), 'population_differs'],
    ['an item open', (f) => ({ ...f, items: { ...f.items, keep: 5, open: 1 } }), 'items_undecided'],
    ['a note not submitted', (f) => ({ ...f, items: { ...f.items, keep: 5, staged: 1 } }), 'decisions_unsubmitted'],
    ['an effect unseen', (f) => ({ ...f, effects: { ...f.effects, unverified: 1 } }), 'effects_unverified'],
    ['an effect failed', (f) => ({ ...f, effects: { ...f.effects, failed: 1 } }), 'effects_failed'],
    ['a word not given', (f) => ({ ...f, effects: { ...f.effects, unattested: 1 } }), 'effects_unattested'],
    ['an effect forgotten', (f) => ({ ...f, effects: { ...f.effects, missing: 1 } }), 'effects_missing'],
    ['no exception behind', (f) => ({ ...f, exceptions: { ...f.exceptions, items: 0 } }), 'exceptions_missing'],
    ['an exception over', (f) => ({ ...f, exceptions: { ...f.exceptions, lapsed: 1 } }), 'exceptions_lapsed'],
    ['a second look open', (f) => ({ ...f, samples: { ...f.samples, open: 1 } }), 'samples_open'],
    ['a disagreement open', (f) => ({ ...f, samples: { ...f.samples, unresolved: 1 } }), 'disagreements_open'],
  ])('but not with %s', (_what, change, code) => {
    expect(codes(change(TIED_OUT))).toEqual([code]);
  });

  it('names what is in the way, some of it by name, in words that say what to do', () => {
    const figures = { ...TIED_OUT, effects: { ...TIED_OUT.effects, failed: 1, unverified: 5 } };
    const words = faultsOf(figures, { effects_unverified: ['a', 'b', 'c'], effects_failed: ['d'] }).map(
      (one) => one.words,
    );
    expect(words).toEqual([
      '5 effects are not verified on their targets: a, b, c and 2 more. Wait for the next look at them, or except them with an owner and an end.',
      '1 effect failed: d. Try them again once the target can be reached, or except them with an owner and an end.',
    ]);
  });

  it('exactly where the arithmetic of the requirement holds, whatever the numbers (REV-3)', () => {
    const few = fc.nat(3);
    const some = fc.record({
      population: fc.nat(12),
      items: fc.record({ open: few, staged: few, keep: few, reduce: few, revoke: few, excepted: few }),
      effects: fc.record({
        ...{ verified: few, attested: few, excepted: few, unverified: few, unattested: few, failed: few, missing: few },
      }),
      exceptions: fc.record({ items: few, effects: few, samples: few, lapsed: few }),
      samples: fc.record({ open: few, agreed: few, disagreed: few, unresolved: few }),
      quality: fc.constant(NOTHING),
      custodians: fc.constant([]),
    });
    // Most draws are far from tying out: half of them are brought near it.
    const near = some.map((figures) => {
      const { keep, reduce, revoke, excepted } = figures.items;
      return {
        ...figures,
        population: keep + reduce + revoke + excepted,
        items: { ...figures.items, open: 0, staged: 0 },
        effects: { ...figures.effects, unverified: 0, unattested: 0, failed: 0 },
        exceptions: { ...figures.exceptions, items: excepted, lapsed: 0 },
        samples: { ...figures.samples, open: 0 },
      };
    });
    fc.assert(
      fc.property(fc.oneof(some, near), (figures) => {
        const { population, items, effects, exceptions, samples } = figures;
        const accounted = items.keep + items.reduce + items.revoke + items.excepted;
        const holds =
          population === accounted &&
          items.open + items.staged === 0 &&
          effects.unverified + effects.unattested + effects.failed + effects.missing === 0 &&
          exceptions.items === items.excepted &&
          exceptions.lapsed === 0 &&
          samples.open + samples.unresolved === 0;
        expect(faultsOf(figures).length === 0).toBe(holds);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what management acknowledges', () => {
  const population = Buffer.alloc(32, 1);
  const digest = figuresDigest('cmp_1', population, TIED_OUT).toString('hex');

  it.each<[string, () => Buffer]>([
    ['campaign', () => figuresDigest('cmp_2', population, TIED_OUT)],
    ['population', () => figuresDigest('cmp_1', Buffer.alloc(32, 2), TIED_OUT)],
    ['count', () => figuresDigest('cmp_1', population, { ...TIED_OUT, population: 11 })],
    ['quality', () => figuresDigest('cmp_1', population, { ...TIED_OUT, quality: { ...NOTHING, opened: 1 } })],
  ])('is another where another %s is', (_what, other) => {
    expect(other().toString('hex')).not.toBe(digest);
  });
});
