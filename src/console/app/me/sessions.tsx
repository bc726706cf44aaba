import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Pill } from '../page/pill.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { answerOf, type Schema, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { type Column, DataTable } from '../table/data-table.js';
import { Instant } from '../time/instant.js';
import { toast } from '../toast/toast.js';

type Session = Schema['Session'];

const MOST = 50;

/** Where one is signed in now. */
export function Sessions() {
  const me = useMe();
  const queries = useQueryClient();
  const sessions = useQuery({
    queryKey: ['sessions', me.person.id],
    queryFn: () =>
      answerOf(service.GET('/v1/sessions', { params: { query: { personId: me.person.id, limit: MOST } } })),
  });
  const { mutate: end, variables } = useMutation({
    mutationFn: ({ id }: Session) => service.DELETE('/v1/sessions/{id}', { params: { path: { id } } }),
    onSuccess: async () => {
      toast('The session has ended.');
      await queries.invalidateQueries({ queryKey: ['sessions'] });
    },
  });
  const columns = useMemo(() => columnsFor(end, variables?.id), [end, variables?.id]);
  return (
    <Section title="Sessions" lead="End those you do not recognise." bare>
      {sessions.isError && <ProblemPanel problem={sessions.error} onRetry={() => void sessions.refetch()} />}
      {sessions.isPending && <RowsLoading rows={2} />}
      {sessions.data && (
        <DataTable label="Sessions" columns={columns} rows={sessions.data.items} rowId={({ id }) => id} />
      )}
    </Section>
  );
}

function columnsFor(end: (session: Session) => void, ending: string | undefined): Column<Session>[] {
  return [
    {
      id: 'session',
      header: 'Session',
      narrow: 'bare',
      grows: true,
      cell: ({ id, current }) => (
        <span style={{ display: 'flex', gap: '0.5rem', alignItems: 'center' }}>
          <code title={id}>…{id.slice(-8)}</code>
          {current && <Pill tone="good">This one</Pill>}
        </span>
      ),
    },
    { id: 'started', header: 'Began', cell: ({ startedAt }) => <Instant at={startedAt} /> },
    { id: 'seen', header: 'Last used', cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} /> },
    { id: 'ends', header: 'Ends at the latest', cell: ({ expiresAt }) => <Instant at={expiresAt} /> },
    {
      id: 'deeds',
      header: 'Actions',
      narrow: 'bare',
      cell: (session) =>
        !session.current && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            loading={ending === session.id}
            onClick={() => end(session)}
          >
            End
          </Button>
        ),
    },
  ];
}
