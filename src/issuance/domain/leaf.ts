import {
  assembleSigned,
  type AuthorityReference,
  type Certificate,
  encodeTbs,
  type Finding,
  issuingAlgorithm,
  type LintContext,
  lintCertificate,
  parseCertificate,
  parsePublicKey,
  type ServerTemplate,
  type SvidTemplate,
} from '../../crypto/index.js';
import type { Authority } from './authority.js';
import { IssuanceError } from './errors.js';
import { backdateSeconds } from './lifetime.js';
import type { Profile } from './profile.js';

export type LeafTemplate = Omit<SvidTemplate, 'issuer'> | Omit<ServerTemplate, 'issuer'>;

/**
 * The exact bytes to be signed for a leaf: built from its template, then looked at by the linter, which shares nothing
 * with the builder (ISS-7).
 *
 * @throws IssuanceError `template_refused`; CryptoError `template_invalid`
 */
export function composeLeaf(
  template: LeafTemplate,
  authority: Authority,
  profile: Profile,
  trustDomain: string,
): Buffer {
  const issuer = parseCertificate(authority.certificate);
  const tbs = encodeTbs({ ...template, issuer: referenceTo(issuer) });
  const findings = lintLeaf(tbs, issuer, profile, trustDomain);
  if (findings.length > 0)
    throw new IssuanceError('template_refused', 'This certificate may not be made. Tell your operator.', {
      cause: new Error(findings.map(({ code, message }) => `${code}: ${message}`).join('; ')),
    });
  return tbs;
}

/** What is wrong with bytes that are about to be signed by this issuer under this profile; empty when nothing is. */
export function lintLeaf(tbs: Buffer, issuer: Certificate, profile: Profile, trustDomain: string): readonly Finding[] {
  const context: LintContext = {
    trustDomain,
    maxLifetimeSeconds: profile.maxTtlSeconds + backdateSeconds(profile),
    issuer: { ...referenceTo(issuer), notAfter: issuer.notAfter },
  };
  return lintCertificate(tbs, profile.kind === 'service' ? 'tls-server' : 'x509-svid', context);
}

/** An authority as the certificates below it name it. */
export function referenceTo(authority: Certificate): AuthorityReference {
  const { kind } = parsePublicKey(authority.spki);
  const keyId = authority.values.subjectKeyId;
  if (kind === 'rsa' || !keyId)
    throw new IssuanceError('authority_unavailable', 'The authority cannot issue. Tell your operator.');
  return { nameDer: authority.subject.der, keyId, algorithm: issuingAlgorithm(kind) };
}

/** Reads bytes that are recorded to be signed as the certificate they will be; its signature is not there yet. */
export function readTbs(tbs: Buffer): Certificate {
  return parseCertificate(assembleSigned(tbs, 'ecdsa-sha256', Buffer.alloc(1)));
}

/** The DNS names that a recorded certificate bears. */
export function dnsNamesOf(tbs: Buffer): readonly string[] {
  const names = readTbs(tbs).values.subjectAltNames ?? [];
  return names.flatMap((name) => (name.kind === 'dns' ? [name.value] : []));
}
