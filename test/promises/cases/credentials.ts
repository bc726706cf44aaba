import { randomBytes } from 'node:crypto';
import type { Case } from './case.js';
import { tokenOf } from '../../harness/oidc-issuer.js';
import type { Scene } from './scene.js';

/** How workloads prove themselves, what they get, and how it ends. */
export const CREDENTIALS: readonly Case[] = [
  {
    route: 'POST /v1/identities/{id}/join-tokens',
    status: 201,
    records: ['join-token.created'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await scene.identity()).id } }),
  },
  {
    route: 'POST /v1/certificates',
    status: 201,
    records: ['certificate.issued'],
    prepare: async (scene) => {
      const token = await scene.joinToken((await scene.identity()).id);
      const attestation = { kind: 'join-token', token };
      return { by: scene.stranger(), body: { attestation, csr: scene.csr().csr, ttlSeconds: 600 } };
    },
  },
  {
    route: 'POST /v1/certificates',
    when: 'once more with the same key',
    status: 201,
    records: ['certificate.repeated'],
    prepare: async (scene) => {
      const token = await scene.joinToken((await scene.identity()).id);
      const body = { attestation: { kind: 'join-token', token }, csr: scene.csr().csr };
      await scene.stranger().post('/v1/certificates', body);
      return { by: scene.stranger(), body };
    },
  },
  {
    route: 'POST /v1/certificates',
    when: 'with the token of a CI job',
    status: 201,
    records: ['certificate.issued'],
    prepare: async (scene) => {
      const token = await tokenOf(await scene.trustedIssuer(), new Date(), {
        claims: { jti: randomBytes(8).toString('hex'), actor: scene.secrets.word('a claim that names somebody') },
      });
      scene.secrets.keep('an OIDC token', token, token.split('.')[2]);
      return { by: scene.stranger(), body: { attestation: { kind: 'oidc', token }, csr: scene.csr().csr } };
    },
  },
  {
    route: 'POST /v1/certificates/renewal',
    status: 201,
    records: ['certificate.issued'],
    prepare: async (scene) => ({ by: (await scene.workload()).visitor, body: { csr: scene.csr().csr } }),
  },
  {
    route: 'GET /v1/certificates/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.workload()).certificateId } }),
  },
  {
    route: 'GET /v1/certificates/{id}/receipt',
    status: 200,
    records: ['receipt.read'],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.workload()).certificateId } }),
  },
  {
    route: 'POST /v1/certificates/{id}/revocation',
    status: 200,
    records: ['certificate.revoked'],
    prepare: async (scene) => {
      const workload = await holderOfGrant(scene);
      await scene.token(workload);
      const body = { reason: 'key-compromise' };
      return { by: scene.analyst.visitor, path: { id: workload.certificateId }, body };
    },
  },
  {
    route: 'POST /v1/token',
    status: 200,
    records: ['token.issued'],
    prepare: async (scene) => ({
      by: (await holderOfGrant(scene)).visitor,
      body: { grant_type: 'client_credentials', resource: 'orders' },
    }),
  },
  {
    route: 'POST /v1/token',
    when: 'for one named thing, which waits for its human',
    status: 400,
    records: ['approval.requested'],
    prepare: async (scene) => ({ by: (await holderOfGrant(scene)).visitor, body: onePayment(scene) }),
  },
  {
    route: 'POST /v1/token',
    when: 'for one named thing that its human agreed to',
    status: 200,
    records: ['token.issued'],
    prepare: async (scene) => {
      const { visitor } = await holderOfGrant(scene);
      const body = onePayment(scene);
      const form = new URLSearchParams(body).toString();
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const waiting = await visitor.call<{ access_request: { id: string } }>('POST', '/v1/token', form, type);
      await scene.custodian.visitor.post(`/v1/approvals/${waiting.body.access_request.id}/decision`, {
        ...{ verdict: 'approve', reason: 'I know of it.' },
      });
      return { by: visitor, body };
    },
  },
  {
    route: 'GET /v1/feed',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: (await scene.enforcementPoint()).visitor, query: { after: '-1' } }),
  },
  {
    route: 'GET /v1/feed/snapshot',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: (await scene.enforcementPoint()).visitor }),
  },
  {
    route: 'POST /v1/usage',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { identity, serialNumber } = await scene.workload();
      const { id: grant } = await scene.grant(identity.id, { verified: true });
      const use = { serialNumber, identityId: identity.id, grant, address: '192.0.2.7', client: 'desk', count: 3 };
      const body = { batch: 1, startedAt: now(), endedAt: now(), entries: [{ ...use, lastAt: now() }] };
      const { visitor } = await scene.enforcementPoint();
      return { by: visitor, body: { point: `gate-${randomBytes(4).toString('hex')}`, ...body } };
    },
  },
];

/** Which issuers are believed, and for whom. */
export const FEDERATION: readonly Case[] = [
  {
    route: 'GET /v1/providers',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor }),
  },
  {
    route: 'POST /v1/providers',
    status: 201,
    records: ['provider.created'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      body: scene.newProvider({ algorithms: ['ES256'], privateNetwork: { reason: 'It runs beside us.' } }),
    }),
  },
  {
    route: 'GET /v1/providers/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.provider()).id } }),
  },
  {
    route: 'PATCH /v1/providers/{id}',
    status: 200,
    records: ['provider.changed'],
    prepare: async (scene) => {
      const { id, version } = await scene.provider();
      return { by: scene.administrator.visitor, path: { id }, version, body: { status: 'paused' } };
    },
  },
  {
    route: 'DELETE /v1/providers/{id}',
    status: 204,
    records: ['provider.removed'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: (await scene.provider()).id } }),
  },
  {
    route: 'GET /v1/trusts',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor }),
  },
  {
    route: 'POST /v1/trusts',
    status: 201,
    records: ['trust.created'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, body: await scene.newTrust() }),
  },
  {
    route: 'GET /v1/trusts/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scene.trust()).id } }),
  },
  {
    route: 'PATCH /v1/trusts/{id}',
    status: 200,
    records: ['trust.changed'],
    prepare: async (scene) => {
      const { id, version } = await scene.trust();
      return { by: scene.engineer.visitor, path: { id }, version, body: { condition: 'claims.sub != ""' } };
    },
  },
  {
    route: 'DELETE /v1/trusts/{id}',
    status: 204,
    records: ['trust.removed'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await scene.trust()).id } }),
  },
];

async function holderOfGrant(scene: Scene) {
  const workload = await scene.workload();
  await scene.grant(workload.identity.id, { target: 'orders', verified: true });
  return workload;
}

function now(): string {
  return new Date().toISOString();
}

function onePayment(scene: Scene) {
  const details = [{ type: 'payment', amount: '12.00', reference: scene.registration().name as string }];
  return { grant_type: 'client_credentials', resource: 'orders', authorization_details: JSON.stringify(details) };
}
