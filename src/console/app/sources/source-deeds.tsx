import { Menu } from '@mantine/core';
import {
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnected,
  IconRefresh,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { MoreMenu } from '../page/more-menu.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Problem } from '../service/problem.js';
import { answerOf, service } from '../service/service.js';
import { hasRole, RESPONDERS, useMe } from '../session/me.js';
import { toast } from '../toast/toast.js';
import { LookNow } from './look-now.js';
import type { Source } from './sources-queries.js';

/** What can be done with a source by this person. */
export function SourceDeeds({ source }: { readonly source: Source }) {
  const me = useMe();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isRemoving, setRemoving] = useState(false);
  const path = { path: { id: source.id } };
  const isPaused = source.status === 'paused';
  const refreshed = () => queries.invalidateQueries({ queryKey: ['sources'] });
  const anew = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/sources/{id}/runs', { params: path, body: { anew: true } })),
    onSettled: refreshed,
  });
  const check = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/sources/{id}/check', { params: path })),
    onSuccess: ({ failure }) => failure === null && toast('It lets Muster in.'),
  });
  const change = useMutation({
    mutationFn: (status: Source['status']) =>
      answerOf(
        service.PATCH('/v1/sources/{id}', {
          params: { ...path, header: { 'If-Match': `"v${source.version}"` } },
          body: { status },
        }),
      ),
    onSuccess: ({ status }) => toast(status === 'paused' ? 'Nobody looks there until it goes on.' : 'It goes on.'),
    onSettled: refreshed,
  });
  const mayChange = hasRole(me, 'administrator', 'analyst');
  if (!hasRole(me, ...RESPONDERS)) return null;
  return (
    <>
      <LookNow source={source} />
      <MoreMenu isLoading={check.isPending}>
        <Menu.Item leftSection={<IconPlugConnected size={16} aria-hidden />} onClick={() => check.mutate()}>
          Check whether it lets Muster in
        </Menu.Item>
        <Menu.Item
          leftSection={<IconRefresh size={16} aria-hidden />}
          disabled={isPaused}
          onClick={() => anew.mutate()}
        >
          Read everything again
        </Menu.Item>
        {mayChange && (
          <>
            <Menu.Item
              onClick={() => void navigate({ to: '/sources/$id/change', params: { id: source.id } })}
              leftSection={<IconPencil size={16} aria-hidden />}
            >
              Change
            </Menu.Item>
            <Menu.Item
              leftSection={
                isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />
              }
              onClick={() => change.mutate(isPaused ? 'active' : 'paused')}
            >
              {isPaused ? 'Go on' : 'Pause'}
            </Menu.Item>
            <Menu.Item
              color="var(--bad)"
              leftSection={<IconTrash size={16} aria-hidden />}
              onClick={() => setRemoving(true)}
            >
              Remove
            </Menu.Item>
          </>
        )}
      </MoreMenu>
      {[anew, check, change].map(
        ({ error }, at) => error !== null && <ProblemPanel key={at} problem={error} title="That did not go through." />,
      )}
      {check.data?.failure && (
        <ProblemPanel
          problem={new Problem(0, check.data.failure.code, check.data.failure.words, '')}
          title="It does not let Muster in."
          onRetry={() => check.mutate()}
        />
      )}
      {isRemoving && <RemoveDialog source={source} onClose={() => setRemoving(false)} />}
    </>
  );
}

function RemoveDialog({ source, onClose }: { readonly source: Source; readonly onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => answerOf(service.DELETE('/v1/sources/{id}', { params: { path: { id: source.id } } })),
    onSuccess: async () => {
      toast(`${source.name} is looked at no more.`);
      await navigate({ to: '/sources' });
      queries.removeQueries({ queryKey: ['sources', 'one', source.id] });
      await queries.invalidateQueries({ queryKey: ['sources'] });
      await queries.invalidateQueries({ queryKey: ['findings'] });
    },
  });
  return (
    <Dialog
      title={`Remove: ${source.name}`}
      lead="Nobody looks there any more, and what opens it is forgotten. What was seen nowhere else is closed."
      verb="Remove"
      isDangerous
      isPending={remove.isPending}
      problem={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
