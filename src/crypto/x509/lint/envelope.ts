import { CryptoError } from '../../errors.js';
import { parsePublicKey } from '../public-key.js';
import { demand, type Finding, finding } from './finding.js';
import type { LintContext } from './context.js';
import { encoded, isAuthority, type LintSubject } from './subject.js';

const MIN_SERIAL_BITS = 64;
const MAX_SERIAL_OCTETS = 20;
const OUR_ALGORITHMS: ReadonlySet<string> = new Set(['1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.3.101.112']);
const GENERALIZED_FROM = Date.UTC(2050, 0, 1);

/** Version, serial number, algorithm, unique identifiers (RFC 5280 §4.1.2). */
export function lintEnvelope({ tbs }: LintSubject): Finding[] {
  const serial = Buffer.from(tbs.serialNumber);
  const bits = serial.toString('hex').replace(/^0+/, '').length * 4;
  return [
    ...demand(Number(tbs.version) === 2, 'version_not_3', 'A certificate with extensions is of version 3.'),
    ...demand(serial[0]! < 0x80 && bits > 0, 'serial_not_positive', 'A serial number is positive (§4.1.2.2).'),
    ...demand(
      serial.length <= MAX_SERIAL_OCTETS,
      'serial_too_long',
      'A serial number has at most 20 octets (§4.1.2.2).',
    ),
    ...demand(bits >= MIN_SERIAL_BITS, 'serial_too_short', 'A serial number has 64 random bits or more (BR §7.1).'),
    ...demand(
      OUR_ALGORITHMS.has(tbs.signature.algorithm) && tbs.signature.parameters === undefined,
      'signature_algorithm_refused',
      'Authorities sign with ECDSA and SHA-256 or SHA-384, or with Ed25519.',
    ),
    ...demand(!tbs.issuerUniqueID && !tbs.subjectUniqueID, 'unique_id_present', 'Unique ids are not used (§4.1.2.8).'),
  ];
}

/** Validity in order, in the right form, within the profile and the issuer (RFC 5280 §4.1.2.5). */
export function lintValidity({ tbs }: LintSubject, { maxLifetimeSeconds, issuer }: LintContext): Finding[] {
  const { notBefore, notAfter } = tbs.validity;
  const [from, to] = [notBefore.getTime().getTime(), notAfter.getTime().getTime()];
  const wellFormed = [notBefore, notAfter].every((time) =>
    time.getTime().getTime() >= GENERALIZED_FROM ? time.generalTime : time.utcTime,
  );
  const seconds = (to - from) / 1000;
  return [
    ...demand(from < to, 'validity_order_wrong', 'The end of validity lies after its beginning.'),
    ...demand(wellFormed, 'time_form_wrong', 'Times are UTCTime until 2049 and GeneralizedTime after (§4.1.2.5).'),
    ...demand(
      seconds <= (maxLifetimeSeconds ?? Infinity),
      'lifetime_too_long',
      'The profile allows a shorter lifetime.',
    ),
    ...demand(!issuer || to <= issuer.notAfter.getTime(), 'validity_beyond_issuer', 'It would outlive its issuer.'),
  ];
}

/** Issuer and subject (RFC 5280 §4.1.2.4, §4.1.2.6): authorities have a name, leaves are named by alternative names. */
export function lintParties(subject: LintSubject, { issuer }: LintContext): Finding[] {
  const { tbs } = subject;
  const [issuerDer, subjectDer] = [encoded(tbs.issuer), encoded(tbs.subject)];
  const selfSigned = issuerDer.equals(subjectDer);
  return [
    ...demand(tbs.issuer.length > 0, 'issuer_empty', 'An issuer has a name.'),
    ...demand(!issuer || issuerDer.equals(issuer.nameDer), 'issuer_mismatch', 'The issuer is another authority.'),
    ...demand(selfSigned === (subject.kind === 'root'), 'issuer_mismatch', 'A root alone is its own issuer.'),
    ...demand(
      tbs.subject.length > 0 === isAuthority(subject),
      'subject_wrong',
      'Authorities alone have a subject name.',
    ),
  ];
}

export function lintKey({ tbs }: LintSubject): Finding[] {
  try {
    parsePublicKey(encoded(tbs.subjectPublicKeyInfo));
    return [];
  } catch (error) {
    if (error instanceof CryptoError) return [finding('key_refused', error.message)];
    throw error;
  }
}
