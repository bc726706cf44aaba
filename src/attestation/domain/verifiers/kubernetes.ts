import type { Json } from '../../../kernel/index.js';
import type { JsonObject } from '../strict-json.js';
import { topClaim, type Verifier } from './verifier.js';

const UID = 'service_account_uid';

/**
 * Kubernetes bound service-account tokens (kubernetes.io, "Managing Service Accounts"): `sub` is
 * `system:serviceaccount:<namespace>:<name>`; whoever may delete and create the account again keeps the name, not the uid.
 */
export const kubernetes: Verifier = {
  requiredPins: [UID],
  optionalPins: [],
  pinForm: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  leastPrefix: /^system:serviceaccount:[^:*]+:/,
  prefixExample: 'system:serviceaccount:payments:*',
  readPin: (claims) => memberOf(memberOf(topClaim(claims, 'kubernetes.io'), 'serviceaccount'), 'uid'),
};

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return topClaim(value as JsonObject, name);
}
