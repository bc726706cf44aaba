import { counted } from '../../../kernel/index.js';
import type { DecisionKind, Evidence, StagedDecision } from '../../domain/item.js';

export type Consequences = Readonly<Record<DecisionKind, readonly string[]>>;

/** What each decision about an identity would do, in words. */
export function consequences(evidence: Evidence): Consequences {
  const of = (kind: DecisionKind) => whatItDoes(kind, evidence, unused(evidence));
  return {
    keep: of('keep'),
    reduce: of('reduce'),
    revoke: of('revoke'),
    reassign: of('reassign'),
    delegate: of('delegate'),
  };
}

/** What a decision that is noted will do, in words. */
export function consequencesOf(decision: StagedDecision, evidence: Evidence): readonly string[] {
  const grants = evidence.grants.filter(({ id }) => decision.grants?.includes(id));
  return whatItDoes(decision.kind, evidence, grants);
}

function whatItDoes(
  kind: DecisionKind,
  { identity, grants, credentialCount }: Evidence,
  less: Evidence['grants'],
): string[] {
  switch (kind) {
    case 'keep':
      return [`${identity.name} goes on as it is until its next review.`];
    case 'reduce':
      return less.map(({ scope, target }) => `${identity.name} loses ${scope} on ${target}.`);
    case 'revoke':
      return [
        `${identity.name} is suspended, and nothing more is issued to it.`,
        ...(credentialCount > 0
          ? [`${counted(credentialCount, 'credential')} of it ${credentialCount === 1 ? 'is' : 'are'} revoked.`]
          : []),
        ...grants.map(({ scope, target }) => `It loses ${scope} on ${target}.`),
      ];
    case 'reassign':
      return [`Somebody else answers for ${identity.name} from then on, and decides about it.`];
    case 'delegate':
      return [`Somebody else decides about ${identity.name}, this once.`];
  }
}

/** What the right-sized set would do without. */
function unused({ grants }: Evidence): Evidence['grants'] {
  return grants.filter(({ keep }) => !keep);
}
