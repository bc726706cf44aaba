import { errorsOf } from '../../../kernel/index.js';

/** Every way in which what a decision asks for refuses to be touched. */
export class EffectError extends errorsOf('EffectError', {
  effect_not_found: 'not-found',
  not_failed: 'conflict',
  not_its_owner: 'forbidden',
  not_to_attest: 'conflict',
  not_yours_to_retry: 'forbidden',
}) {}
