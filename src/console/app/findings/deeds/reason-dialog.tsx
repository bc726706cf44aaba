import { Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import type { Finding } from '../findings-queries.js';
import { useFindingChanged } from './finding-changes.js';

/** What was decided, taken back. */
const DEEDS = {
  reopen: {
    path: '/v1/findings/{id}/reopening',
    verb: 'Open again',
    done: 'It is open again.',
    lead: 'It waits for somebody again, and is due anew. What was begun elsewhere to end it goes on there.',
  },
  split: {
    path: '/v1/findings/{id}/split',
    verb: 'Split off',
    done: 'It stands by itself again.',
    lead: 'It is a finding of its own again, with the places where it stands.',
  },
} as const;

interface ReasonDialogProps {
  readonly finding: Finding;
  readonly deed: keyof typeof DEEDS;
  readonly onClose: () => void;
}

export function ReasonDialog({ finding, deed, onClose }: ReasonDialogProps) {
  const { path, verb, done, lead } = DEEDS[deed];
  const queries = useQueryClient();
  const changed = useFindingChanged();
  const [reason, setReason] = useState('');
  const act = useMutation({
    mutationFn: () =>
      answerOf(service.POST(path, { params: { path: { id: finding.id } }, body: { reason: reason.trim() } })),
    onSuccess: async (after) => {
      changed(after);
      toast(done);
      onClose();
      await queries.invalidateQueries({ queryKey: ['findings'] });
    },
  });
  return (
    <Dialog
      title={`${verb}: ${nameOf(finding)}`}
      lead={lead}
      verb={verb}
      isPending={act.isPending}
      problem={act.error}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="Reason"
        description="Stands in the log for good. No names, no secrets."
        required
        data-autofocus
        autosize
        minRows={2}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Dialog>
  );
}
