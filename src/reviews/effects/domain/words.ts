import type { EffectKind } from '../../domain/effect.js';

/** What an effect is about, by name. */
export interface Named {
  readonly kind: EffectKind;
  readonly identityName: string;
  readonly grant: { readonly target: string; readonly scope: string } | null;
  readonly targetName: string | null;
}

/** What is to be done, in words. */
export function wordsOf({ kind, identityName, grant, targetName }: Named): string {
  switch (kind) {
    case 'stop-identity':
      return `Stop ${identityName}, and revoke all that was issued to it.`;
    case 'remove-account':
      return `Close the account of ${identityName} on ${targetName ?? 'its target'}.`;
    case 'remove-grant':
      return `Take ${grant?.scope ?? 'a grant'} on ${grant?.target ?? 'its target'} away from ${identityName}.`;
    case 'hand-over':
      return `Hand ${identityName} over to somebody else.`;
  }
}

/** Why it failed, in words that say what to do next. */
export function failureWordsOf(failure: string, evidence: Readonly<Record<string, unknown>> | null): string {
  const remains = Array.isArray(evidence?.['remains']) ? evidence['remains'].join(', ') : '';
  const words = WORDS[failure] ?? `It failed with the code ${failure}: see what is wrong there, then try again.`;
  return remains === '' ? words : words.replace('{remains}', remains);
}

const WORDS: Readonly<Record<string, string>> = {
  access_refused: 'The target does not let Muster in: have its URL given anew, then try again.',
  account_not_found: 'Nobody says any more which account there is its: say so anew, then try again, or except this.',
  account_reserved: 'The account is the one that Muster itself works as: give Muster another, then try again.',
  credentials_live: 'Something that was issued to it is still valid: try again.',
  custodian_not_live: 'Whoever was to answer for it has left: decide anew in the next review, or except this.',
  custodian_missing:
    'Nobody could be its backup custodian beside whoever takes it over: hand it over by hand, then try again.',
  egress_address_refused: 'The target’s address is not public: an administrator can consent to it, then try again.',
  granted_on: 'It was handed on to others: on the target, take it from those first, then try again.',
  not_permitted: 'Muster’s role on the target may not do that: see what the target’s check says, then try again.',
  object_unknown:
    'The target has nothing of that name, so nobody can see that it is gone: correct the grant, or except this.',
  scope_not_understood:
    'The target does not understand the grant’s scope: take it away there by hand, and except this.',
  still_held_through: 'The account still has it through {remains}: take it away there, then try again.',
  still_open: 'The account is still open ({remains}): close it there, then try again.',
  target_busy: 'The target was too slow: try again later.',
  target_disabled: 'The target is disabled: have an administrator make it active again, then try again.',
  target_unreachable: 'The target cannot be reached: see that it runs, then try again.',
  target_untrusted: 'The target does not prove its name: see its certificate, then try again.',
};
