import { Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import type { Effect } from '../reviews-queries.js';

interface AttestDialogProps {
  readonly effect: Effect;
  readonly onClose: () => void;
}

/** Says, under one's own name and passkey, that something is done where Muster cannot look. */
export function AttestDialog({ effect, onClose }: AttestDialogProps) {
  const queries = useQueryClient();
  const [statement, setStatement] = useState('');
  const [reference, setReference] = useState('');
  const attest = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-effects/{id}/attestation', {
          params: { path: { id: effect.id } },
          body: { statement: statement.trim(), reference: reference.trim() },
        }),
      ),
    onSuccess: async () => {
      toast('It is attested.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  return (
    <Dialog
      title="Attest that it is done"
      lead={`${effect.words} Look at the system first: your word stands in the log, and is counted apart from what Muster has seen itself.`}
      verb="Attest"
      isPending={attest.isPending}
      problem={attest.error}
      onSubmit={() => attest.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="What was done, and how you know"
        required
        data-autofocus
        autosize
        minRows={2}
        maxLength={2000}
        value={statement}
        onChange={(event) => setStatement(event.currentTarget.value.replaceAll('\n', ' '))}
      />
      <TextInput
        label="Where that can be looked up"
        placeholder="CHG-20417"
        required
        maxLength={500}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
    </Dialog>
  );
}
