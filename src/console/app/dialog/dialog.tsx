import { Button, Modal } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import classes from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** The deed, as on its button: “Suspend”. */
  readonly verb: string;
  readonly isDangerous?: boolean;
  readonly isPending: boolean;
  readonly problem: unknown;
  /** What was tried and did not go through, where the question does not say it. */
  readonly problemTitle?: string | undefined;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** A question with one deed: what will happen, what must be said, and the way back. */
export function Dialog({
  title,
  lead,
  verb,
  isDangerous,
  isPending,
  problem,
  problemTitle,
  onSubmit,
  onClose,
  children,
}: DialogProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit} className={classes.form}>
        {lead && <div className={classes.lead}>{lead}</div>}
        {children}
        {problem != null && (
          <ProblemPanel problem={problem} {...(problemTitle !== undefined && { title: problemTitle })} />
        )}
        <div className={classes.deeds}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color={isDangerous ? 'red.8' : undefined} loading={isPending}>
            {verb}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
