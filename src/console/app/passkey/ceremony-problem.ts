import { asProblem, Problem } from '../service/problem.js';

/** What browsers throw when a ceremony ends without a passkey (WebAuthn Level 3 §6.3), in words that help. */
const WORDS: Readonly<Record<string, readonly [code: string, words: string]>> = {
  NotAllowedError: [
    'passkey_not_given',
    'No passkey was given: the request was closed, timed out, or this device has none for Muster. Try again, or use another device.',
  ],
  InvalidStateError: ['passkey_exists', 'This authenticator holds a passkey of yours for Muster already.'],
  SecurityError: [
    'passkey_refused',
    'The browser refuses passkeys at this address. They need the public address of Muster and a certificate the browser trusts.',
  ],
  NotSupportedError: ['passkey_unsupported', 'This authenticator cannot make the passkey that Muster asks for.'],
  AbortError: ['passkey_not_given', 'The request for a passkey was ended. Try again.'],
};

/** Whatever a passkey ceremony threw, as something that can be shown. */
export function ceremonyProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const known = thrown instanceof Error ? (WORDS[thrown.name] ?? WORDS[causeName(thrown)]) : undefined;
  return known ? new Problem(0, known[0], known[1], '') : asProblem(thrown);
}

function causeName({ cause }: Error): string {
  return cause instanceof Error ? cause.name : '';
}
