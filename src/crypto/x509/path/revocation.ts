import type { CertificateList } from '../crl.js';
import { isSignedBy } from '../crl.js';
import { sameName } from '../name.js';
import { EXTENSION, KEY_USAGE } from '../oids.js';
import type { Link } from './link.js';
import { type Refusal, refuse } from './refusal.js';
import type { Work } from './work.js';

/** Critical extensions of a list that narrow it; only complete lists of the issuer itself are understood. */
const UNDERSTOOD: ReadonlySet<string> = new Set([EXTENSION.authorityKeyIdentifier]);

/** RFC 5280 §6.3.3, for complete lists signed by the certificate's own issuer. */
export function checkRevocation(
  subject: Link,
  issuer: Link,
  question: {
    readonly crls: readonly CertificateList[];
    readonly requireCrl: boolean;
    readonly at: Date;
    readonly work: Work;
  },
): Refusal | undefined {
  const lists = question.crls.filter((list) => speaksFor(list, issuer));
  if (lists.length === 0)
    return question.requireCrl
      ? refuse('crl_missing', 'No revocation list of the issuer is at hand (§6.3.3).')
      : undefined;
  for (const list of lists) {
    question.work.spendSignature();
    const refusal = checkList(list, issuer, question.at) ?? checkEntry(list, subject);
    if (refusal) return refusal;
  }
  return undefined;
}

/** By issuer name, and by key where the list names one: after a roll-over two keys share the name. */
function speaksFor(list: CertificateList, { certificate }: Link): boolean {
  const { subjectKeyId } = certificate.values;
  const otherKey = list.authorityKeyId && subjectKeyId && !list.authorityKeyId.equals(subjectKeyId);
  return !otherKey && sameName(list.issuer, certificate.subject);
}

/** A list that does not hold is refused rather than ignored: who can spoil it must not thereby lift a revocation. */
function checkList(list: CertificateList, { certificate, key }: Link, at: Date): Refusal | undefined {
  const { values } = certificate;
  if (values.keyUsage && !values.keyUsage.has(KEY_USAGE.cRLSign))
    return refuse('crl_invalid', 'The issuer may not sign revocation lists (§6.3.3 (f)).');
  if (list.number === undefined) return refuse('crl_invalid', 'A revocation list has no number (§5.2.3).');
  const unknown = [...list.extensions.values()].find(({ critical, oid }) => critical && !UNDERSTOOD.has(oid));
  if (unknown) return refuse('crl_invalid', `The critical extension ${unknown.oid} of a list is unknown (§5.2).`);
  if (list.extensions.has(EXTENSION.deltaCrlIndicator) || list.extensions.has(EXTENSION.issuingDistributionPoint))
    return refuse('crl_invalid', 'A revocation list is not complete (§5.2.4, §5.2.5).');
  if (at < list.thisUpdate || at > list.nextUpdate) return refuse('crl_invalid', 'A revocation list is not current.');
  if (key instanceof Error || !isSignedBy(list, key))
    return refuse('crl_invalid', 'The signature of a revocation list does not hold (§6.3.3 (g)).');
  return undefined;
}

function checkEntry(list: CertificateList, { certificate }: Link): Refusal | undefined {
  const revoked = list.revoked.has(certificate.serial.toString('hex'));
  return revoked ? refuse('certificate_revoked', 'A certificate is revoked (§6.3.3).') : undefined;
}
