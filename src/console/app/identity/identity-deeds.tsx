import { Button, Menu } from '@mantine/core';
import { IconArrowsExchange, IconPlayerPause, IconPlayerPlay, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Identity } from '../identities/identities-queries.js';
import { MoreMenu } from '../page/more-menu.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { hasRole, useMe } from '../session/me.js';
import { toast } from '../toast/toast.js';
import { HandOverDialog } from './hand-over-dialog.js';
import { ReasonedDeed, REASONED_DEEDS, type ReasonedDeedName } from './reasoned-deed.js';

/** What can be done with it now, by this person. What is allowed in the end, the service decides. */
export function IdentityDeeds({ identity }: { readonly identity: Identity }) {
  const me = useMe();
  const [open, setOpen] = useState<ReasonedDeedName | 'hand-over'>();
  const isCustodian = [identity.primaryCustodianId, identity.backupCustodianId].includes(me.person.id);
  const runs = hasRole(me, 'administrator', 'platform-engineer');
  const maySuspend = identity.status === 'active' && (isCustodian || runs || hasRole(me, 'analyst'));
  const mayResume = identity.status === 'suspended' && (isCustodian || hasRole(me, 'administrator'));
  const mayHandOver = identity.status !== 'retired' && (isCustodian || hasRole(me, 'administrator'));
  const mayRetire = identity.status !== 'retired' && runs;
  return (
    <>
      {identity.status === 'pending' && runs && <Activate identity={identity} />}
      {maySuspend && (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={16} aria-hidden />}
          onClick={() => setOpen('suspend')}
        >
          Suspend
        </Button>
      )}
      {mayResume && (
        <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => setOpen('resume')}>
          Resume
        </Button>
      )}
      {mayHandOver && (
        <Button
          variant={identity.handoverDueAt === null ? 'default' : 'filled'}
          leftSection={<IconArrowsExchange size={16} aria-hidden />}
          onClick={() => setOpen('hand-over')}
        >
          Hand over
        </Button>
      )}
      {mayRetire && (
        <MoreMenu>
          <Menu.Item
            color="var(--bad)"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setOpen('retire')}
          >
            Retire for good
          </Menu.Item>
        </MoreMenu>
      )}
      {open === 'hand-over' && <HandOverDialog identity={identity} onClose={() => setOpen(undefined)} />}
      {open !== undefined && open in REASONED_DEEDS && (
        <ReasonedDeed identity={identity} deed={open as ReasonedDeedName} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function Activate({ identity }: { readonly identity: Identity }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const activate = useMutation({
    mutationFn: () =>
      answerOf(service.POST('/v1/identities/{id}/activation', { params: { path: { id: identity.id } } })),
    onSuccess: async ({ status, approvalId }) => {
      toast(status === 'active' ? `${identity.name} is active.` : 'Somebody else must agree first.');
      await queries.invalidateQueries({ queryKey: ['identities'] });
      if (status === 'pending' && approvalId !== null)
        await navigate({ to: '/approvals/$id', params: { id: approvalId } });
    },
  });
  return (
    <>
      <Button
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        loading={activate.isPending}
        onClick={() => activate.mutate()}
      >
        Activate
      </Button>
      {activate.isError && <ProblemPanel problem={activate.error} title="It is not active yet." />}
    </>
  );
}
