import { Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import type { BreakGlass } from './break-glass-queries.js';

interface ReviewDialogProps {
  readonly one: BreakGlass;
  readonly onClose: () => void;
}

/** Closes the review with what was found. */
export function ReviewDialog({ one, onClose }: ReviewDialogProps) {
  const queries = useQueryClient();
  const [findings, setFindings] = useState('');
  const review = useMutation({
    mutationFn: () =>
      answerOf(service.POST('/v1/break-glass/{id}/review', { params: { path: { id: one.id } }, body: { findings } })),
    onSuccess: async () => {
      toast('The review is closed.');
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title="Close the review"
      lead="Read in the log what was done meanwhile; it is all marked. Then write down what you found."
      verb="Close the review"
      isPending={review.isPending}
      problem={review.error}
      onSubmit={() => review.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="Findings"
        required
        data-autofocus
        autosize
        minRows={3}
        maxLength={2000}
        value={findings}
        onChange={(event) => setFindings(event.currentTarget.value)}
      />
    </Dialog>
  );
}
