import { Link } from '@tanstack/react-router';
import type { Identity } from '../identities/identities-queries.js';
import { CriticalityPill, kindName } from '../identities/identity-words.js';
import { Copyable } from '../page/copyable.js';
import { Facts } from '../page/facts.js';
import { Party } from '../people/party.js';
import { Instant } from '../time/instant.js';
import { onDay } from '../time/spoken.js';
import { plain, sentence } from '../words/deeds.js';

/** Everything else that is known of it. */
export function Description({ identity }: { readonly identity: Identity }) {
  return (
    <Facts
      facts={[
        ['Kind', kindName(identity.kind)],
        ['Environment', identity.environment],
        ['Criticality', <CriticalityPill key="criticality" criticality={identity.criticality} />],
        ['Privileged', identity.privileged ? 'Yes' : 'No'],
        ['Touches', identity.dataClasses.map((each) => sentence(plain(each))).join(', ') || 'No sensitive data'],
        ['Support until', identity.supportExpiresAt === null ? 'Not recorded' : onDay(identity.supportExpiresAt)],
        ['SPIFFE id', <Copyable key="spiffe" what="SPIFFE id" text={identity.spiffeId} />],
        ['Id', <Copyable key="id" what="id" text={identity.id} />],
        ['Asked for by', <Party key="requester" id={identity.requestedBy} />],
        identity.approvalId !== null && [
          'Approval',
          <Link key="approval" to="/approvals/$id" params={{ id: identity.approvalId }}>
            Shows who agreed
          </Link>,
        ],
        identity.statusReason !== null && [
          sentence(identity.status),
          <span key="reason">
            “{identity.statusReason}” <Party id={identity.statusBy} />
          </span>,
        ],
        ['Registered', <Instant key="created" at={identity.createdAt} />],
        ['Changed', <Instant key="changed" at={identity.changedAt} />],
      ]}
    />
  );
}
