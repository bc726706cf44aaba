import { Button, Modal } from '@mantine/core';
import { Enrolment } from '../me/enrolment.js';
import { type Challenge, stepUpDesk } from './step-up-desk.js';
import { StepUpPrompt } from './step-up-prompt.js';
import classes from './step-up-dialog.module.css';

/** Asks in place for the proof that a request wants; what was filled in stays where it is. */
export default function StepUpDialog({ challenge }: { readonly challenge: Challenge }) {
  const decline = () => stepUpDesk.settle(undefined);
  return (
    <Modal
      opened
      onClose={decline}
      closeOnClickOutside={false}
      title={challenge.enrol ? 'First enrol a passkey' : 'Confirm that it is you'}
      size="lg"
      zIndex={350}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {challenge.enrol ? (
        <div className={classes.enrol}>
          <p>This takes a stronger proof than you can give yet. Enrol a passkey; then what you wanted goes on.</p>
          <Enrolment onEnrolled={() => stepUpDesk.settle({ id: challenge.id, bound: false })} />
          <Button variant="default" onClick={decline}>
            Not now
          </Button>
        </div>
      ) : (
        <StepUpPrompt id={challenge.id} onProved={({ id, bound }) => stepUpDesk.settle({ id, bound })} />
      )}
    </Modal>
  );
}
