/** Every way a chain is refused. */
export type PathCode =
  | 'certificate_malformed'
  | 'certificate_nonconforming'
  | 'certificate_not_yet_valid'
  | 'certificate_expired'
  | 'certificate_revoked'
  | 'crl_invalid'
  | 'crl_missing'
  | 'critical_extension_unknown'
  | 'extended_key_usage_missing'
  | 'issuer_not_authority'
  | 'issuer_unknown'
  | 'key_refused'
  | 'name_constraint_malformed'
  | 'name_constraint_violated'
  | 'path_too_long'
  | 'peer_name_mismatch'
  | 'policy_unsupported'
  | 'signature_invalid'
  | 'work_exceeded';

/** Why one chain was refused. A value, not an error: a verifier's no is an answer. */
export interface Refusal {
  readonly code: PathCode;
  /** For logs and operators; names the rule's section. */
  readonly reason: string;
}

export function refuse(code: PathCode, reason: string): Refusal {
  return { code, reason };
}

/** A certificate that no conforming authority makes. */
export function nonconforming(reason: string): Refusal {
  return refuse('certificate_nonconforming', reason);
}

/** The first refusal of a list of checks, each made only when those before it passed. */
export function firstRefusal(...checks: readonly (() => Refusal | undefined)[]): Refusal | undefined {
  for (const check of checks) {
    const refusal = check();
    if (refusal) return refusal;
  }
  return undefined;
}
