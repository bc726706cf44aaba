import { Button } from '@mantine/core';
import { IconPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Party } from '../people/party.js';
import { hasRole, useMe } from '../session/me.js';
import { type Column, DataTable } from '../table/data-table.js';
import { TeamDialog } from './team-dialog.js';
import { type Team, teamsQuery } from './teams-queries.js';

/** Teams, to whom identities belong. */
export function TeamsPage() {
  const me = useMe();
  const teams = useQuery(teamsQuery);
  const [edited, setEdited] = useState<Team | 'new'>();
  const mayChange = hasRole(me, 'administrator', 'platform-engineer');
  const columns = useMemo(() => columnsFor(mayChange, setEdited), [mayChange]);
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      New team
    </Button>
  );
  return (
    <Page title="Teams" wide actions={add}>
      {teams.isError && <ProblemPanel problem={teams.error} onRetry={() => void teams.refetch()} />}
      {teams.isPending && <RowsLoading />}
      {teams.data?.length === 0 && (
        <Empty icon={<IconUsersGroup size={32} stroke={1.25} />} title="There is no team yet.">
          <p>Every identity belongs to one, so make the first before you register anything.</p>
        </Empty>
      )}
      {teams.data && teams.data.length > 0 && (
        <DataTable label="Teams" columns={columns} rows={teams.data} rowId={({ id }) => id} />
      )}
      {edited !== undefined && (
        <TeamDialog team={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </Page>
  );
}

function columnsFor(mayChange: boolean, onEdit: (team: Team) => void): Column<Team>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      narrow: 'bare',
      cell: ({ id, name }) => (
        <Link to="/identities" search={{ teamId: id }}>
          {name}
        </Link>
      ),
    },
    {
      id: 'manager',
      header: 'Manager',
      cell: ({ managerId }) => (managerId === null ? '–' : <Party id={managerId} />),
    },
    {
      id: 'members',
      header: 'Members',
      grows: true,
      cell: ({ memberIds }) =>
        memberIds.length === 0 ? (
          'nobody yet'
        ) : (
          <span>
            {memberIds.slice(0, 4).map((id, at) => (
              <span key={id}>
                {at > 0 && ', '}
                <Party id={id} />
              </span>
            ))}
            {memberIds.length > 4 && ` and ${memberIds.length - 4} more`}
          </span>
        ),
    },
    {
      id: 'deeds',
      header: 'Actions',
      narrow: 'bare',
      cell: (team) =>
        mayChange && (
          <Button size="compact-xs" variant="subtle" onClick={() => onEdit(team)}>
            Change
          </Button>
        ),
    },
  ];
}
