import { Button, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import type { Identity } from '../identities/identities-queries.js';
import { Empty } from '../page/empty.js';
import { Pill } from '../page/pill.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Party } from '../people/party.js';
import { PersonSelect } from '../people/person-select.js';
import { answerOf, service } from '../service/service.js';
import { hasRole, type Me, useMe } from '../session/me.js';
import { type Column, DataTable } from '../table/data-table.js';
import { Instant } from '../time/instant.js';
import { toast } from '../toast/toast.js';
import { type Grant, grantsQuery } from './identity-queries.js';
import classes from './grants.module.css';

/** What it may do elsewhere: used or not, verified by somebody or not. */
export function Grants({ identity }: { readonly identity: Identity }) {
  const me = useMe();
  const held = useQuery(grantsQuery(identity.id));
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Grant>();
  const columns = useMemo(() => columnsFor(me, identity, setRemoved), [me, identity]);
  const mayChange = hasRole(me, 'administrator', 'custodian', 'platform-engineer') && identity.status !== 'retired';
  if (held.isError) return <ProblemPanel problem={held.error} onRetry={() => void held.refetch()} />;
  if (!held.data) return <RowsLoading rows={3} />;
  const unused = held.data.proposal.remove.length;
  const add = mayChange && (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconPlus size={14} aria-hidden />}
      onClick={() => setAdding(true)}
    >
      Add a grant
    </Button>
  );
  return (
    <div className={classes.grants}>
      {unused > 0 && (
        <p className={classes.proposal}>
          {unused === 1 ? 'One grant has' : `${unused} grants have`} not been used lately. Taking{' '}
          {unused === 1 ? 'it' : 'them'} away costs nothing and leaves less to steal.
        </p>
      )}
      {held.data.items.length === 0 ? (
        <Empty title="It may do nothing anywhere." action={add}>
          <p>Grants name a role or scope on a system, and why.</p>
        </Empty>
      ) : (
        <>
          <DataTable label="Grants" columns={columns} rows={held.data.items} rowId={({ id }) => id} />
          <div>{add}</div>
        </>
      )}
      {isAdding && <AddGrant identity={identity} onClose={() => setAdding(false)} />}
      {removed && <RemoveGrant grant={removed} onClose={() => setRemoved(undefined)} />}
    </div>
  );
}

function columnsFor(me: Me, identity: Identity, onRemove: (grant: Grant) => void): Column<Grant>[] {
  const mayVerify = hasRole(me, 'administrator', 'custodian');
  const mayRemove = hasRole(me, 'administrator', 'custodian', 'platform-engineer') && identity.status !== 'retired';
  return [
    {
      id: 'grant',
      header: 'Grant',
      grows: true,
      narrow: 'bare',
      cell: ({ target, scope, purpose }) => (
        <span className={classes.grant}>
          <span>
            <strong>{scope}</strong> on {target}
          </span>
          <small>{purpose}</small>
        </span>
      ),
    },
    {
      id: 'used',
      header: 'Last used',
      cell: ({ lastUsedAt, unused }) => (
        <span className={unused ? classes.unused : undefined}>
          {lastUsedAt === null ? 'Not seen' : <Instant at={lastUsedAt} />}
        </span>
      ),
    },
    {
      id: 'verified',
      header: 'Verified',
      cell: ({ verifiedAt, verifierId }) =>
        verifiedAt === null ? <Pill tone="warn">Not yet</Pill> : <Party id={verifierId} />,
    },
    {
      id: 'deeds',
      header: 'Actions',
      narrow: 'bare',
      cell: (grant) => (
        <span className={classes.deeds}>
          {mayVerify && grant.verifiedAt === null && grant.addedBy !== me.person.id && <Verify grant={grant} />}
          {mayRemove && (
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => onRemove(grant)}>
              Take away
            </Button>
          )}
        </span>
      ),
    },
  ];
}

function useGrantsChanged(identityId: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ['identities', 'one', identityId] });
}

function Verify({ grant }: { readonly grant: Grant }) {
  const changed = useGrantsChanged(grant.identityId);
  const verify = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/grants/{id}/verification', { params: { path: { id: grant.id } } })),
    onSuccess: () => (toast('The grant is verified.'), changed()),
    onError: ({ message }) => toast(message),
  });
  return (
    <Button size="compact-xs" variant="subtle" loading={verify.isPending} onClick={() => verify.mutate()}>
      Verify
    </Button>
  );
}

function RemoveGrant({ grant, onClose }: { readonly grant: Grant; readonly onClose: () => void }) {
  const changed = useGrantsChanged(grant.identityId);
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/grants/{id}', { params: { path: { id: grant.id } } })),
    onSuccess: () => (toast('The grant is taken away.'), onClose(), changed()),
  });
  return (
    <Dialog
      title="Take the grant away?"
      lead={`${grant.scope} on ${grant.target} ends with the next token it asks for.`}
      verb="Take away"
      isDangerous
      isPending={remove.isPending}
      problem={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    />
  );
}

function AddGrant({ identity, onClose }: { readonly identity: Identity; readonly onClose: () => void }) {
  const me = useMe();
  const changed = useGrantsChanged(identity.id);
  const [target, setTarget] = useState('');
  const [scope, setScope] = useState('');
  const [purpose, setPurpose] = useState('');
  const [verifierId, setVerifier] = useState<string | null>(null);
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/identities/{id}/grants', {
          params: { path: { id: identity.id } },
          body: { target, scope, purpose, verifierId },
        }),
      ),
    onSuccess: () => (toast('The grant is added.'), onClose(), changed()),
  });
  return (
    <Dialog
      title="Add a grant"
      lead="It counts once somebody else has verified it."
      verb="Add"
      isPending={add.isPending}
      problem={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="System"
        placeholder="order-entry.example"
        required
        data-autofocus
        maxLength={200}
        value={target}
        onChange={(event) => setTarget(event.currentTarget.value)}
      />
      <TextInput
        label="Role or scope there"
        placeholder="orders:submit"
        required
        maxLength={200}
        value={scope}
        onChange={(event) => setScope(event.currentTarget.value)}
      />
      <TextInput
        label="What for"
        required
        maxLength={1000}
        value={purpose}
        onChange={(event) => setPurpose(event.currentTarget.value)}
      />
      <PersonSelect label="Who is to verify it" value={verifierId} onChange={setVerifier} except={[me.person.id]} />
    </Dialog>
  );
}
