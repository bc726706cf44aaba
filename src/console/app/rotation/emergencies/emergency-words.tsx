import { Party } from '../../people/party.js';
import type { Scope, Touch } from './emergencies-queries.js';

export const TOUCHES: Readonly<Record<Touch, string>> = {
  named: 'named here',
  leaked: 'its key is out',
  'used-from-host': 'was used from there',
  'lives-on-host': 'lives there',
  'seen-on-host': 'was seen there',
  'trusts-repository': 'trusts the repository',
  'key-in-repository': 'its key is kept there',
  'registered-key': 'its key was registered by them',
  'answers-for-it': 'they answer for it',
  'answered-for-it': 'they answered for it',
  'changed-it': 'they changed it',
};

export function touchWords(touches: readonly Touch[]): string {
  return touches.map((touch) => TOUCHES[touch]).join(', ');
}

export const SCOPES: Readonly<Record<Scope['kind'], string>> = {
  custodian: 'Somebody’s hands',
  host: 'A machine',
  repository: 'A code repository',
  leak: 'A key that is out',
  identities: 'An identity',
};

/** What went wrong, as one would say it. */
export function ScopeWords({ scope }: { readonly scope: Scope }) {
  switch (scope.kind) {
    case 'custodian':
      return (
        <>
          Everything that <Party id={scope.personId} /> had to do with
        </>
      );
    case 'host':
      return <>The machine {scope.host}</>;
    case 'repository':
      return <>The repository {scope.repository}</>;
    case 'leak':
      return <>The key {scope.fingerprint.slice(0, 12)}…</>;
    case 'identities':
      return scope.identityIds.length === 1 ? 'One identity' : `${scope.identityIds.length} identities`;
  }
}
