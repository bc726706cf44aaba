import type { ReactNode } from 'react';
import { kindName } from '../../identities/identity-words.js';
import { Party } from '../../people/party.js';
import { TeamName } from '../../teams/teams-queries.js';
import { plain } from '../../words/deeds.js';
import type { Scope } from '../reviews-queries.js';

/** Which identities a review is about, in words. */
export function ScopeWords({ scope }: { readonly scope: Scope }) {
  const parts = partsOf(scope);
  if (parts.length === 0) return 'Every active and suspended identity';
  return (
    <>
      Identities{' '}
      {parts.map(([name, words], at) => (
        <span key={name}>
          {at > 0 && ', '}
          {words}
        </span>
      ))}
    </>
  );
}

function partsOf(scope: Scope): (readonly [string, ReactNode])[] {
  const { teamId, environment, dataClass, kind, criticality, privileged, custodianId, condition } = scope;
  const { olderThanDays, custodianChangedWithinDays } = scope;
  const all: readonly (readonly [string, ReactNode] | false)[] = [
    privileged !== undefined && ['privileged', privileged ? 'with privilege' : 'without privilege'],
    kind !== undefined && ['kind', `of the kind “${kindName(kind)}”`],
    environment !== undefined && ['environment', `in ${environment}`],
    teamId !== undefined && ['team', <>of {<TeamName id={teamId} />}</>],
    custodianId !== undefined && ['custodian', <>answered for by {<Party id={custodianId} />}</>],
    criticality !== undefined && ['criticality', `of ${criticality} criticality`],
    dataClass !== undefined && ['data', `that touch ${plain(dataClass)}`],
    olderThanDays !== undefined && ['age', `older than ${olderThanDays} days`],
    custodianChangedWithinDays !== undefined && [
      'changed',
      `whose custodians changed within ${custodianChangedWithinDays} days`,
    ],
    condition !== undefined && ['condition', <>where {<code>{condition}</code>}</>],
  ];
  return all.filter((part) => part !== false);
}
