import { NUMERIC_ID, topClaim, type Verifier } from './verifier.js';

/**
 * GitLab CI/CD (docs.gitlab.com, "OpenID Connect (OIDC) authentication using ID tokens"): `sub` is
 * `project_path:acme/payments:ref_type:branch:ref:main`; paths can be renamed and taken again, ids cannot.
 */
export const gitlab: Verifier = {
  requiredPins: ['project_id', 'namespace_id'],
  optionalPins: ['user_id'],
  pinForm: NUMERIC_ID,
  leastPrefix: /^[^:*]+:[^:*]+\/[^:*/]+:/,
  prefixExample: 'project_path:acme/payments:*',
  readPin: topClaim,
};
