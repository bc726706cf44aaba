import type { CertificateKind } from './certificate-template.js';
import type { LintContext } from './lint/context.js';
import { lintEnvelope, lintKey, lintParties, lintValidity } from './lint/envelope.js';
import { lintAuthority, lintExtensionSet, lintKeyIdentifiers, lintPointers, lintPurposes } from './lint/extensions.js';
import { type Finding, finding } from './lint/finding.js';
import { lintNames } from './lint/names.js';
import { encoded, type LintSubject, lintSubject } from './lint/subject.js';

/**
 * Refuses a to-be-signed certificate that leaves RFC 5280, SPIFFE's X509-SVID or the profile of its kind.
 *
 * It reads the very bytes that will be signed with a parser that shares nothing with the encoder, so that a fault in
 * either shows. Everything that the profile does not name is refused.
 *
 * @param tbs TBSCertificate, DER
 * @returns findings; none means that it may be signed
 */
export function lintCertificate(tbs: Buffer, kind: CertificateKind, context: LintContext = {}): readonly Finding[] {
  try {
    const subject = lintSubject(kind, tbs);
    if (!encoded(subject.tbs).equals(tbs)) return [finding('der_not_canonical', 'Another encoding says the same.')];
    return lintAll(subject, context);
  } catch (error) {
    return [finding('der_malformed', `These bytes cannot be read: ${(error as Error).message}`)];
  }
}

function lintAll(subject: LintSubject, context: LintContext): Finding[] {
  return [
    ...lintEnvelope(subject),
    ...lintValidity(subject, context),
    ...lintParties(subject, context),
    ...lintKey(subject),
    ...lintExtensionSet(subject),
    ...lintAuthority(subject),
    ...lintPurposes(subject),
    ...lintNames(subject, context),
    ...lintKeyIdentifiers(subject, context),
    ...lintPointers(subject),
  ];
}
