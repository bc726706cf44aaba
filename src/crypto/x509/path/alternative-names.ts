import { SpiffeId } from '../../spiffe-id.js';
import type { GeneralName } from '../general-name.js';
import { isDnsName, isHostName } from './host-name.js';
import type { Link } from './link.js';
import { nonconforming, type Refusal } from './refusal.js';

const LOCAL_PART = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/;

/** RFC 5280 §4.2.1.6: alternative names are well-formed, or a constraint on them would mean nothing. */
export function checkAlternativeNames({ certificate: { values } }: Link): Refusal | undefined {
  const wrong = values.subjectAltNames?.find((name) => !isWellFormed(name));
  return wrong && nonconforming(`An alternative name of kind ${wrong.kind} is malformed (§4.2.1.6).`);
}

function isWellFormed(name: GeneralName): boolean {
  switch (name.kind) {
    case 'dns':
      return isDnsName(name.value);
    case 'email':
      return isMailbox(name.value);
    case 'ip':
      return name.octets.length === 4 || name.octets.length === 16;
    case 'uri':
      return isUri(name.value);
    case 'directory':
    case 'other':
      return true;
  }
}

/** A Mailbox without quoting (RFC 5321 §4.1.2). */
export function isMailbox(text: string): boolean {
  const [local, domain, ...more] = text.split('@');
  return more.length === 0 && domain !== undefined && LOCAL_PART.test(local!) && isHostName(domain);
}

/** RFC 5280 §4.2.1.6: absolute, with scheme and what belongs to it; a SPIFFE ID must be one. */
function isUri(text: string): boolean {
  return text.startsWith('spiffe:') ? SpiffeId.tryParse(text) !== undefined : URL.canParse(text);
}
