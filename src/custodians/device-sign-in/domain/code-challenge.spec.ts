import { describe, expect, it } from '@jest/globals';
import { verifies } from './code-challenge.js';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

describe('a code verifier', () => {
  it('fits its challenge (RFC 7636, Appendix B)', () => expect(verifies(VERIFIER, CHALLENGE)).toBe(true));

  it.each([
    ['another verifier', `e${VERIFIER.slice(1)}`, CHALLENGE],
    ['another challenge', VERIFIER, `F${CHALLENGE.slice(1)}`],
    ['the challenge itself, as with `plain`', CHALLENGE, CHALLENGE],
    ['a short verifier (§4.1)', VERIFIER.slice(1), CHALLENGE],
    ['a long one', 'a'.repeat(129), CHALLENGE],
    ['a character that is not allowed', `${VERIFIER.slice(1)}+`, CHALLENGE],
    ['nothing', '', CHALLENGE],
    ['half a challenge', VERIFIER, CHALLENGE.slice(0, 20)],
  ])('does not fit: %s', (_what, verifier, challenge) => expect(verifies(verifier, challenge)).toBe(false));
});
