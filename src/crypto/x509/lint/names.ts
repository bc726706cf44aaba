import { SubjectAlternativeName } from '@peculiar/asn1-x509';
import { SpiffeId } from '../../spiffe-id.js';
import { isDnsName } from '../path/host-name.js';
import type { LintContext } from './context.js';
import { demand, type Finding } from './finding.js';
import { extensionValue, isAuthority, type LintSubject } from './subject.js';

const SUBJECT_ALT_NAME = '2.5.29.17';

/** What a leaf may be called: exactly one SPIFFE ID and host names, or host names and addresses. */
export function lintNames(subject: LintSubject, context: LintContext): Finding[] {
  if (isAuthority(subject)) return [];
  const names = [...(extensionValue(subject, SUBJECT_ALT_NAME, SubjectAlternativeName) ?? [])];
  const uris = names.flatMap(({ uniformResourceIdentifier: uri }) => (uri === undefined ? [] : [uri]));
  const hosts = names.flatMap(({ dNSName: host }) => (host === undefined ? [] : [host]));
  const addresses = names.filter(({ iPAddress }) => iPAddress !== undefined);
  const others = names.length - uris.length - hosts.length - addresses.length;
  const allowed = subject.kind === 'x509-svid' ? addresses.length === 0 : uris.length === 0;
  return [
    ...demand(
      names.length > 0 && others === 0 && allowed,
      'names_wrong',
      'A name is of a kind that the profile lacks.',
    ),
    ...demand(hosts.every(isDnsName), 'names_wrong', 'A DNS name is no host name.'),
    ...(subject.kind === 'x509-svid' ? lintSpiffeId(uris, context) : []),
  ];
}

/** X509-SVID §2: one URI and no other, and it is a SPIFFE ID with a path; of the installation's trust domain. */
function lintSpiffeId(uris: readonly string[], { trustDomain }: LintContext): Finding[] {
  const id = uris.length === 1 ? SpiffeId.tryParse(uris[0]!) : undefined;
  return [
    ...demand(id !== undefined && id.path !== '', 'spiffe_id_wrong', 'A workload has one SPIFFE ID, with a path.'),
    ...demand(
      !id || !trustDomain || id.isMemberOf(trustDomain),
      'trust_domain_wrong',
      'It is of another trust domain.',
    ),
  ];
}
