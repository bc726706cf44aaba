import type { Id } from '../../../kernel/index.js';

/** What went wrong, as far as it says what is touched. */
export type EmergencyScope =
  /** Whoever answers or answered for identities, or did something to them. */
  | { readonly kind: 'custodian'; readonly personId: Id<'person'> }
  /** An address or name of a machine: what was used from there, what lives there, what was seen there. */
  | { readonly kind: 'host'; readonly host: string }
  /** A code repository, like `firm/payments`: what it may become, and whose keys are kept there. */
  | { readonly kind: 'repository'; readonly repository: string }
  /** A key that is known to be elsewhere, by Muster's keyed fingerprint of it in hexadecimal. */
  | { readonly kind: 'leak'; readonly fingerprint: string }
  | { readonly kind: 'identities'; readonly identityIds: readonly Id<'identity'>[] };

export const SCOPE_KINDS = ['custodian', 'host', 'repository', 'leak', 'identities'] as const;

/** Why something is touched. */
export const TOUCHES = [
  'named',
  'leaked',
  'used-from-host',
  'lives-on-host',
  'seen-on-host',
  'trusts-repository',
  'key-in-repository',
  'registered-key',
  'answers-for-it',
  'answered-for-it',
  'changed-it',
] as const;
export type Touch = (typeof TOUCHES)[number];

/** Of these somebody else may have the secret itself. */
export const EXPOSING: ReadonlySet<Touch> = new Set([
  'named',
  'leaked',
  'used-from-host',
  'lives-on-host',
  'key-in-repository',
  'registered-key',
]);
