import { isIP } from 'node:net';
import type { Certificate } from '../certificate.js';
import type { GeneralName } from '../general-name.js';
import { parseAddress } from '../address.js';
import { wildcardBase } from './host-name.js';
import { type Refusal, refuse } from './refusal.js';

/** A name under which the caller expects to find the peer. */
export interface PeerName {
  readonly kind: 'dns' | 'ip' | 'email' | 'uri';
  readonly value: string;
}

/** Whether the leaf bears every one of the expected names. The subject's common name never counts (RFC 9525 §2). */
export function checkPeerNames(leaf: Certificate, expected: readonly PeerName[]): Refusal | undefined {
  const presented = leaf.values.subjectAltNames ?? [];
  const missing = expected.find((name) => !presented.some((shown) => matches(shown, name)));
  return missing && refuse('peer_name_mismatch', `The certificate is not for ${missing.kind}:${missing.value}.`);
}

function matches(shown: GeneralName, expected: PeerName): boolean {
  if (shown.kind === 'ip')
    return expected.kind === 'ip' && isIP(expected.value) !== 0 && shown.octets.equals(parseAddress(expected.value));
  if (shown.kind !== expected.kind) return false;
  if (shown.kind === 'dns') return matchesHost(shown.value, expected.value);
  return shown.value === expected.value;
}

/** RFC 9525 §6.3: label by label without case; a wildcard stands for exactly one whole leftmost label. */
function matchesHost(pattern: string, host: string): boolean {
  const base = wildcardBase(pattern.toLowerCase());
  const name = host.toLowerCase();
  return base === undefined ? pattern.toLowerCase() === name : name.slice(name.indexOf('.') + 1) === base;
}
