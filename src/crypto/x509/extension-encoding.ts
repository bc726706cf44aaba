import { contextConstructed, contextPrimitive } from '../der/tags.js';
import { encode, namedBitList, octetString, oid, sequence, TRUE, unsignedInteger } from '../der/writer.js';
import { CryptoError } from '../errors.js';
import { parseAddress } from './address.js';
import type { CertificateTemplate, ServerTemplate, SvidTemplate } from './certificate-template.js';
import { encodeDns, encodeIp, encodeUri } from './general-name.js';
import { EXTENDED_KEY_USAGE, EXTENSION, KEY_USAGE } from './oids.js';
import { isDnsName } from './path/host-name.js';

const LEAF_KEY_USAGE = [KEY_USAGE.digitalSignature];
const AUTHORITY_KEY_USAGE = [KEY_USAGE.keyCertSign, KEY_USAGE.cRLSign];
const MAX_ALTERNATIVE_NAMES = 64;

/** Key identifiers of the certificate's own key and of the key that signs it. */
export interface KeyIds {
  readonly subject: Buffer;
  readonly issuer: Buffer;
}

/** The `Extensions` of a template, in a fixed order. */
export function encodeTemplateExtensions(template: CertificateTemplate, keyIds: KeyIds): Buffer {
  const ca = template.kind === 'root' || template.kind === 'issuing-authority';
  return sequence(
    encodeBasicConstraints(template),
    critical(EXTENSION.keyUsage, namedBitList(ca ? AUTHORITY_KEY_USAGE : LEAF_KEY_USAGE)),
    ...(ca ? [] : encodeLeafOnly(template)),
    plain(EXTENSION.subjectKeyIdentifier, octetString(keyIds.subject)),
    encodeAuthorityKeyId(keyIds.issuer),
    ...(template.kind === 'root' ? [] : encodePointers(template)),
  );
}

function encodeBasicConstraints({ kind }: CertificateTemplate): Buffer {
  if (kind === 'root') return critical(EXTENSION.basicConstraints, sequence(TRUE));
  if (kind === 'issuing-authority')
    return critical(EXTENSION.basicConstraints, sequence(TRUE, unsignedInteger(Buffer.of(0))));
  return critical(EXTENSION.basicConstraints, sequence());
}

function encodeLeafOnly(template: SvidTemplate | ServerTemplate): Buffer[] {
  const purposes =
    template.kind === 'x509-svid'
      ? [EXTENDED_KEY_USAGE.serverAuth, EXTENDED_KEY_USAGE.clientAuth]
      : [EXTENDED_KEY_USAGE.serverAuth];
  return [
    plain(EXTENSION.extKeyUsage, sequence(...purposes.map(oid))),
    critical(EXTENSION.subjectAltName, sequence(...alternativeNames(template))),
  ];
}

function alternativeNames(template: SvidTemplate | ServerTemplate): Buffer[] {
  const dns = template.dnsNames.map((name) => encodeDns(checkDns(name)));
  const names =
    template.kind === 'x509-svid'
      ? [encodeUri(template.spiffeId.toString()), ...dns]
      : [...dns, ...template.addresses.map((address) => encodeIp(parseAddress(address)))];
  if (names.length === 0 || names.length > MAX_ALTERNATIVE_NAMES)
    throw new CryptoError('template_invalid', `A certificate bears 1 to ${MAX_ALTERNATIVE_NAMES} names.`);
  return names;
}

function checkDns(name: string): string {
  if (isDnsName(name) && name === name.toLowerCase()) return name;
  throw new CryptoError('template_invalid', 'A DNS name is a host name in lower case, like api.bank.example.');
}

function encodePointers({ crlUrl, policies = [] }: Exclude<CertificateTemplate, { kind: 'root' }>): Buffer[] {
  const pointers: Buffer[] = [];
  if (crlUrl !== undefined) pointers.push(plain(EXTENSION.crlDistributionPoints, sequence(distributionPoint(crlUrl))));
  if (policies.length > 0)
    pointers.push(plain(EXTENSION.certificatePolicies, sequence(...policies.map((policy) => sequence(oid(policy))))));
  return pointers;
}

/** RFC 5280 §4.2.1.13: a URL alone, so the list is the issuer's own and covers every reason. */
function distributionPoint(url: string): Buffer {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(url) || !URL.canParse(url))
    throw new CryptoError('template_invalid', 'A revocation list is at an http or https URL in plain ASCII.');
  const fullName = encode(contextConstructed(0), encodeUri(url));
  return sequence(encode(contextConstructed(0), fullName));
}

export function encodeAuthorityKeyId(keyId: Buffer): Buffer {
  return plain(EXTENSION.authorityKeyIdentifier, sequence(encode(contextPrimitive(0), keyId)));
}

export function plain(type: string, value: Buffer): Buffer {
  return sequence(oid(type), octetString(value));
}

function critical(type: string, value: Buffer): Buffer {
  return sequence(oid(type), TRUE, octetString(value));
}
