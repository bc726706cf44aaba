import { errorsOf } from '../../kernel/index.js';

/** Ways a proof of presence is refused. */
export class StepUpError extends errorsOf('StepUpError', {
  person_required: 'forbidden',
  proof_malformed: 'invalid',
  proof_too_weak: 'forbidden',
  step_up_closed: 'conflict',
  step_up_mismatch: 'step-up-required',
  step_up_not_found: 'not-found',
  step_up_not_challenged: 'conflict',
  step_up_spent: 'step-up-required',
}) {}
