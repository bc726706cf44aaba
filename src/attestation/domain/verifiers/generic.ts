import { topClaim, type Verifier } from './verifier.js';

/** Any other issuer. Its immutable claims are not known here: the person who writes the trust pins them by name. */
export const generic: Verifier = {
  requiredPins: [],
  optionalPins: 'any',
  pinForm: /^[\x20-\x7e]{1,255}$/,
  leastPrefix: /^.{12,}/,
  prefixExample: 'org/0a1b2c3d4e/project/*',
  readPin: topClaim,
};
