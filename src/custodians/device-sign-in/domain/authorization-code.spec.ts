import { describe, expect, it } from '@jest/globals';
import { addSeconds } from '../../../kernel/index.js';
import { CODE_LIFE_SECONDS, newAuthorizationCode, spend } from './authorization-code.js';

const AT = new Date('2026-03-02T09:00:00.000Z');
const redirectUri = 'http://127.0.0.1:49152/signed-in';
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const code = newAuthorizationCode(
  {
    id: 'acd_0192f0c1a2b37c4d8e5f60718293a4b5',
    approver: {
      personId: 'per_0192f0c1a2b37c4d8e5f60718293a4b5',
      sessionId: 'ses_0192f0c1a2b37c4d8e5f60718293a4b5',
      acr: 'loa3',
      amr: ['user'],
      proofs: { loa3: AT },
    },
    redirectUri,
    codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  },
  AT,
);
const late = addSeconds(AT, CODE_LIFE_SECONDS);

describe('an authorization code', () => {
  it('is spent by whoever holds the verifier and asked for this redirect', () => {
    expect(spend(code, { redirectUri, codeVerifier }, AT)).toEqual({ ...code, spentAt: AT });
  });

  it.each([
    ['spent', { ...code, spentAt: AT }, { redirectUri, codeVerifier }, AT],
    ['a minute old', code, { redirectUri, codeVerifier }, late],
    ['of another port (RFC 6749 §4.1.3)', code, { redirectUri: 'http://127.0.0.1:49153/signed-in', codeVerifier }, AT],
    ['of another path', code, { redirectUri: `${redirectUri}/`, codeVerifier }, AT],
    [
      'shown with another verifier (RFC 7636 §4.6)',
      code,
      { redirectUri, codeVerifier: `e${codeVerifier.slice(1)}` },
      AT,
    ],
    ['shown without one', code, { redirectUri, codeVerifier: '' }, AT],
  ])('that is %s does not work', (_what, stored, shown, at) => {
    expect(() => spend(stored, shown, at)).toThrow(expect.objectContaining({ code: 'invalid_grant' }));
  });
});
