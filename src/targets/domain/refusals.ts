import { TargetError } from './errors.js';
import type { CredentialName } from './rotating.js';

type Refusal = readonly [TargetError['code'], string];

/** What every kind of system refuses in the same words. */
export const REFUSALS = {
  unreachable: ['target_unreachable', 'The target cannot be reached: see that it runs, then try again.'],
  untrusted: [
    'target_untrusted',
    'The target does not prove its name: see its certificate, and the authorities given for it.',
  ],
  accessRefused: ['access_refused', 'The target does not let Muster in: give its URL anew, with user and password.'],
  notPermitted: ['not_permitted', 'Muster’s account on the target may not do that: see docs/guides/targets.md.'],
  busy: ['target_busy', 'The target was too slow or has no connection left: try again later.'],
  accountUnknown: ['account_unknown', 'The target has no account of that name: make it there, like its pair.'],
  accountInvalid: ['account_invalid', 'The target can have no account of that name: give it as the target calls it.'],
  accountReserved: ['account_reserved', 'That is the account that Muster itself works as: name another.'],
  notLasting: [
    'not_lasting',
    'The target would forget it when it starts anew, or does not hand it on: see docs/guides/targets.md.',
  ],
  notSupported: ['not_supported', 'Targets of this kind have no such thing: do it there by hand, and say so.'],
} as const satisfies Readonly<Record<string, Refusal>>;

export function refused(which: keyof typeof REFUSALS, cause?: string): TargetError {
  const [code, words] = REFUSALS[which];
  return new TargetError(code, words, cause === undefined ? {} : { cause });
}

/** An answer that says nothing else. @param code of the target's own, if it is a code and no words */
export function failed(code: string): TargetError {
  const known = /^[A-Za-z0-9_.-]{1,60}$/.test(code) ? code : 'unknown';
  return new TargetError('target_failed', `The target refused with code ${known}: ask whoever runs it.`, {
    cause: known,
  });
}

/**
 * Refuses to withdraw what is to go on.
 *
 * @throws TargetError `account_in_use`
 */
export function mustDiffer(name: CredentialName, beside: CredentialName | null, pairing: 'accounts' | 'keys'): void {
  if (beside?.account !== name.account) return;
  if (pairing === 'accounts' || beside.keyId === name.keyId)
    throw new TargetError('account_in_use', 'That would end the credential that is to go on: name the other one.');
}
