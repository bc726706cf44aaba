import { Button } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { ReasonField } from '../../dialog/reason-field.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import type { WholeRun } from '../rotation-queries.js';
import { useConsented } from './consented.js';

interface ForgetProps {
  readonly run: WholeRun;
  /** As the evidence names it. */
  readonly consumer: string;
}

/** Says of somebody who is waited for that they are gone for good, and asks a second person to agree. */
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
  const [reason, setReason] = useState('');
  const forget = useForget(run, onClose);
  return (
    <Dialog
      title={`Forget: ${consumer}`}
      lead="Only where it is gone for good. A second person has to agree; then no run waits for it. It comes back by itself as soon as it is seen, and as long as it is seen to use the old one, that one stays."
      verb="Ask for consent"
      isDangerous
      isPending={forget.isPending}
      problem={forget.error}
      onSubmit={() => forget.mutate({ consumer, reason: reason.trim() })}
      onClose={onClose}
    >
      <ReasonField value={reason} onChange={setReason} />
    </Dialog>
  );
}

/** Has nobody wait for a consumer any more, for the reason that a second person agrees to. */
export function useForget({ rotationId }: Pick<WholeRun, 'rotationId'>, onDone: () => void) {
  return useConsented<{ readonly consumer: string; readonly reason: string }>({
    act: (body) =>
      answerOf(service.POST('/v1/rotations/{id}/forgotten-consumers', { params: { path: { id: rotationId } }, body })),
    said: ({ consumer }) => `Nobody waits for ${consumer} any more.`,
    onDone,
  });
}
