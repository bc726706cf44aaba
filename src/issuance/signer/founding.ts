import { type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  assembleSigned,
  type AuthorityReference,
  type CertificateTemplate,
  encodeName,
  encodeTbs,
  lintCertificate,
  parsePublicKey,
  serialFrom,
} from '../../crypto/index.js';
import { addSeconds, DAY_SECONDS } from '../../kernel/index.js';
import type { AuthorityPlan, MadeKey } from '../../platform/index.js';
import { backdateSeconds } from '../domain/lifetime.js';
import type { Keys, NewKey } from './keys.js';
import { Refusal } from './refusal.js';

const ROOT_DAYS = 3652;
const ISSUING_DAYS = 365;
/** As the service's own certificate below it: whoever is an hour late looks at all of the chain (`domain/lifetime.ts`). */
const BACKDATE_SECONDS = backdateSeconds({ kind: 'service' });
const ALGORITHM = 'ecdsa-sha256';

/**
 * Makes the first root, its issuing authority and the token key. They are nobody's until the service has committed
 * their rows: what it does not store is lost with its keys, which only those rows hold.
 */
export function makeAuthorities(keys: Keys, plan: AuthorityPlan): readonly MadeKey[] {
  const root = keys.newAuthorityKey(plan.rootId);
  const issuing = keys.newAuthorityKey(plan.issuingId);
  const token = keys.newSigningKey(plan.tokenKeyId);
  const rootName = nameOf(plan, 'root', plan.rootId);
  return [
    {
      ...made(plan.rootId, 'root', root),
      certificate: signed(rootTemplate(plan, root), root.key),
    },
    {
      ...made(plan.issuingId, 'issuing', issuing),
      certificate: signed(issuingTemplate(plan, issuing, referenceTo(root, rootName)), root.key),
    },
    { ...made(plan.tokenKeyId, 'token', token), certificate: null },
  ];
}

function rootTemplate(plan: AuthorityPlan, root: NewKey): CertificateTemplate {
  return {
    kind: 'root',
    subject: nameOf(plan, 'root', plan.rootId),
    algorithm: ALGORITHM,
    serial: serialFrom(randomBytes(16)),
    spkiDer: root.publicKey,
    ...lifeOf(plan, ROOT_DAYS),
  };
}

function issuingTemplate(plan: AuthorityPlan, issuing: NewKey, issuer: AuthorityReference): CertificateTemplate {
  return {
    kind: 'issuing-authority',
    subject: nameOf(plan, 'issuing', plan.issuingId),
    issuer,
    serial: serialFrom(randomBytes(16)),
    spkiDer: issuing.publicKey,
    ...lifeOf(plan, ISSUING_DAYS),
    crlUrl: plan.crlUrl ?? undefined,
  };
}

/** Two installations may share a trust domain by default; their authorities never share a name. */
function nameOf(plan: AuthorityPlan, kind: string, id: string) {
  return { organization: 'Muster', commonName: `${plan.trustDomain} ${kind} ${id.slice(-8)}` };
}

function lifeOf(plan: AuthorityPlan, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const second = new Date(Math.floor(Date.parse(plan.at) / 1000) * 1000);
  return { notBefore: addSeconds(second, -BACKDATE_SECONDS), notAfter: addSeconds(second, days * DAY_SECONDS) };
}

function referenceTo(key: NewKey, name: Parameters<typeof encodeName>[0]): AuthorityReference {
  return { nameDer: encodeName(name), keyId: parsePublicKey(key.publicKey).keyId, algorithm: ALGORITHM };
}

function signed(template: CertificateTemplate, key: KeyObject): Buffer {
  const tbs = encodeTbs(template);
  const [finding] = lintCertificate(tbs, template.kind);
  if (finding) throw new Refusal('signer_failed', `The signer cannot make an authority: ${finding.code}.`);
  return assembleSigned(tbs, ALGORITHM, sign('sha256', tbs, key));
}

function made(id: string, kind: MadeKey['kind'], { publicKey, sealed }: NewKey) {
  return { id, kind, publicKey, sealedKey: sealed };
}
