import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import type { WholeRun } from '../rotation-queries.js';
import { ReasonField } from './run-deeds.js';

interface ForgetProps {
  readonly run: WholeRun;
  /** As the evidence names it. */
  readonly consumer: string;
}

/** Says of somebody who is waited for that they are gone for good. */
export function Forget(props: ForgetProps) {
  const me = useMe();
  const [open, setOpen] = useState(false);
  if (props.run.endedAt !== null || !hasRole(me, 'administrator', 'platform-engineer')) return null;
  return (
    <>
      <Button variant="subtle" size="compact-xs" aria-label={`Forget ${props.consumer}`} onClick={() => setOpen(true)}>
        Forget
      </Button>
      {open && <ForgetDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

function ForgetDialog({ run, consumer, onClose }: ForgetProps & { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const forget = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/rotations/{id}/forgotten-consumers', {
          params: { path: { id: run.rotationId } },
          body: { consumer, reason: reason.trim() },
        }),
      ),
    onSuccess: async () => {
      toast(`Nobody waits for ${consumer} any more.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['rotation'] });
    },
  });
  return (
    <Dialog
      title={`Forget: ${consumer}`}
      lead="Only where it is gone for good. No run waits for it from now on; it comes back by itself as soon as it is seen, and as long as it is seen to use the old one, that one stays."
      verb="It is gone"
      isDangerous
      isPending={forget.isPending}
      problem={forget.error}
      onSubmit={() => forget.mutate()}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}
