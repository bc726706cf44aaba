import type { CertificateList } from '../crl.js';
import { parseSignatureAlgorithm, verifies } from '../signature.js';
import { checkAlternativeNames } from './alternative-names.js';
import { checkForm } from './certificate-form.js';
import type { Link } from './link.js';
import { checkConstraintForm, NameSpace } from './name-constraints.js';
import { checkPeerNames, type PeerName } from './peer-name.js';
import { firstRefusal, type Refusal, refuse } from './refusal.js';
import { checkRevocation } from './revocation.js';
import type { PathRules } from './rules.js';
import { checkUsage, type Usage } from './usage.js';
import { checkValidity } from './validity.js';
import { checkCommonName, checkWebPkiForm } from './webpki-form.js';
import type { Work } from './work.js';

/** What a path is asked for. */
export interface PathTerms {
  readonly at: Date;
  readonly usage: Usage;
  readonly rules: PathRules;
  readonly commonName: 'ignored' | 'repeats-a-name';
  readonly peerNames: readonly PeerName[];
  readonly crls: readonly CertificateList[];
  readonly requireCrl: boolean;
  /** Intermediates that are not self-issued. */
  readonly maxIntermediates: number;
  readonly work: Work;
}

/** What can be said of one certificate in its place without the rest of the path. */
export function checkLink(link: Link, terms: PathTerms): Refusal | undefined {
  return firstRefusal(
    () => checkForm(link, terms.rules),
    () => checkValidity(link.certificate, terms.at),
    () => checkAlternativeNames(link),
    () => checkConstraintForm(link),
    () => checkUsage(link, terms.usage),
    () => (terms.rules === 'webpki' ? checkWebPkiForm(link) : undefined),
    () => (link.place === 'leaf' ? checkLeafNames(link, terms) : undefined),
  );
}

function checkLeafNames(link: Link, { peerNames, commonName }: PathTerms): Refusal | undefined {
  const refusal = checkPeerNames(link.certificate, peerNames);
  return refusal ?? (commonName === 'repeats-a-name' ? checkCommonName(link) : undefined);
}

/** Whether the issuer's key made the certificate's signature (RFC 5280 §6.1.3 (a)(1)). */
export function checkSignature({ certificate }: Link, issuer: Link, work: Work): Refusal | undefined {
  if (issuer.key instanceof Error) return refuse('key_refused', issuer.key.message);
  const algorithm = parseSignatureAlgorithm(certificate.signatureAlgorithm);
  if (!algorithm) return refuse('signature_invalid', 'A certificate is signed by an algorithm that is not accepted.');
  work.spendSignature();
  if (verifies(issuer.key, algorithm, certificate.tbs, certificate.signature)) return undefined;
  return refuse('signature_invalid', 'The signature of a certificate does not hold (§6.1.3).');
}

/**
 * What only the whole path shows: its length, the names that each authority leaves to those below it, and revocation.
 *
 * @param path from leaf to root, each signed by the next
 */
export function checkPath(path: readonly Link[], terms: PathTerms): Refusal | undefined {
  return firstRefusal(
    () => checkPathLengths(path),
    () => checkNameConstraints(path, terms.work),
    () => checkRevocations(path, terms),
  );
}

/** RFC 5280 §4.2.1.9: at most so many intermediates that are not self-issued stand between an authority and the leaf. */
function checkPathLengths(path: readonly Link[]): Refusal | undefined {
  let below = 0;
  for (const { certificate, place, selfIssued } of path) {
    if (place === 'leaf') continue;
    const { pathLength } = certificate.values.basicConstraints!;
    if (pathLength !== undefined && below > pathLength)
      return refuse('path_too_long', 'More authorities stand below one than it allows (§4.2.1.9).');
    if (!selfIssued) below += 1;
  }
  return undefined;
}

function checkNameConstraints(path: readonly Link[], work: Work): Refusal | undefined {
  let space = NameSpace.unconstrained;
  for (const link of path.toReversed()) {
    const refusal = space.check(link, work);
    if (refusal) return refusal;
    space = space.below(link);
  }
  return undefined;
}

function checkRevocations(path: readonly Link[], terms: PathTerms): Refusal | undefined {
  return firstRefusal(...path.slice(0, -1).map((link, index) => () => checkRevocation(link, path[index + 1]!, terms)));
}
