import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.js';
import { ReasonField } from './reason-field.js';

interface ReasonedDialogProps<Answer> {
  readonly title: string;
  readonly lead: ReactNode;
  readonly verb: string;
  readonly isDangerous?: boolean;
  /** Of the reason; see {@link ReasonField}. */
  readonly description?: string;
  readonly longest?: number;
  readonly act: (reason: string) => Promise<Answer>;
  readonly onDone: (answer: Answer) => unknown;
  readonly onClose: () => void;
}

/** A deed that wants nothing but its reason: it closes once that is done, and says why it was refused. */
export function ReasonedDialog<Answer>({
  title,
  lead,
  verb,
  isDangerous = false,
  act,
  onDone,
  onClose,
  ...field
}: ReasonedDialogProps<Answer>) {
  const [reason, setReason] = useState('');
  const deed = useMutation({
    mutationFn: () => act(reason.trim()),
    onSuccess: (answer) => {
      onClose();
      return onDone(answer);
    },
  });
  return (
    <Dialog
      title={title}
      lead={lead}
      verb={verb}
      isDangerous={isDangerous}
      isPending={deed.isPending}
      problem={deed.error}
      onSubmit={() => deed.mutate()}
      onClose={onClose}
    >
      <ReasonField {...field} value={reason} onChange={setReason} />
    </Dialog>
  );
}
