import { Button, Menu, Radio } from '@mantine/core';
import { IconCalendarTime, IconPlayerPause, IconPlayerPlay, IconRefreshAlert, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { ReasonField } from '../dialog/reason-field.js';
import { MoreMenu } from '../page/more-menu.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { hasRole, useMe } from '../session/me.js';
import { toast } from '../toast/toast.js';
import type { Rotation } from './rotation-queries.js';
import { ScheduleDialog } from './schedule-dialog.js';
import classes from './rotation.module.css';

/** What can be done with a rotation as a whole. */
export function RotationDeeds({ rotation }: { readonly rotation: Rotation }) {
  const me = useMe();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'run' | 'schedule' | 'remove'>();
  const close = () => setOpen(undefined);
  const isPaused = rotation.status === 'paused';
  const change = useMutation({
    mutationFn: (status: Rotation['status']) =>
      answerOf(
        service.PATCH('/v1/rotations/{id}', {
          params: { path: { id: rotation.id }, header: { 'If-Match': `"v${rotation.version}"` } },
          body: { status },
        }),
      ),
    onSuccess: ({ status }) => toast(status === 'paused' ? 'Nothing begins by itself.' : 'It goes on.'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['rotation'] }),
  });
  if (!hasRole(me, 'administrator', 'platform-engineer')) return null;
  return (
    <>
      {rotation.run === null && (
        <Button leftSection={<IconRefreshAlert size={16} aria-hidden />} onClick={() => setOpen('run')}>
          Rotate now
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<IconCalendarTime size={16} aria-hidden />}
        onClick={() => setOpen('schedule')}
      >
        Change
      </Button>
      <Button
        variant="default"
        leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
        loading={change.isPending}
        onClick={() => change.mutate(isPaused ? 'active' : 'paused')}
      >
        {isPaused ? 'Go on' : 'Pause'}
      </Button>
      <MoreMenu>
        <Menu.Item
          color="var(--bad)"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={() => setOpen('remove')}
        >
          Remove
        </Menu.Item>
      </MoreMenu>
      {change.isError && <ProblemPanel problem={change.error} title="It is not changed." />}
      {open === 'run' && <RunDialog rotation={rotation} onClose={close} />}
      {open === 'schedule' && <ScheduleDialog rotation={rotation} onClose={close} />}
      {open === 'remove' && <RemoveDialog rotation={rotation} onClose={close} />}
    </>
  );
}

interface DeedProps {
  readonly rotation: Rotation;
  readonly onClose: () => void;
}

function RunDialog({ rotation, onClose }: DeedProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [cause, setCause] = useState<'by-hand' | 'suspicion'>('by-hand');
  const [reason, setReason] = useState('');
  const start = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/rotations/{id}/runs', {
          params: { path: { id: rotation.id } },
          body: { cause, reason: reason.trim() },
        }),
      ),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['rotation'] });
      await navigate({ to: '/rotation/runs/$id', params: { id } });
    },
  });
  return (
    <Dialog
      title={`Rotate now: ${rotation.name}`}
      lead="The old one works until everybody has moved over. Freezes hold it up: only an emergency goes through them."
      verb="Rotate now"
      isPending={start.isPending}
      problem={start.error}
      onSubmit={() => start.mutate()}
      onClose={onClose}
    >
      <Radio.Group label="Why now" value={cause} onChange={setCause}>
        <div className={classes.plain}>
          <Radio value="by-hand" label="It is time" />
          <Radio value="suspicion" label="Somebody else may have it" />
        </div>
      </Radio.Group>
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}

function RemoveDialog({ rotation, onClose }: DeedProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/rotations/{id}', { params: { path: { id: rotation.id } } })),
    onSuccess: async () => {
      toast(`${rotation.name} rotates no more.`);
      await navigate({ to: '/rotation' });
      queries.removeQueries({ queryKey: ['rotation', 'one', rotation.id] });
      await queries.invalidateQueries({ queryKey: ['rotation', 'list'] });
    },
  });
  return (
    <Dialog
      title={`Remove: ${rotation.name}`}
      lead="It rotates no more. The credential that works goes on working, and nobody looks after its age."
      verb="Remove"
      isDangerous
      isPending={remove.isPending}
      problem={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
