import { Refusal } from '../refusal.js';
import type { RecordedIntent } from '../recorded.js';

/** An intent is signed within this time or never: an old row is of no use to whoever takes over the service. */
export const MAX_INTENT_AGE_SECONDS = 60;
/** How far the service's clock and the signer's may differ. */
export const CLOCK_SKEW_SECONDS = 60;

/**
 * What holds for every intent, whatever it is for.
 *
 * @throws Refusal `intent_refused`
 */
export function checkIntent(intent: RecordedIntent): void {
  must(intent.ageSeconds <= MAX_INTENT_AGE_SECONDS, intent, 'it was recorded too long ago');
  must(!intent.revoked, intent, 'its credential has been revoked');
  must(intent.profileVersion === intent.profile.version, intent, 'its profile has changed since');
  if (intent.repeats) {
    must(intent.repeats.tbs.equals(intent.tbs), intent, 'it repeats other bytes');
    must(intent.repeats.credentialId === intent.credentialId, intent, 'it repeats another credential');
  }
}

/** Refuses an intent, naming it and what is wrong with it: both end in the service's log, never with a caller. */
export function must(holds: boolean, intent: { readonly id: string }, otherwise: string): asserts holds {
  if (!holds) throw new Refusal('intent_refused', `The signer refused intent ${intent.id}: ${otherwise}.`);
}
