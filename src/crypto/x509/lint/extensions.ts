import { createHash } from 'node:crypto';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  CRLDistributionPoints,
  ExtendedKeyUsage,
  KeyUsage,
  SubjectKeyIdentifier,
} from '@peculiar/asn1-x509';
import type { CertificateKind } from '../certificate-template.js';
import type { LintContext } from './context.js';
import { demand, type Finding } from './finding.js';
import { extensionValue, isAuthority, type LintSubject } from './subject.js';

const [SKI, KEY_USAGE, SAN, BASIC, CRL_POINTS, POLICIES, AKI, EXTENDED] = [
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.35',
  '2.5.29.37',
] as const;

/** Whether each extension that a certificate of ours may bear is critical. */
const CRITICAL: Readonly<Record<string, boolean>> = {
  [SKI]: false,
  [KEY_USAGE]: true,
  [SAN]: true,
  [BASIC]: true,
  [CRL_POINTS]: false,
  [POLICIES]: false,
  [AKI]: false,
  [EXTENDED]: false,
};

const LEAF = [SKI, KEY_USAGE, SAN, BASIC, AKI, EXTENDED];
const AUTHORITY = [SKI, KEY_USAGE, BASIC, AKI];
const REQUIRED: Readonly<Record<CertificateKind, readonly string[]>> = {
  'x509-svid': LEAF,
  'tls-server': LEAF,
  'issuing-authority': AUTHORITY,
  root: AUTHORITY,
};
const OPTIONAL: Readonly<Record<CertificateKind, readonly string[]>> = {
  'x509-svid': [CRL_POINTS, POLICIES],
  'tls-server': [CRL_POINTS, POLICIES],
  'issuing-authority': [CRL_POINTS, POLICIES],
  root: [],
};

/** Which extensions there are, each once, and whether they are critical. Nothing that the profile does not name. */
export function lintExtensionSet({ kind, extensions }: LintSubject): Finding[] {
  const present = extensions.map(({ extnID }) => extnID);
  const allowed = new Set([...REQUIRED[kind], ...OPTIONAL[kind]]);
  const missing = REQUIRED[kind].filter((oid) => !present.includes(oid));
  const wrong = extensions.filter(({ extnID, critical }) => allowed.has(extnID) && CRITICAL[extnID] !== critical);
  return [
    ...demand(new Set(present).size === present.length, 'extension_duplicate', 'An extension is there twice (§4.2).'),
    ...present
      .filter((oid) => !allowed.has(oid))
      .flatMap((oid) => demand(false, 'extension_unexpected', `The profile has no extension ${oid}.`)),
    ...missing.flatMap((oid) => demand(false, 'extension_missing', `The extension ${oid} is missing.`)),
    ...wrong.flatMap(({ extnID }) =>
      demand(
        false,
        'extension_criticality_wrong',
        `The extension ${extnID} is ${CRITICAL[extnID] ? '' : 'not '}critical.`,
      ),
    ),
  ];
}

/** Who may sign what (RFC 5280 §4.2.1.3, §4.2.1.9; X509-SVID §4.1, §4.3). */
export function lintAuthority(subject: LintSubject): Finding[] {
  const basic = extensionValue(subject, BASIC, BasicConstraints);
  const usage = extensionValue(subject, KEY_USAGE, KeyUsage)?.toJSON() ?? [];
  if (!isAuthority(subject))
    return [
      ...demand(basic?.cA === false && basic.pathLenConstraint === undefined, 'leaf_is_authority', 'cA must be false.'),
      ...demand(usage.join() === 'digitalSignature', 'key_usage_wrong', 'A leaf signs handshakes and nothing else.'),
    ];
  const pathLength = subject.kind === 'root' ? undefined : 0;
  return [
    ...demand(basic?.cA === true, 'authority_constraint_missing', 'cA must be true.'),
    ...demand(
      basic?.pathLenConstraint === pathLength,
      'authority_constraint_missing',
      'No authority stands below one.',
    ),
    ...demand(
      usage.toSorted().join() === 'crlSign,keyCertSign',
      'key_usage_wrong',
      'An authority signs certificates and revocation lists and nothing else.',
    ),
  ];
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

export function lintPurposes(subject: LintSubject): Finding[] {
  if (isAuthority(subject)) return [];
  const purposes = [...(extensionValue(subject, EXTENDED, ExtendedKeyUsage) ?? [])];
  const expected = subject.kind === 'x509-svid' ? [SERVER_AUTH, CLIENT_AUTH] : [SERVER_AUTH];
  const right = purposes.toSorted().join() === expected.toSorted().join();
  return demand(right, 'extended_key_usage_wrong', `The purposes are exactly ${expected.join(' and ')}.`);
}

/** RFC 5280 §4.2.1.1 and §4.2.1.2: its own key, and the issuer's, by identifier alone. */
export function lintKeyIdentifiers(subject: LintSubject, { issuer }: LintContext): Finding[] {
  const own = extensionValue(subject, SKI, SubjectKeyIdentifier);
  const authority = extensionValue(subject, AKI, AuthorityKeyIdentifier);
  const keyId = createHash('sha1').update(Buffer.from(subject.tbs.subjectPublicKeyInfo.subjectPublicKey)).digest();
  const signer = subject.kind === 'root' ? keyId : issuer?.keyId;
  const named = authority?.keyIdentifier && Buffer.from(authority.keyIdentifier.buffer);
  const alone = !authority?.authorityCertIssuer && !authority?.authorityCertSerialNumber;
  return [
    ...demand(
      !own || keyId.equals(Buffer.from(own.buffer)),
      'key_identifier_wrong',
      'It names another key than its own.',
    ),
    ...demand(
      named !== undefined && alone && (!signer || named.equals(signer)),
      'key_identifier_wrong',
      'It names another key than its signer, or not by identifier alone.',
    ),
  ];
}

/** RFC 5280 §4.2.1.13: one place, by URL alone, so that the list is the issuer's own and complete. */
export function lintPointers(subject: LintSubject): Finding[] {
  const points = extensionValue(subject, CRL_POINTS, CRLDistributionPoints);
  if (!points) return [];
  const [point, ...more] = [...points];
  const urls = point?.distributionPoint?.fullName?.map((name) => name.uniformResourceIdentifier) ?? [];
  const wellFormed = more.length === 0 && urls.length === 1 && /^https?:\/\//.test(urls[0] ?? '');
  const alone = !point?.reasons && !point?.cRLIssuer;
  return demand(wellFormed && alone, 'crl_pointer_malformed', 'A revocation list is at one http or https URL.');
}
