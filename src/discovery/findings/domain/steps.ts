import { schemeOf } from '../../domain/identifiers.js';
import type { QueuedFinding } from './finding.js';

/** What a person does where Muster cannot reach, in order. The next look confirms it. */
export function stepsFor({ thing, resolution, exposedCount }: QueuedFinding): readonly string[] {
  const called =
    resolution.named ?? thing.accounts[0] ?? thing.marks.find((mark) => !mark.startsWith('fingerprint:')) ?? null;
  const last = thing.lastFour === null ? '' : ` that ends in ${thing.lastFour}`;
  return [
    ...(resolution.identityId === null
      ? []
      : [
          `Rotate first what ${resolution.identityId} still needs: muster rotation list --identity ${resolution.identityId}`,
        ]),
    ...endOf(called, thing.vendor, `the ${thing.name}${last}`),
    ...(exposedCount > 0
      ? ['Remove it from where it stands; that alone is not enough, because it was readable there.']
      : []),
    'Have its sources look again: the finding is closed when none of them sees it, or its system lists it no more.',
  ];
}

/** What neither a shell nor SQL takes for anything but a name, no part of which could be an option. */
const PLAIN = /^(?!-)(?!.*\/-)[\w.@+=,~/-]{1,256}$/;
/** A server's host, which may be an IPv6 address, and its port, before the account. */
const SERVER = /^[^:]+:(?:[^:]*|[\da-f:]+):\d{1,5}:/i;
const SERVERS = ['mysql', 'postgresql', 'redis', 'redshift'];

/** Names stand in what was scanned, so an attacker may have written them for whoever pastes a command: only plain ones are in any. */
function endOf(called: string | null, vendor: string, what: string): readonly string[] {
  const scheme = called === null ? '' : schemeOf(called);
  const name = called === null ? '' : nameIn(called, scheme);
  switch (PLAIN.test(name) ? scheme : '') {
    case 'aws':
      return [
        `aws iam list-access-keys --user-name ${name.split('/').at(-1)}`,
        'aws iam update-access-key --status Inactive --access-key-id … , and delete-access-key once nothing complains',
      ];
    case 'aws-key':
      return [
        `aws iam update-access-key --status Inactive --access-key-id ${name} , and delete-access-key once nothing complains`,
      ];
    case 'google':
      return [
        `gcloud iam service-accounts keys list --iam-account ${name}`,
        `gcloud iam service-accounts keys delete … --iam-account ${name}`,
      ];
    case 'azure':
      return [`az ad app credential list --id ${name}`, `az ad app credential delete --id ${name} --key-id …`];
    case 'postgresql':
    case 'redshift':
      return [`ALTER ROLE "${name}" NOLOGIN PASSWORD NULL; and end its sessions by pg_terminate_backend`];
    case 'mysql':
      return [`ALTER USER '${name.replace(/@(?=[^@]*$)/, "'@'")}' ACCOUNT LOCK; and KILL its connections`];
    case 'redis':
      return [`ACL SETUSER ${name} off resetpass; and CLIENT KILL USER ${name}`];
    case 'kubernetes':
      return [
        `kubectl delete serviceaccount ${name.split('/').at(-1)} -n ${name.split('/')[0]} , or the secret that holds its token`,
      ];
    case 'github':
      return [`Take away ${name} in the organisation’s settings, or delete the deploy key where it lies`];
    default:
      return [`Have ${vendor} end ${what}: its own console says how`];
  }
}

/** As its own system calls it: of a server's account all that comes after the port, for it may have a colon in it. */
function nameIn(called: string, scheme: string): string {
  return SERVERS.includes(scheme) ? called.replace(SERVER, '') : called.slice(called.lastIndexOf(':') + 1);
}
