import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type HeldGrant, narrow } from './scope.js';

const HELD: readonly HeldGrant[] = [
  { id: 'grt_1', target: 'orders', scope: 'place' },
  { id: 'grt_2', target: 'orders', scope: 'cancel' },
  { id: 'grt_3', target: 'ledger', scope: 'read' },
  { id: 'grt_4', target: 'orders', scope: 'two words' },
];
const idsOf = (grants: readonly HeldGrant[]) => grants.map(({ id }) => id);

describe('scopes of a token', () => {
  it('are all that is held at the target when none is named', () => {
    expect(idsOf(narrow(HELD, 'orders', undefined))).toEqual(['grt_1', 'grt_2']);
  });

  it('are those asked for', () => {
    expect(idsOf(narrow(HELD, 'orders', 'cancel'))).toEqual(['grt_2']);
    expect(idsOf(narrow(HELD, 'orders', 'cancel place cancel'))).toEqual(['grt_1', 'grt_2']);
  });

  it.each([
    ['payments', undefined, 'invalid_target'],
    ['Orders', undefined, 'invalid_target'],
    ['orders', 'read', 'invalid_scope'],
    ['orders', 'place read', 'invalid_scope'],
    ['orders', 'two', 'invalid_scope'],
    ['orders', 'two words', 'invalid_scope'],
    ['orders', '', 'invalid_scope'],
    ['orders', ' place', 'invalid_scope'],
    ['orders', 'place  cancel', 'invalid_scope'],
    ['orders', 'pl"ace', 'invalid_scope'],
    ['orders', Array.from({ length: 65 }, (_, n) => `s${n}`).join(' '), 'invalid_scope'],
  ])('at %p for %p are refused as %s', (target, requested, code) => {
    expect(() => narrow(HELD, target, requested)).toThrow(expect.objectContaining({ code }));
  });

  it('never say more than the grants behind them, whatever is held and asked (P17)', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'a b', 'd');
    const grants = fc.array(fc.record({ target: fc.constantFrom('x', 'y'), scope: word }));
    fc.assert(
      fc.property(
        grants,
        fc.option(
          fc.array(word).map((words) => words.join(' ')),
          { nil: undefined },
        ),
        (held, asked) => {
          const named = held.map((grant, n) => ({ ...grant, id: `grt_${n}` as const }));
          let given: readonly HeldGrant[];
          try {
            given = narrow(named, 'x', asked);
          } catch {
            return;
          }
          const said = given
            .map(({ scope }) => scope)
            .join(' ')
            .split(' ');
          const heldThere = named.filter(({ target }) => target === 'x').map(({ scope }) => scope);
          for (const scope of said) {
            expect(heldThere).toContain(scope);
            if (asked !== undefined) expect(asked.split(' ')).toContain(scope);
          }
        },
      ),
    );
  });
});
