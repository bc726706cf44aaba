import type { Certificate } from '../certificate.js';
import { type Refusal, refuse } from './refusal.js';

/** RFC 5280 §4.1.2.5: valid from the first through the last second; the instant is cut down to its second. */
export function checkValidity(certificate: Certificate, at: Date): Refusal | undefined {
  const second = Math.floor(at.getTime() / 1000) * 1000;
  if (!(second >= certificate.notBefore.getTime()))
    return refuse('certificate_not_yet_valid', 'A certificate is not valid yet (§4.1.2.5).');
  if (!(second <= certificate.notAfter.getTime()))
    return refuse('certificate_expired', 'A certificate has expired (§4.1.2.5).');
  return undefined;
}
