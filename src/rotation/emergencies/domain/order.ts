import { CRITICALITIES, type Identity, type IdentityStatus } from '../../../inventory/index.js';
import type { Id } from '../../../kernel/index.js';
import type { Rotation } from '../../domain/rotation.js';
import { EXPOSING, type Touch } from './scope.js';

/** An identity that is touched. */
export interface TouchedIdentity {
  readonly identityId: Id<'identity'>;
  readonly name: string;
  readonly status: IdentityStatus;
  readonly criticality: Identity['criticality'];
  readonly touches: readonly Touch[];
}

/** What is to rotate, in its place. */
export interface Ordered {
  readonly identity: TouchedIdentity;
  readonly rotation: Rotation;
  readonly exposed: boolean;
  /** Of the same pair: begins only when that one is over. */
  readonly after: Id<'rotation'> | null;
}

/** What is touched, and nothing rotates for it. */
export interface Unrotatable {
  readonly identity: TouchedIdentity;
  readonly code: 'no_rotation' | 'identity_not_active';
  readonly advice: string;
}

/**
 * Puts what is touched in order: what somebody else may have first, then by criticality, then by name; halves of a pair one
 * after the other.
 */
export function inOrder(
  identities: readonly TouchedIdentity[],
  rotations: readonly Rotation[],
): { readonly ordered: Ordered[]; readonly unrotatable: Unrotatable[] } {
  const unrotatable: Unrotatable[] = [];
  const wanted: Omit<Ordered, 'after'>[] = [];
  for (const identity of identities) {
    const own = rotations.filter(({ identityId }) => identityId === identity.identityId);
    const problem = problemOf(identity, own.length);
    if (problem) unrotatable.push({ identity, ...problem });
    else
      for (const rotation of own)
        wanted.push({ identity, rotation, exposed: identity.touches.some((one) => EXPOSING.has(one)) });
  }
  wanted.sort(
    (one, other) =>
      Number(other.exposed) - Number(one.exposed) ||
      CRITICALITIES.indexOf(other.identity.criticality) - CRITICALITIES.indexOf(one.identity.criticality) ||
      compare(one.identity.name, other.identity.name) ||
      compare(one.rotation.id, other.rotation.id),
  );
  const lastOfPair = new Map<string, Id<'rotation'>>();
  const ordered = wanted.map((one): Ordered => {
    const { id, pair } = one.rotation;
    const after = pair === null ? null : (lastOfPair.get(pair) ?? null);
    if (pair !== null) lastOfPair.set(pair, id);
    return { ...one, after };
  });
  return { ordered, unrotatable };
}

function problemOf({ status }: TouchedIdentity, rotations: number): Omit<Unrotatable, 'identity'> | undefined {
  if (status !== 'active')
    return {
      code: 'identity_not_active',
      advice: 'It is suspended, so nothing new is made for it: revoke what it holds, or retire it.',
    };
  if (rotations === 0)
    return {
      code: 'no_rotation',
      advice:
        'Nothing is registered that rotates for it: revoke its credentials, suspend it, and change its secrets by hand.',
    };
  return undefined;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
