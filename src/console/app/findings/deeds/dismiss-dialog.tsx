import { Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { dayAhead, endOfDay } from '../../reviews/days.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import type { Finding } from '../findings-queries.js';
import { useDeeds } from './finding-changes.js';

const SPANS = [
  { value: '7', label: 'A week' },
  { value: '30', label: 'A month' },
  { value: '90', label: 'A quarter' },
  { value: '364', label: 'A year' },
  { value: 'day', label: 'Until a day' },
];
const LONGEST_DAYS = 364;

interface DismissDialogProps {
  readonly findings: readonly Finding[];
  readonly onClose: () => void;
}

/** Says why nothing is done until a day: nothing is dismissed for ever. */
export function DismissDialog({ findings, onClose }: DismissDialogProps) {
  const [reason, setReason] = useState('');
  const [span, setSpan] = useState('30');
  const [day, setDay] = useState(() => dayAhead(30));
  const deeds = useDeeds();
  const many = findings.length > 1;
  const until = endOfDay(span === 'day' ? day : dayAhead(Number(span)));
  const dismiss = () =>
    deeds.mutate(
      { findings, deed: { kind: 'dismiss', reason: reason.trim(), until } },
      {
        onSuccess: ({ done, refused }) => {
          if (refused.length > 0) return;
          toast(many ? `${done.length} are dismissed.` : 'It is dismissed.');
          onClose();
        },
      },
    );
  return (
    <Dialog
      title={many ? `Dismiss ${findings.length} findings` : `Dismiss: ${nameOf(findings[0]!)}`}
      lead="Nothing is done about it until then. It comes back on that day, and before if it becomes something else."
      verb="Dismiss"
      isPending={deeds.isPending}
      problem={deeds.data?.refused[0]?.problem ?? deeds.error}
      onSubmit={dismiss}
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
      <Select label="For" data={SPANS} allowDeselect={false} value={span} onChange={(next) => setSpan(next ?? '30')} />
      {span === 'day' && (
        <TextInput
          type="date"
          label="Day"
          required
          min={dayAhead(1)}
          max={dayAhead(LONGEST_DAYS)}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
        />
      )}
    </Dialog>
  );
}
