import { Link } from '@tanstack/react-router';
import { Copyable } from '../../page/copyable.js';
import { Facts } from '../../page/facts.js';
import { Party } from '../../people/party.js';
import { Instant } from '../../time/instant.js';
import { plain, sentence } from '../../words/deeds.js';
import type { Finding } from '../findings-queries.js';
import { BANDS, Due, KINDS } from '../finding-words.js';

/** Everything else that is known of it. */
export function About({ finding, identityName }: { readonly finding: Finding; readonly identityName: string | null }) {
  const { identityId, credentialId, fingerprint, mergedInto, words } = finding;
  return (
    <Facts
      facts={[
        ['Kind', KINDS[finding.kind]],
        ['Severity', BANDS[finding.band].name],
        ['Who has it', finding.assigneeId === null ? 'Nobody' : <Party key="assignee" id={finding.assigneeId} />],
        finding.dueAt !== null && ['Close it by', <Due key="due" dueAt={finding.dueAt} />],
        finding.openedAt !== null && ['Waits since', <Instant key="opened" at={finding.openedAt} />],
        identityId !== null && [
          'Identity',
          <Link key="identity" to="/identities/$id" params={{ id: identityId }}>
            {identityName ?? 'the registered one'}
          </Link>,
        ],
        finding.named !== null && ['Says it is', <code key="named">{finding.named}</code>],
        words.length > 0 && ['What it opens or is', words.join('; ')],
        ['Issued by', finding.vendor],
        ['Found by', sentence(plain(finding.rule))],
        credentialId !== null && [
          'Credential',
          <Copyable key="credential" what="credential’s id" text={credentialId} />,
        ],
        fingerprint !== null && [
          'Fingerprint',
          <Copyable key="fingerprint" what="fingerprint" text={fingerprint} shown={`${fingerprint.slice(0, 16)}…`} />,
        ],
        mergedInto !== null && [
          'Merged into',
          <Link key="into" to="/findings/$id" params={{ id: mergedInto }}>
            the other finding
          </Link>,
        ],
        ['First seen', <Instant key="first" at={finding.firstSeenAt} />],
        ['Last seen', <Instant key="last" at={finding.lastSeenAt} />],
        ['Id', <Copyable key="id" what="id" text={finding.id} />],
      ]}
    />
  );
}
