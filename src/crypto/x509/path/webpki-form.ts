import { formatAddress } from '../address.js';
import type { GeneralName } from '../general-name.js';
import { commonNames, isEmptyName } from '../name.js';
import { EXTENDED_KEY_USAGE, EXTENSION, KEY_USAGE } from '../oids.js';
import type { Link } from './link.js';
import { firstRefusal, nonconforming, type Refusal, refuse } from './refusal.js';

/**
 * What the CA/Browser Forum's Baseline Requirements (BR) ask beyond RFC 5280, of a leaf and of the root above it. Our
 * own certificates satisfy it, so our handshakes demand it.
 */
export function checkWebPkiForm(link: Link): Refusal | undefined {
  if (link.place === 'root')
    return firstRefusal(
      () => checkRootUsage(link),
      () => checkRootKeyIdentifier(link),
    );
  if (link.place === 'intermediate') return undefined;
  return firstRefusal(
    () => checkLeafIsNoAuthority(link),
    () => checkLeafUsage(link),
    () => checkLeafNames(link),
  );
}

/** BR §7.1.2.1.2: a root does not limit purposes. */
function checkRootUsage({ certificate: { values } }: Link): Refusal | undefined {
  return values.extendedKeyUsage && nonconforming('A root has an extended key usage (BR §7.1.2.1.2).');
}

/** BR §7.1.2.1.3: where a root names the key that signed it, it names its own, by identifier alone. */
function checkRootKeyIdentifier({ certificate: { values }, selfIssued }: Link): Refusal | undefined {
  const { authorityKeyId, subjectKeyId } = values;
  if (!authorityKeyId || !selfIssued) return undefined;
  const own = subjectKeyId && authorityKeyId.keyId?.equals(subjectKeyId) && !authorityKeyId.namesIssuer;
  return own ? undefined : nonconforming('A root names another key than its own as its signer (BR §7.1.2.1.3).');
}

/** BR §7.1.2.7.8. */
function checkLeafIsNoAuthority({ certificate: { values } }: Link): Refusal | undefined {
  return values.basicConstraints?.ca ? nonconforming('The leaf is an authority (BR §7.1.2.7.8).') : undefined;
}

/** BR §7.1.2.7.6 and §7.1.2.7.11: purposes are named, never any, and not critical; signing is among the uses. */
function checkLeafUsage({ certificate: { values, extensions } }: Link): Refusal | undefined {
  if (!values.extendedKeyUsage)
    return refuse('extended_key_usage_missing', 'The leaf names no purpose (BR §7.1.2.7.6).');
  if (values.extendedKeyUsage.includes(EXTENDED_KEY_USAGE.any) || extensions.get(EXTENSION.extKeyUsage)!.critical)
    return nonconforming('The leaf names any purpose, or does so critically (BR §7.1.2.7.6).');
  if (values.keyUsage && !values.keyUsage.has(KEY_USAGE.digitalSignature))
    return nonconforming('The leaf may not sign, so it cannot shake hands (BR §7.1.2.7.11).');
  return undefined;
}

/** BR §7.1.2.7.12: there are alternative names, critical exactly where the subject is empty. */
function checkLeafNames({ certificate: { subject, extensions } }: Link): Refusal | undefined {
  const names = extensions.get(EXTENSION.subjectAltName);
  if (!names) return nonconforming('The leaf has no alternative name (BR §7.1.2.7.12).');
  if (names.critical !== isEmptyName(subject))
    return nonconforming('Alternative names are critical beside a subject (BR §7.1.2.7.12).');
  return undefined;
}

/** BR §7.1.4.3: a common name repeats one of the alternative names, character for character. */
export function checkCommonName({ certificate: { subject, values } }: Link): Refusal | undefined {
  const texts = new Set((values.subjectAltNames ?? []).map(textOf));
  const stray = commonNames(subject).find((name) => !texts.has(name));
  return stray === undefined ? undefined : nonconforming('The common name is no alternative name (BR §7.1.4.3).');
}

function textOf(name: GeneralName): string | undefined {
  if (name.kind === 'ip') return formatAddress(name.octets);
  return name.kind === 'dns' || name.kind === 'email' || name.kind === 'uri' ? name.value : undefined;
}
