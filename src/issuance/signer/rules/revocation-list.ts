import { assembleSigned, type Certificate, parseCrl } from '../../../crypto/index.js';
import { CRL_LIFE_SECONDS } from '../../domain/revocation.js';
import type { RecordedList } from '../records.js';
import { CLOCK_SKEW_SECONDS, MAX_INTENT_AGE_SECONDS, must } from './intent.js';

/**
 * Whether the recorded bytes are the next revocation list of the authority that is to sign it: its name and key, a
 * number above every one before, and a short life (RFC 5280 §5.1, §5.2.3).
 *
 * @param issuer the authority's certificate
 * @param highest the highest number known to be signed
 * @param at the signer's own clock
 * @throws Refusal `intent_refused`
 */
export function checkList(list: RecordedList, issuer: Certificate, highest: bigint, at: Date): void {
  must(list.ageSeconds <= MAX_INTENT_AGE_SECONDS, list, 'it was recorded too long ago');
  const read = parseCrl(assembleSigned(list.tbs, 'ecdsa-sha256', Buffer.alloc(1)));
  must(read.issuer.der.equals(issuer.subject.der), list, 'it is another authority’s');
  must(
    read.authorityKeyId?.equals(issuer.values.subjectKeyId ?? Buffer.alloc(0)) === true,
    list,
    'it names another key',
  );
  must(read.number === list.number, list, 'its number is not the recorded one');
  must(list.number > highest, list, 'its number does not increase');
  const lifeSeconds = (read.nextUpdate.getTime() - read.thisUpdate.getTime()) / 1000;
  must(lifeSeconds <= CRL_LIFE_SECONDS, list, 'it would be good for too long');
  must(Math.abs(read.thisUpdate.getTime() - at.getTime()) <= CLOCK_SKEW_SECONDS * 1000, list, 'it was not made now');
}
