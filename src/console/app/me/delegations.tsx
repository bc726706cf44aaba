import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { Party } from '../people/party.js';
import { PersonSelect } from '../people/person-select.js';
import { answerOf, type Schema, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { type Column, DataTable } from '../table/data-table.js';
import { Instant } from '../time/instant.js';
import { toast } from '../toast/toast.js';

type Delegation = Schema['Delegation'];

const MOST = 50;

/** Who answers in one’s place while one is away. */
export function Delegations() {
  const me = useMe();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const found = useQuery({
    queryKey: ['delegations'],
    queryFn: () => answerOf(service.GET('/v1/delegations', { params: { query: { limit: MOST } } })),
  });
  const { mutate: end } = useMutation({
    mutationFn: ({ id }: Delegation) =>
      answerOf(service.POST('/v1/delegations/{id}/end', { params: { path: { id } } })),
    onSuccess: async () => {
      toast('It has ended.');
      await queries.invalidateQueries({ queryKey: ['delegations'] });
    },
  });
  const columns = useMemo(() => columnsFor(me.person.id, end), [me.person.id, end]);
  const open = (found.data?.items ?? []).filter(({ endedAt }) => endedAt === null);
  return (
    <Section
      title="While you are away"
      lead="Somebody may decide in your place, for at most 30 days; never about what they asked themselves."
      bare
      actions={
        <Button size="xs" variant="default" onClick={() => setAdding(true)}>
          Name somebody
        </Button>
      }
    >
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={1} />}
      {open.length > 0 && <DataTable label="Delegations" columns={columns} rows={open} rowId={({ id }) => id} />}
      {isAdding && <AddDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}

function columnsFor(myId: string, end: (delegation: Delegation) => void): Column<Delegation>[] {
  return [
    { id: 'from', header: 'In the place of', cell: ({ fromId }) => <Party id={fromId} /> },
    { id: 'to', header: 'Decides', cell: ({ toId }) => <Party id={toId} /> },
    { id: 'why', header: 'Why', grows: true, cell: ({ reason }) => reason },
    { id: 'until', header: 'Until', cell: ({ until }) => <Instant at={until} /> },
    {
      id: 'deeds',
      header: 'Actions',
      narrow: 'bare',
      cell: (delegation) =>
        delegation.fromId === myId && (
          <Button size="compact-xs" variant="subtle" onClick={() => end(delegation)}>
            End
          </Button>
        ),
    },
  ];
}

function AddDialog({ onClose }: { readonly onClose: () => void }) {
  const me = useMe();
  const queries = useQueryClient();
  const [toId, setToId] = useState<string | null>(null);
  const [until, setUntil] = useState('');
  const [reason, setReason] = useState('');
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/delegations', {
          body: { toId: toId ?? '', until: new Date(`${until}T23:59:59`).toISOString(), reason },
        }),
      ),
    onSuccess: async () => {
      toast('They decide in your place.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['delegations'] });
    },
  });
  return (
    <Dialog
      title="Who decides in your place?"
      verb="Name them"
      isPending={add.isPending}
      problem={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <PersonSelect label="Person" required value={toId} onChange={setToId} except={[me.person.id]} />
      <TextInput
        type="date"
        label="Until the end of"
        required
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      <TextInput
        label="Why"
        required
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  );
}
