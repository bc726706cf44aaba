import { Button } from '@mantine/core';
import { IconPlayerPlay, IconUsersPlus, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { ReasonField } from '../../dialog/reason-field.js';
import { ReasonedDialog } from '../../dialog/reasoned-dialog.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import type { Run } from '../rotation-queries.js';
import { useConsented } from './consented.js';

/** From then on the old one may be gone, and a run only goes on. */
const PAST_CANCELLING: ReadonlySet<Run['step']> = new Set(['revoke-old', 'verify-dead']);

/** Where it waits for whoever is left on the old one. */
export const OVERRIDABLE: ReadonlySet<Run['step']> = new Set(['watch-old', 'revoke-old']);

interface RunDeedsProps {
  readonly run: Run;
  readonly size?: 'xs';
}

/** What a person can do about a run. What is allowed in the end, the service decides. */
export function RunDeeds({ run, size }: RunDeedsProps) {
  const me = useMe();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'cancel' | 'override'>();
  const close = () => setOpen(undefined);
  const retry = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/rotation-runs/{id}/retry', { params: { path: { id: run.id } } })),
    onSuccess: () => toast('It goes on.'),
    onSettled: () => queries.invalidateQueries({ queryKey: ['rotation'] }),
  });
  if (run.endedAt !== null || !hasRole(me, 'administrator', 'platform-engineer')) return null;
  const mayCancel = run.direction === 'forth' && !PAST_CANCELLING.has(run.step);
  const mayOverride = OVERRIDABLE.has(run.step) && run.overriddenBy === null;
  const looks = size === undefined ? {} : { size };
  return (
    <>
      {run.state === 'stuck' && (
        <Button
          {...looks}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          loading={retry.isPending}
          onClick={() => retry.mutate()}
        >
          Try again
        </Button>
      )}
      {mayOverride && (
        <Button
          {...looks}
          variant="default"
          leftSection={<IconUsersPlus size={16} aria-hidden />}
          onClick={() => setOpen('override')}
        >
          Override
        </Button>
      )}
      {mayCancel && (
        <Button
          {...looks}
          variant="default"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={() => setOpen('cancel')}
        >
          Give it up
        </Button>
      )}
      {retry.isError && <ProblemPanel problem={retry.error} title="It does not go on." />}
      {open === 'cancel' && <CancelDialog run={run} onClose={close} />}
      {open === 'override' && <OverrideDialog run={run} onClose={close} />}
    </>
  );
}

interface DialogProps {
  readonly run: Run;
  readonly onClose: () => void;
}

function CancelDialog({ run, onClose }: DialogProps) {
  const queries = useQueryClient();
  return (
    <ReasonedDialog
      title={`Give up: ${run.rotationName}`}
      lead="Whoever has the new one is brought back to the old one first; then the new one is withdrawn."
      verb="Give it up"
      isDangerous
      act={(reason) =>
        answerOf(
          service.POST('/v1/rotation-runs/{id}/cancellation', { params: { path: { id: run.id } }, body: { reason } }),
        )
      }
      onDone={() => {
        toast('It goes back to the old one.');
        return queries.invalidateQueries({ queryKey: ['rotation'] });
      }}
      onClose={onClose}
    />
  );
}

function OverrideDialog({ run, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const override = useOverride(run, onClose);
  return (
    <Dialog
      title={`Override: ${run.rotationName}`}
      lead="The old one is withdrawn although somebody may still use it, and whoever does is refused from then on. A second person has to agree first."
      verb="Ask for consent"
      isDangerous
      isPending={override.isPending}
      problem={override.error}
      onSubmit={() => override.mutate(reason.trim())}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}

/** Overrides a run, for the reason that a second person agrees to. */
export function useOverride({ id }: Pick<Run, 'id'>, onDone: () => void) {
  return useConsented<string>({
    act: (reason) =>
      answerOf(service.POST('/v1/rotation-runs/{id}/override', { params: { path: { id } }, body: { reason } })),
    said: () => 'The old one is withdrawn.',
    onDone,
  });
}
