import { Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { PersonSelect } from '../../people/person-select.js';
import { answerOf, service } from '../../service/service.js';
import { useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';
import { dayAhead, endOfDay } from '../days.js';

const USUAL_DAYS = 30;
const LONGEST_DAYS = 365;

interface ExceptDialogProps {
  readonly of: { readonly itemId: string } | { readonly effectId: string };
  /** What is excepted, for the title. */
  readonly name: string;
  readonly onClose: () => void;
}

/** Leaves something undecided or undone on purpose: with an owner, a reason and an end. */
export function ExceptDialog({ of, name, onClose }: ExceptDialogProps) {
  const me = useMe();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [ownerId, setOwner] = useState<string | null>(me.person.id);
  const [until, setUntil] = useState(() => dayAhead(USUAL_DAYS));
  const except = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-exceptions', {
          body: { ...of, reason: reason.trim(), endsAt: endOfDay(until), ownerId: ownerId ?? '' } as never,
        }),
      ),
    onSuccess: async () => {
      toast('It is excepted, until its end.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  return (
    <Dialog
      title="Except it"
      lead={`${name} It counts as an exception, never as done, and comes up again at its end.`}
      verb="Except"
      isPending={except.isPending}
      problem={except.error}
      onSubmit={() => except.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="Why"
        description="An examiner reads this."
        required
        data-autofocus
        autosize
        minRows={2}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value.replaceAll('\n', ' '))}
      />
      <PersonSelect label="Who owns it" required value={ownerId} onChange={setOwner} />
      <TextInput
        type="date"
        label="Until"
        required
        min={dayAhead(1)}
        max={dayAhead(LONGEST_DAYS)}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
    </Dialog>
  );
}
