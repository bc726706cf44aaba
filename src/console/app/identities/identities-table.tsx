import { IconKey } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Party } from '../people/party.js';
import { type Column, DataTable } from '../table/data-table.js';
import { TeamName } from '../teams/teams-queries.js';
import { Instant } from '../time/instant.js';
import type { IdentitySummary } from './identities-queries.js';
import { CriticalityPill, kindName, StatusPill } from './identity-words.js';
import classes from './identities-table.module.css';

const COLUMNS: readonly Column<IdentitySummary>[] = [
  {
    id: 'name',
    header: 'Name',
    grows: true,
    narrow: 'bare',
    cell: (identity) => (
      <span className={classes.name}>
        <Link to="/identities/$id" params={{ id: identity.id }}>
          {identity.name}
        </Link>
        {identity.privileged && (
          <span className={classes.privileged} title="Privileged">
            <IconKey size={14} role="img" aria-label="Privileged" />
          </span>
        )}
        <span className={classes.purpose}>{identity.purpose}</span>
      </span>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status, handoverDueAt }) => (
      <>
        <StatusPill status={status} />
        {handoverDueAt !== null && (
          <span className={classes.due}>
            {' '}
            hand-over due <Instant at={handoverDueAt} />
          </span>
        )}
      </>
    ),
  },
  { id: 'kind', header: 'Kind', narrow: 'hidden', cell: ({ kind }) => kindName(kind) },
  { id: 'environment', header: 'Environment', cell: ({ environment }) => environment },
  {
    id: 'criticality',
    header: 'Criticality',
    narrow: 'hidden',
    cell: ({ criticality }) => <CriticalityPill criticality={criticality} />,
  },
  { id: 'team', header: 'Team', narrow: 'hidden', cell: ({ teamId }) => <TeamName id={teamId} /> },
  { id: 'custodian', header: 'Answers', cell: ({ primaryCustodianId }) => <Party id={primaryCustodianId} /> },
];

interface IdentitiesTableProps {
  readonly rows: readonly IdentitySummary[];
  readonly more: { readonly hasMore: boolean; readonly isLoading: boolean; readonly load: () => void };
}

export function IdentitiesTable({ rows, more }: IdentitiesTableProps) {
  return <DataTable label="Identities" columns={COLUMNS} rows={rows} rowId={({ id }) => id} more={more} />;
}
