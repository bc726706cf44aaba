import { Button, Modal } from '@mantine/core';
import { stepUpDesk, type Challenge } from './step-up-desk.js';
import { ProblemPanel } from '../page/problem-panel.js';

/** Asks in place for the proof that a request wants. */
export default function StepUpDialog({ challenge }: { readonly challenge: Challenge }) {
  return (
    <Modal opened onClose={() => stepUpDesk.settle(undefined)} title="Confirm that it is you">
      <ProblemPanel problem={challenge.problem} />
      <Button mt="md" variant="default" onClick={() => stepUpDesk.settle(undefined)}>
        Not now
      </Button>
    </Modal>
  );
}
