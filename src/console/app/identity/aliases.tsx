import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import type { Identity } from '../identities/identities-queries.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, type Schema, service } from '../service/service.js';
import { hasRole, RESPONDERS, useMe } from '../session/me.js';
import { toast } from '../toast/toast.js';
import classes from './aliases.module.css';

type Alias = Schema['Alias'];

const MOST = 200;

function aliasesQuery(identityId: string) {
  return queryOptions({
    queryKey: ['identities', 'one', identityId, 'aliases'],
    queryFn: async () =>
      (
        await answerOf(
          service.GET('/v1/identities/{id}/aliases', {
            params: { path: { id: identityId }, query: { limit: MOST } },
          }),
        )
      ).items,
  });
}

/** What an identity is called in other systems: by these names what is found is known to be its. */
export function Aliases({ identity }: { readonly identity: Identity }) {
  const me = useMe();
  const found = useQuery(aliasesQuery(identity.id));
  const [open, setOpen] = useState<'add' | Alias>();
  const mayChange = hasRole(me, ...RESPONDERS) && identity.status !== 'retired';
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <RowsLoading rows={2} />;
  return (
    <div className={classes.aliases}>
      {found.data.length === 0 ? (
        <p>No other system’s name of it is known.</p>
      ) : (
        <ul>
          {found.data.map((alias) => (
            <li key={alias.id}>
              <code>{alias.identifier}</code>
              {mayChange && (
                <ActionIcon
                  size="sm"
                  variant="subtle"
                  color="gray"
                  aria-label={`Take away ${alias.identifier}`}
                  onClick={() => setOpen(alias)}
                >
                  <IconX size={14} aria-hidden />
                </ActionIcon>
              )}
            </li>
          ))}
        </ul>
      )}
      {mayChange && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setOpen('add')}
        >
          Add a name
        </Button>
      )}
      {open === 'add' && <AddDialog identity={identity} onClose={() => setOpen(undefined)} />}
      {typeof open === 'object' && <RemoveDialog alias={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function useAliasesChanged(identityId: string) {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ['identities', 'one', identityId] });
    await queries.invalidateQueries({ queryKey: ['findings'] });
  };
}

function AddDialog({ identity, onClose }: { readonly identity: Identity; readonly onClose: () => void }) {
  const changed = useAliasesChanged(identity.id);
  const [identifier, setIdentifier] = useState('');
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/identities/{id}/aliases', {
          params: { path: { id: identity.id } },
          body: { identifier: identifier.trim() },
        }),
      ),
    onSuccess: () => (toast('It is known by that name.'), onClose(), changed()),
  });
  return (
    <Dialog
      title={`Another name of ${identity.name}`}
      lead="Whatever was found, or is found, under that name is its from now on."
      verb="Add"
      isPending={add.isPending}
      problem={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="As its system writes it: an ARN, an access key’s id, a service account’s address, postgresql://user@host:5432, or a name that a finding shows."
        placeholder="arn:aws:iam::029608264753:user/ledger"
        required
        data-autofocus
        maxLength={600}
        value={identifier}
        onChange={(event) => setIdentifier(event.currentTarget.value)}
      />
    </Dialog>
  );
}

function RemoveDialog({ alias, onClose }: { readonly alias: Alias; readonly onClose: () => void }) {
  const changed = useAliasesChanged(alias.identityId);
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/aliases/{id}', { params: { path: { id: alias.id } } })),
    onSuccess: () => (toast('It is called so no more.'), onClose(), changed()),
  });
  return (
    <Dialog
      title="Take the name away?"
      lead={
        <>
          What is found under <code>{alias.identifier}</code> is nobody’s from now on.
        </>
      }
      verb="Take away"
      isDangerous
      isPending={remove.isPending}
      problem={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
