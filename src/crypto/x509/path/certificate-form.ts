import { EXTENSION, KEY_USAGE } from '../oids.js';
import { isEmptyName } from '../name.js';
import type { Link } from './link.js';
import type { PathRules } from './rules.js';
import { firstRefusal, nonconforming, type Refusal, refuse } from './refusal.js';

const MAX_SERIAL_OCTETS = 20;

/** Extensions whose criticality we can honour; every other critical one means a rule that we do not know. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.keyUsage,
  EXTENSION.basicConstraints,
  EXTENSION.subjectAltName,
  EXTENSION.extKeyUsage,
  EXTENSION.nameConstraints,
  EXTENSION.certificatePolicies,
]);

/** The rules of RFC 5280 §4 for one certificate in its place, whichever path it stands on. */
export function checkForm(link: Link, rules: PathRules): Refusal | undefined {
  return firstRefusal(
    () => checkSerial(link),
    () => checkNames(link),
    () => checkPolicies(link),
    () => checkCritical(link),
    () => checkKeyIdentifiers(link, rules),
    () => checkAuthority(link),
    () => checkConstraints(link, rules),
    () => checkKey(link),
  );
}

/** RFC 5280 §4.1.2.2: positive and at most 20 octets. */
function checkSerial({ certificate: { serial } }: Link): Refusal | undefined {
  if (serial.length > MAX_SERIAL_OCTETS) return nonconforming('A serial number has more than 20 octets (§4.1.2.2).');
  if (serial[0]! >= 0x80 || serial.every((octet) => octet === 0))
    return nonconforming('A serial number is not positive (§4.1.2.2).');
  return undefined;
}

/**
 * RFC 5280 §4.1.2.4 and §4.1.2.6: an issuer has a name, and so has an authority, being one; a subject without a name is
 * named by a critical alternative.
 */
function checkNames({ certificate }: Link): Refusal | undefined {
  if (isEmptyName(certificate.issuer)) return nonconforming('The issuer has no name (§4.1.2.4).');
  if (!isEmptyName(certificate.subject)) return undefined;
  if (!certificate.extensions.get(EXTENSION.subjectAltName)?.critical)
    return nonconforming('The subject is empty and its alternative names are not critical (§4.1.2.6).');
  return undefined;
}

/** Policy constraints are refused rather than half processed: none of our authorities has them (§4.2.1.11, §4.2.1.14). */
function checkPolicies({ certificate: { extensions } }: Link): Refusal | undefined {
  const constrained = [EXTENSION.policyConstraints, EXTENSION.inhibitAnyPolicy].some((oid) => extensions.has(oid));
  return constrained ? refuse('policy_unsupported', 'A certificate constrains policies (§4.2.1.11).') : undefined;
}

function checkCritical({ certificate: { extensions } }: Link): Refusal | undefined {
  const unknown = [...extensions.values()].find(({ critical, oid }) => critical && !UNDERSTOOD.has(oid));
  return unknown && refuse('critical_extension_unknown', `The critical extension ${unknown.oid} is unknown (§4.2).`);
}

/**
 * RFC 5280 §4.2.1.1 and §4.2.1.2: who signed is named by key, unless it signed itself; authorities name their own.
 * Outside RFC 5280's own profile a root need not name a signer that nobody asks for.
 */
function checkKeyIdentifiers(
  { certificate: { values }, place, selfIssued }: Link,
  rules: PathRules,
): Refusal | undefined {
  const needsNoSigner = place === 'root' && (selfIssued || rules === 'webpki');
  const mayOmit = needsNoSigner && values.authorityKeyId === undefined;
  if (!mayOmit && !values.authorityKeyId?.keyId)
    return nonconforming('A certificate does not name the key that signed it (§4.2.1.1).');
  if (place !== 'leaf' && !values.subjectKeyId) return nonconforming('An authority does not name its key (§4.2.1.2).');
  return undefined;
}

/** RFC 5280 §4.2.1.3 and §4.2.1.9: who issues says so, critically; who does not say so does not. */
function checkAuthority({ certificate: { values, extensions }, place }: Link): Refusal | undefined {
  const ca = values.basicConstraints?.ca === true;
  const mayCertify = values.keyUsage?.has(KEY_USAGE.keyCertSign);
  if (place === 'leaf')
    return mayCertify && !ca
      ? nonconforming('The leaf may sign certificates and is no authority (§4.2.1.9).')
      : undefined;
  if (!ca) return refuse('issuer_not_authority', 'An issuer is not an authority (§4.2.1.9).');
  if (!extensions.get(EXTENSION.basicConstraints)!.critical)
    return nonconforming('The basic constraints of an authority are not critical (§4.2.1.9).');
  if (mayCertify === false) return refuse('issuer_not_authority', 'An issuer may not sign certificates (§4.2.1.3).');
  return undefined;
}

/**
 * RFC 5280 §4.2.1.10: name constraints stand in authorities' certificates only, and are critical; from the latter the
 * Baseline Requirements make an exception (BR §7.1.2.5.2).
 */
function checkConstraints({ certificate: { values, extensions } }: Link, rules: PathRules): Refusal | undefined {
  if (!values.nameConstraints) return undefined;
  if (!values.basicConstraints?.ca)
    return nonconforming('A certificate that is no authority constrains names (§4.2.1.10).');
  if (rules === 'rfc5280' && !extensions.get(EXTENSION.nameConstraints)!.critical)
    return nonconforming('Name constraints are not critical (§4.2.1.10).');
  return undefined;
}

function checkKey({ key }: Link): Refusal | undefined {
  return key instanceof Error ? refuse('key_refused', key.message) : undefined;
}
