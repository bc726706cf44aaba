import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { ReasonField } from '../../dialog/reason-field.js';
import { dayAhead, endOfDay } from '../../reviews/days.js';
import { toast } from '../../toast/toast.js';
import { nameOf } from '../finding-names.js';
import type { Finding } from '../findings-queries.js';
import { useDeedOnAll } from './finding-changes.js';

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
  const { act, left, ...tried } = useDeedOnAll(findings);
  const dismiss = () => {
    // Only here: while it is filled in, the day may be none.
    const until = endOfDay(span === 'day' ? day : dayAhead(Number(span)));
    void act({ kind: 'dismiss', reason: reason.trim(), until }, () => {
      toast(findings.length > 1 ? `${findings.length} are dismissed.` : 'It is dismissed.');
      onClose();
    });
  };
  return (
    <Dialog
      title={left.length > 1 ? `Dismiss ${left.length} findings` : `Dismiss: ${nameOf(left[0]!)}`}
      lead="Nothing is done about it until then. It comes back on that day, and before if it becomes something else."
      verb="Dismiss"
      {...tried}
      onSubmit={dismiss}
      onClose={onClose}
    >
      <ReasonField longest={1_000} value={reason} onChange={setReason} />
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
