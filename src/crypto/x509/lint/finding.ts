/** Every reason for which the linter refuses what is about to be signed. Codes are stable. */
export type LintCode =
  | 'authority_constraint_missing'
  | 'crl_pointer_malformed'
  | 'der_malformed'
  | 'der_not_canonical'
  | 'extended_key_usage_wrong'
  | 'extension_criticality_wrong'
  | 'extension_duplicate'
  | 'extension_missing'
  | 'extension_unexpected'
  | 'issuer_empty'
  | 'issuer_mismatch'
  | 'key_identifier_wrong'
  | 'key_refused'
  | 'key_usage_wrong'
  | 'leaf_is_authority'
  | 'lifetime_too_long'
  | 'names_wrong'
  | 'serial_not_positive'
  | 'serial_too_long'
  | 'serial_too_short'
  | 'signature_algorithm_refused'
  | 'spiffe_id_wrong'
  | 'subject_wrong'
  | 'time_form_wrong'
  | 'trust_domain_wrong'
  | 'unique_id_present'
  | 'validity_beyond_issuer'
  | 'validity_order_wrong'
  | 'version_not_3';

export interface Finding {
  readonly code: LintCode;
  readonly message: string;
}

export function finding(code: LintCode, message: string): Finding {
  return { code, message };
}

/** A rule's verdict as a list: empty when what is demanded holds. */
export function demand(holds: boolean, code: LintCode, message: string): Finding[] {
  return holds ? [] : [finding(code, message)];
}
