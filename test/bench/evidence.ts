import { type KeyObject, sign } from 'node:crypto';
import { encodePem } from '../../src/crypto/index.js';
import { AUDIENCE, type CiIssuer, ciClaims, type IssuerKey, PAYMENTS_JOB } from '../harness/oidc-issuer.js';
import { newKey } from '../pki/authority.js';
import { encodeCsr } from '../pki/csr.js';

/** What a job sends to get a certificate: a token and a request that nobody has used before. */
export interface Evidence {
  readonly key: KeyObject;
  /** JSON. */
  readonly body: string;
}

/** Made in a tenth of a millisecond or so, that thousands are ready before the clock starts. */
export function newEvidence(ci: CiIssuer): Evidence {
  const key = newKey();
  const csr = encodePem('CERTIFICATE REQUEST', encodeCsr({ key }));
  const token = signToken(ci.key, ciClaims(ci.url, AUDIENCE, PAYMENTS_JOB, new Date()));
  return { key: key.privateKey, body: JSON.stringify({ attestation: { kind: 'oidc', token }, csr }) };
}

function signToken({ alg, kid, privateKey }: IssuerKey, claims: Readonly<Record<string, unknown>>): string {
  const signed = `${encode({ typ: 'JWT', alg, kid })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
