import { type Certificate, certificateSpiffeId, parseAddress } from '../../../crypto/index.js';
import { lintLeaf, readTbs } from '../../domain/leaf.js';
import { backdateSeconds } from '../../domain/lifetime.js';
import { allowsDnsName } from '../../domain/profile.js';
import { serviceNames } from '../../domain/service-names.js';
import type { Installation, RecordedIntent } from '../recorded.js';
import { CLOCK_SKEW_SECONDS, checkIntent, must } from './intent.js';

type AlternativeName = NonNullable<Certificate['values']['subjectAltNames']>[number];

/**
 * Whether the recorded bytes are a certificate that its profile allows, by the authority that is to sign it: linted
 * again, and compared field by field with what was recorded about it.
 *
 * @param issuer the authority's certificate
 * @param at the signer's own clock
 * @throws Refusal `intent_refused`
 */
export function checkCertificate(
  intent: RecordedIntent,
  issuer: Certificate,
  installation: Installation,
  at: Date,
): void {
  checkIntent(intent);
  must(intent.profile.kind !== 'token', intent, 'its profile is not for certificates');
  const findings = lintLeaf(intent.tbs, issuer, intent.profile, installation.trustDomain);
  must(findings.length === 0, intent, findings[0]?.code ?? '');
  const certificate = readTbs(intent.tbs);
  checkRecord(certificate, intent);
  checkLife(certificate, intent, at);
  if (intent.profile.kind === 'service') checkServiceNames(certificate, intent, installation);
  else checkWorkloadNames(certificate, intent);
}

function checkRecord(certificate: Certificate, intent: RecordedIntent): void {
  must(intent.serial?.equals(certificate.serial) === true, intent, 'its serial number is not the recorded one');
  must(intent.spki?.equals(certificate.spki.bytes) === true, intent, 'its key is not the recorded one');
  must(certificate.notBefore.getTime() === intent.notBefore.getTime(), intent, 'its beginning is not the recorded one');
  must(certificate.notAfter.getTime() === intent.notAfter.getTime(), intent, 'its end is not the recorded one');
}

/** A repeat was made when its first intent was; it must only still be valid. */
function checkLife({ notBefore, notAfter }: Certificate, intent: RecordedIntent, at: Date): void {
  must(notAfter > at, intent, 'it has expired');
  const madeAt = notBefore.getTime() / 1000 + backdateSeconds(intent.profile);
  const now = Math.abs(madeAt - at.getTime() / 1000) <= CLOCK_SKEW_SECONDS;
  must(now || intent.repeats !== null, intent, 'it was not made now');
}

function checkWorkloadNames(certificate: Certificate, intent: RecordedIntent): void {
  must(intent.identityId !== null, intent, 'it names no identity');
  must(certificateSpiffeId(certificate)?.toString() === intent.spiffeId, intent, 'its name is not the identity’s');
  const hosts = namesOf(certificate).flatMap((name) => (name.kind === 'dns' ? [name.value] : []));
  must(
    hosts.every((host) => allowsDnsName(intent.profile, host)),
    intent,
    'its profile does not allow a DNS name',
  );
}

function checkServiceNames(certificate: Certificate, intent: RecordedIntent, { publicUrl }: Installation): void {
  must(intent.identityId === null, intent, 'a service certificate is for no identity');
  const { dnsNames, addresses } = serviceNames(publicUrl);
  const octets = addresses.map(parseAddress);
  const allowed = namesOf(certificate).every((name) => {
    if (name.kind === 'dns') return dnsNames.includes(name.value);
    return name.kind === 'ip' && octets.some((address) => address.equals(name.octets));
  });
  must(allowed, intent, 'it names another server');
}

function namesOf(certificate: Certificate): readonly AlternativeName[] {
  return certificate.values.subjectAltNames ?? [];
}
