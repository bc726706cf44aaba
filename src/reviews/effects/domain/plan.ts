import type { Grant } from '../../../inventory/index.js';
import type { Id } from '../../../kernel/index.js';
import type { ReviewEffect } from '../../domain/effect.js';
import type { ListedItem } from '../../domain/item.js';

/** The name of the target that is this service itself: what is granted there is gone once it is gone here. */
export const OWN_TARGET = 'muster';

/** What lies around decisions when they are submitted. */
export interface Around {
  /** What the identities hold now, and whatever else the decisions name. */
  readonly grants: readonly Grant[];
  /** Their accounts on targets that Muster can look at. */
  readonly accounts: readonly {
    readonly identityId: Id<'identity'>;
    readonly targetId: Id<'target'>;
    readonly targetName: string;
  }[];
  /** Who of those who verified grants is live. */
  readonly live: ReadonlySet<string>;
  /** Of the campaign. */
  readonly ownerId: Id<'person'>;
}

type Asked = Pick<ReviewEffect, 'kind' | 'grantId' | 'toId' | 'targetId' | 'ownerId'>;

const NOTHING = { grantId: null, toId: null, targetId: null, ownerId: null } as const;

/**
 * What a decision asks to be done. A revoke stops the identity, closes its accounts and takes away what it holds where it has
 * none; a reduce takes the named grants away; a reassign lets somebody else answer for it. A keep and a delegation ask for
 * nothing.
 *
 * What no adapter can look at has an owner who attests it: who verified the grant, while they are here, else whose campaign it is.
 */
export function planOf({ identityId, decision }: Pick<ListedItem, 'identityId' | 'decision'>, around: Around): Asked[] {
  const accounts = around.accounts.filter((account) => account.identityId === identityId);
  const takeAway = (grant: Grant): Asked => {
    const targetId = accounts.find(({ targetName }) => targetName === grant.target)?.targetId ?? null;
    const ownerId = targetId === null && grant.target !== OWN_TARGET ? attestorOf(grant, around) : null;
    return { ...NOTHING, kind: 'remove-grant', grantId: grant.id, targetId, ownerId };
  };
  switch (decision?.kind) {
    case 'reduce':
      return around.grants.filter(({ id }) => decision.grants?.includes(id)).map(takeAway);
    case 'revoke':
      return [
        { ...NOTHING, kind: 'stop-identity' },
        ...[...new Set(accounts.map(({ targetId }) => targetId))].map((targetId): Asked => ({
          ...NOTHING,
          kind: 'remove-account',
          targetId,
        })),
        ...around.grants
          .filter((grant) => grant.identityId === identityId && grant.removedAt === null)
          .filter(({ target }) => accounts.every(({ targetName }) => targetName !== target))
          .map(takeAway),
      ];
    case 'reassign':
      return [{ ...NOTHING, kind: 'hand-over', toId: decision.to }];
    default:
      return [];
  }
}

function attestorOf({ verifiedAt, verifierId }: Grant, { live, ownerId }: Around): Id<'person'> {
  return verifiedAt !== null && verifierId !== null && live.has(verifierId) ? verifierId : ownerId;
}
