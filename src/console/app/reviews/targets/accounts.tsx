import { Button, TextInput } from '@mantine/core';
import { IconEye, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { identityQuery } from '../../identity/identity-queries.js';
import { Facts } from '../../page/facts.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import { IdentitySelect } from './identity-select.js';
import { accountsQuery, type Target, type TargetAccount } from './targets-queries.js';
import classes from './targets.module.css';

/** Whose the accounts on a system are. */
export function Accounts({ target }: { readonly target: Target }) {
  const me = useMe();
  const accounts = useQuery(accountsQuery(target.id));
  const [isAdding, setAdding] = useState(false);
  const runs = hasRole(me, 'administrator', 'platform-engineer');
  if (accounts.isError) return <ProblemPanel problem={accounts.error} onRetry={() => void accounts.refetch()} />;
  if (!accounts.data) return <RowsLoading rows={2} />;
  return (
    <div className={classes.accounts}>
      {accounts.data.items.length === 0 && (
        <p className={classes.quiet}>Nobody has said yet whose the accounts here are, so nothing here is taken away.</p>
      )}
      <ul>
        {accounts.data.items.map((account) => (
          <Account key={account.id} account={account} mayChange={runs} />
        ))}
      </ul>
      {runs && (
        <div>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => setAdding(true)}
          >
            Say whose an account is
          </Button>
        </div>
      )}
      {isAdding && <AddAccount target={target} onClose={() => setAdding(false)} />}
    </div>
  );
}

interface AccountProps {
  readonly account: TargetAccount;
  readonly mayChange: boolean;
}

function Account({ account, mayChange }: AccountProps) {
  const queries = useQueryClient();
  const identity = useQuery(identityQuery(account.identityId)).data;
  const path = { params: { path: { id: account.id } } };
  const look = useMutation({ mutationFn: () => answerOf(service.GET('/v1/target-accounts/{id}/observation', path)) });
  const forget = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/target-accounts/{id}', path)),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['targets'] }),
  });
  return (
    <li className={classes.account}>
      <span className={classes.who}>
        <code>{account.account}</code> is{' '}
        <Link to="/identities/$id" params={{ id: account.identityId }}>
          {identity?.name ?? account.identityId}
        </Link>
      </span>
      {mayChange && (
        <span className={classes.deeds}>
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconEye size={14} aria-hidden />}
            loading={look.isPending}
            onClick={() => look.mutate()}
          >
            Look
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={() => forget.mutate()}>
            Forget
          </Button>
        </span>
      )}
      {look.isError && <ProblemPanel problem={look.error} />}
      {forget.isError && <ProblemPanel problem={forget.error} />}
      {look.data && (
        <div className={classes.seen} role="status">
          <Facts
            facts={[
              ['Seen', <Instant key="at" at={look.data.observedAt} />],
              ['Exists', look.data.exists ? 'yes' : 'no'],
              ['May sign in', look.data.canLogin ? 'yes' : 'no'],
              ['Open sessions', String(look.data.openSessions)],
              ['Memberships', look.data.memberships.join(', ') || 'none'],
              [
                'Privileges',
                look.data.privileges.length === 0
                  ? 'none'
                  : `${look.data.privileges.join(', ')}${look.data.privilegeCount > look.data.privileges.length ? ` and ${look.data.privilegeCount - look.data.privileges.length} more` : ''}`,
              ],
            ]}
          />
        </div>
      )}
    </li>
  );
}

function AddAccount({ target, onClose }: { readonly target: Target; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [identityId, setIdentity] = useState<string | null>(null);
  const [account, setAccount] = useState('');
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/targets/{id}/accounts', {
          params: { path: { id: target.id } },
          body: { identityId: identityId ?? '', account: account.trim() },
        }),
      ),
    onSuccess: async () => {
      toast(`${account.trim()} is known.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['targets'] });
    },
  });
  return (
    <Dialog
      title={`Whose is an account on ${target.name}?`}
      lead="Muster looks whether it is there."
      verb="Say so"
      isPending={add.isPending}
      problem={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Account there"
        placeholder="orders_reader"
        required
        data-autofocus
        maxLength={200}
        value={account}
        onChange={(event) => setAccount(event.currentTarget.value)}
      />
      <IdentitySelect label="Whose it is" value={identityId} onChange={setIdentity} />
    </Dialog>
  );
}
