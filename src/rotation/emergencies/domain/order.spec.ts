import { describe, expect, it } from '@jest/globals';
import type { Rotation } from '../../domain/rotation.js';
import { inOrder, type TouchedIdentity } from './order.js';

const identity = (name: string, changed: Partial<TouchedIdentity> = {}): TouchedIdentity => ({
  ...{ identityId: `mid_${name}`, name, status: 'active', criticality: 'medium', touches: ['answers-for-it'] },
  ...changed,
});
const rotation = (of: string, id = of, pair: string | null = null) =>
  ({ id: `rot_${id}`, identityId: `mid_${of}`, pair }) as unknown as Rotation;
const names = (all: readonly { readonly rotation: Rotation }[]) => all.map(({ rotation: { id } }) => id.slice(4));

describe('the order of an emergency', () => {
  it('has what is exposed first, then what is most critical, then goes by name', () => {
    const { ordered } = inOrder(
      [
        identity('a'),
        identity('b', { criticality: 'critical' }),
        identity('c', { criticality: 'low', touches: ['changed-it', 'leaked'] }),
        identity('d'),
      ],
      [rotation('d'), rotation('c'), rotation('b'), rotation('a')],
    );
    expect(names(ordered)).toEqual(['c', 'b', 'a', 'd']);
  });

  it('has the halves of a pair one after the other', () => {
    const { ordered } = inOrder(
      [identity('a'), identity('b'), identity('c')],
      [rotation('a', 'a', 'p'), rotation('b'), rotation('c', 'c', 'p')],
    );
    expect(ordered.map(({ after }) => after)).toEqual([null, null, 'rot_a']);
  });

  it('names what cannot rotate, and what to do instead', () => {
    const { ordered, unrotatable } = inOrder([identity('a'), identity('b', { status: 'suspended' })], [rotation('b')]);
    expect(ordered).toEqual([]);
    expect(unrotatable.map(({ code }) => code)).toEqual(['no_rotation', 'identity_not_active']);
    expect(unrotatable.every(({ advice }) => /revoke/i.test(advice))).toBe(true);
  });
});
