import { Problem } from '../service/problem.js';

/** Why the service sends a browser back from the firm's provider without a session: it tells by a code in the address. */
const WORDS: ReadonlyMap<string, string> = new Map([
  [
    'single_sign_on_unavailable',
    'Single sign-on does not work now: it is not set up, or the provider does not answer. Sign in another way, or try again later.',
  ],
  [
    'single_sign_on_refused',
    'The provider did not let you in, or its answer could not be trusted. Try again; if it happens again, tell an administrator.',
  ],
  [
    'single_sign_on_unknown',
    'Nobody here is known by this account. Ask an administrator to invite the e-mail address that the provider has verified.',
  ],
  ['ceremony_over', 'This took too long, was answered already, or began in another browser. Begin again here.'],
  [
    'email_invalid',
    'The provider names an e-mail address that Muster cannot read. Ask an administrator to have it corrected there.',
  ],
  ['rate_limited', 'Too many attempts to sign in have failed. Wait a minute, then try again.'],
]);

/** What to show for a code in the address, which anybody can write there: one that is not known is not repeated. */
export function returnProblem(code: string): Problem {
  const words = WORDS.get(code);
  return words === undefined
    ? new Problem(0, 'sign_in_refused', 'The sign-in did not go through. Try again, or sign in another way.', '')
    : new Problem(0, code, words, '');
}
