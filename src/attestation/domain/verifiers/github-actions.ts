import { NUMERIC_ID, topClaim, type Verifier } from './verifier.js';

/**
 * GitHub Actions (docs.github.com, "OpenID Connect reference"): `sub` is `repo:acme/payments:ref:refs/heads/main`,
 * made of names that can be renamed, deleted and taken by someone else; the ids stay with the repository and its owner.
 */
export const githubActions: Verifier = {
  requiredPins: ['repository_id', 'repository_owner_id'],
  optionalPins: ['actor_id', 'enterprise_id'],
  pinForm: NUMERIC_ID,
  leastPrefix: /^[^:*]+:[^:*/]+(\/[^:*/]+)?:/,
  prefixExample: 'repo:acme/payments:*',
  readPin: topClaim,
};
