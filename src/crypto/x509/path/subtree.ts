import type { GeneralName } from '../general-name.js';
import { startsWith } from '../name.js';
import { isMailbox } from './alternative-names.js';
import { isHostName, isWithinDomain, wildcardBase } from './host-name.js';

/** Whether every peer that the name can stand for lies in the permitted subtree. What we cannot read does not. */
export function withinSubtree(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'dns' && base.kind === 'dns') {
    const wildcard = wildcardBase(name.value);
    return isWithinDomain(wildcard ?? name.value, base.value);
  }
  return sharesSubtree(name, base) ?? false;
}

/** Whether any peer that the name can stand for lies in the excluded subtree. What we cannot read does. */
export function violates(name: GeneralName, base: GeneralName): boolean {
  if (name.kind === 'dns' && base.kind === 'dns') {
    const wildcard = wildcardBase(name.value);
    if (wildcard === undefined) return isWithinDomain(name.value, base.value);
    return isWithinDomain(wildcard, base.value) || isChildOf(base.value, wildcard);
  }
  return sharesSubtree(name, base) ?? true;
}

/** Whether `*.parent` can stand for the domain (CVE-2025-61727). */
function isChildOf(domain: string, parent: string): boolean {
  return domain.slice(domain.indexOf('.') + 1).toLowerCase() === parent.toLowerCase();
}

/** Undefined where the name cannot be compared with such a subtree at all. */
function sharesSubtree(name: GeneralName, base: GeneralName): boolean | undefined {
  if (name.kind === 'email' && base.kind === 'email') return mailboxWithin(name.value, base.value);
  if (name.kind === 'uri' && base.kind === 'uri') return uriWithin(name.value, base.value);
  if (name.kind === 'ip' && base.kind === 'ip') return addressWithin(name.octets, base.octets);
  if (name.kind === 'directory' && base.kind === 'directory') return startsWith(name.name, base.name);
  return undefined;
}

/** A mailbox, all mailboxes of a host, or with a leading dot of every host below a domain. An asterisk is a letter. */
function mailboxWithin(mailbox: string, base: string): boolean | undefined {
  if (!isMailbox(mailbox)) return undefined;
  const [local, host] = mailbox.split('@') as [string, string];
  if (!base.includes('@')) return hostWithin(host, base);
  const [baseLocal, baseHost] = base.split('@') as [string, string];
  return local === baseLocal && host.toLowerCase() === baseHost.toLowerCase();
}

/** The host of an authority, which must be a name (RFC 5280 §4.2.1.10); of a SPIFFE ID that is its trust domain. */
function uriWithin(uri: string, base: string): boolean | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:@]+)(?::\d*)?(?:[/?#]|$)/i.exec(uri)?.[1];
  return host !== undefined && isHostName(host) ? hostWithin(host, base) : undefined;
}

function hostWithin(host: string, base: string): boolean {
  if (base.startsWith('.')) return host.toLowerCase().endsWith(base.toLowerCase());
  return host.toLowerCase() === base.toLowerCase();
}

function addressWithin(address: Buffer, range: Buffer): boolean | undefined {
  if (address.length * 2 !== range.length) return address.length === 4 || address.length === 16 ? false : undefined;
  const mask = range.subarray(address.length);
  return address.every((octet, index) => (octet & mask[index]!) === (range[index]! & mask[index]!));
}

/** Whether a subtree's base has the form of its kind (RFC 5280 §4.2.1.10). Kinds we do not know are left alone. */
export function isWellFormedConstraint(base: GeneralName): boolean {
  switch (base.kind) {
    case 'dns':
      return base.value === '' || isHostName(base.value);
    case 'email':
      return base.value.includes('@') ? isMailbox(base.value) : isHostOrDomain(base.value);
    case 'uri':
      return isHostOrDomain(base.value);
    case 'ip':
      return isAddressRange(base.octets);
    case 'directory':
    case 'other':
      return true;
  }
}

function isHostOrDomain(text: string): boolean {
  return isHostName(text.startsWith('.') ? text.slice(1) : text);
}

/** Address and mask, and the mask is a prefix (RFC 4632 §3.1). */
function isAddressRange(octets: Buffer): boolean {
  if (octets.length !== 8 && octets.length !== 32) return false;
  const mask = [...octets.subarray(octets.length / 2)].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  return !mask.includes('01');
}
