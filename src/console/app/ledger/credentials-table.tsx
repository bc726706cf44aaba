import { Link } from '@tanstack/react-router';
import type { LedgerEntry } from '../identity/identity-queries.js';
import { Pill } from '../page/pill.js';
import { Party } from '../people/party.js';
import { type Column, DataTable } from '../table/data-table.js';
import { Instant, useNow } from '../time/instant.js';
import { plain, sentence } from '../words/deeds.js';

const HOLDER: Column<LedgerEntry> = {
  id: 'holder',
  header: 'Held by',
  narrow: 'bare',
  cell: ({ identityId, identityName }) => (
    <Link to="/identities/$id" params={{ id: identityId }}>
      {identityName}
    </Link>
  ),
};
const WHAT: Column<LedgerEntry> = {
  id: 'what',
  header: 'Credential',
  grows: true,
  cell: (entry) => (
    <span title={entry.serialNumber ?? entry.id}>
      {sentence(plain(entry.kind))}
      {entry.profile && ` · ${entry.profile}`}
      {entry.system && ` · ${entry.system}`}
      {entry.lastFour && ` …${entry.lastFour}`}
    </span>
  ),
};
const STATE: Column<LedgerEntry> = { id: 'state', header: 'State', cell: (entry) => <State entry={entry} /> };
const ANSWERS: Column<LedgerEntry> = {
  id: 'answers',
  header: 'Answers',
  narrow: 'hidden',
  cell: ({ primaryCustodianId }) => <Party id={primaryCustodianId} />,
};
const ISSUED: Column<LedgerEntry> = {
  id: 'issued',
  header: 'Issued',
  narrow: 'hidden',
  cell: ({ notBefore }) => <Instant at={notBefore} />,
};
const ENDS: Column<LedgerEntry> = {
  id: 'ends',
  header: 'Expires',
  cell: ({ expiresAt }) => (expiresAt === null ? 'Never' : <Instant at={expiresAt} />),
};
const USED: Column<LedgerEntry> = {
  id: 'used',
  header: 'Last used',
  cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'Not seen' : <Instant at={lastUsedAt} />),
};

export const CREDENTIALS_OF_ALL = [HOLDER, WHAT, STATE, ANSWERS, ISSUED, ENDS, USED];
/** Those of one identity need not say whose they are. */
const OF_ONE = [WHAT, STATE, ISSUED, ENDS, USED];

export function CredentialsTable({ rows }: { readonly rows: readonly LedgerEntry[] }) {
  return <DataTable label="Credentials" columns={OF_ONE} rows={rows} rowId={({ id }) => id} />;
}

function State({ entry: { revokedAt, revocationReason, expiresAt } }: { readonly entry: LedgerEntry }) {
  const now = useNow();
  if (revokedAt !== null)
    return <Pill tone="bad">Revoked{revocationReason ? `: ${plain(revocationReason)}` : ''}</Pill>;
  if (expiresAt !== null && Date.parse(expiresAt) < now) return <Pill tone="still">Expired</Pill>;
  return <Pill tone="good">Valid</Pill>;
}
