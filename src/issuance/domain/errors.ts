import { errorsOf } from '../../kernel/index.js';

/**
 * Every way issuance refuses. What stands in an identity's way (`identity_suspended`, `handover_overdue` and the like)
 * is told only to a caller who has proved to be that identity (ATT-2).
 */
export class IssuanceError extends errorsOf('IssuanceError', {
  authority_unavailable: 'unavailable',
  certificate_expired: 'gone',
  certificate_not_found: 'not-found',
  certificate_revoked: 'forbidden',
  certificate_unknown: 'unauthenticated',
  certificate_untrusted: 'unauthenticated',
  crl_not_found: 'not-found',
  custody_incomplete: 'forbidden',
  dns_name_refused: 'forbidden',
  feed_not_granted: 'forbidden',
  feed_position_unknown: 'invalid',
  handover_overdue: 'forbidden',
  identity_pending: 'forbidden',
  identity_retired: 'forbidden',
  identity_suspended: 'forbidden',
  name_mismatch: 'forbidden',
  no_custodian: 'forbidden',
  not_its_custodian: 'forbidden',
  profile_not_found: 'not-found',
  receipt_not_found: 'not-found',
  review_overdue: 'forbidden',
  risk_analysis_expired: 'forbidden',
  signature_unverified: 'unavailable',
  standing_changed: 'conflict',
  support_expired: 'forbidden',
  template_refused: 'unavailable',
  token_invalid: 'unauthenticated',
  token_not_bound: 'unauthenticated',
}) {}

export type IssuanceCode = keyof typeof IssuanceError.kinds;
