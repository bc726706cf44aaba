import type { Case } from './case.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

const reason = { reason: 'The quarterly look.' };

/** An identity that waits without custodians, until it is handed over. */
async function orphan(scene: Scene, changed: Readonly<Record<string, unknown>> = {}) {
  return scene.identity({ primaryCustodianId: null, backupCustodianId: null, ...changed });
}

function custodians(scene: Scene) {
  return { primaryCustodianId: scene.custodian.id, backupCustodianId: scene.backup.id };
}

/** The life of identities, what they hold, and who answers for them. */
export const INVENTORY: readonly Case[] = [
  {
    route: 'GET /v1/identities',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.analyst.visitor, query: { limit: '5', status: 'active' } }),
  },
  {
    route: 'GET /v1/identities',
    when: 'by words, in order of what they begin with',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.custodian.visitor,
      query: { q: 'settles pay', custodianId: 'me', sort: 'handoverDueAt', limit: '5' },
    }),
  },
  {
    route: 'GET /v1/identities/facets',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.analyst.visitor, query: { status: 'active', kind: 'bot' } }),
  },
  {
    route: 'GET /v1/identities/{id}/timeline',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.auditor.visitor,
      path: { id: (await scene.identity()).id },
      query: { limit: '5' },
    }),
  },
  {
    route: 'GET /v1/identities/{id}/reach',
    status: 200,
    records: ['ledger.read'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await scene.workload()).identity.id } }),
  },
  {
    route: 'POST /v1/identities',
    status: 201,
    records: ['identity.registered'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, body: scene.registration() }),
  },
  {
    route: 'POST /v1/identities',
    when: 'privileged',
    status: 201,
    records: ['approval.requested', 'identity.registered'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, body: scene.registration({ privileged: true }) }),
  },
  {
    route: 'GET /v1/identities/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await scene.identity()).id } }),
  },
  {
    route: 'PATCH /v1/identities/{id}',
    status: 200,
    records: ['identity.changed'],
    prepare: async (scene) => {
      const { id, version } = await scene.identity();
      return { by: scene.engineer.visitor, path: { id }, version, body: { purpose: 'Settles more.' } };
    },
  },
  {
    route: 'PATCH /v1/identities/{id}',
    when: 'while it waits for an approval of what it was',
    status: 200,
    records: ['approval.cancelled', 'approval.requested', 'identity.changed'],
    prepare: async (scene) => {
      const { id, version } = await scene.privilegedIdentity();
      return { by: scene.engineer.visitor, path: { id }, version, body: { criticality: 'critical' } };
    },
  },
  {
    route: 'POST /v1/identities/{id}/activation',
    status: 200,
    records: ['identity.activated'],
    prepare: async (scene) => {
      const { id } = await orphan(scene);
      await scene.administrator.visitor.post(`/v1/identities/${id}/hand-over`, custodians(scene));
      return { by: scene.engineer.visitor, path: { id } };
    },
  },
  {
    route: 'POST /v1/identities/{id}/activation',
    when: 'with the approval it needs',
    status: 200,
    records: ['identity.activated'],
    prepare: async (scene) => {
      const { id, approvalId } = await scene.privilegedIdentity();
      const body = { verdict: 'approve', reason: 'As agreed.' };
      await scene.custodian.visitor.post(`/v1/approvals/${approvalId}/decision`, body);
      return { by: scene.engineer.visitor, path: { id } };
    },
  },
  {
    route: 'POST /v1/identities/{id}/suspension',
    status: 200,
    records: ['identity.suspended'],
    prepare: async (scene) => ({
      by: scene.custodian.visitor,
      path: { id: (await scene.identity()).id },
      body: reason,
    }),
  },
  {
    route: 'POST /v1/identities/{id}/resumption',
    status: 200,
    records: ['identity.resumed'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await scene.suspendedIdentity()).id },
      body: reason,
    }),
  },
  {
    route: 'POST /v1/identities/{id}/retirement',
    status: 200,
    records: ['identity.retired'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.workload()).identity.id },
      body: reason,
    }),
  },
  {
    route: 'POST /v1/identities/{id}/retirement',
    when: 'while it waits for an approval',
    status: 200,
    records: ['approval.cancelled', 'identity.retired'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.privilegedIdentity()).id },
      body: reason,
    }),
  },
  {
    route: 'POST /v1/identities/{id}/hand-over',
    status: 200,
    records: ['identity.handed-over'],
    prepare: async (scene) => ({
      by: scene.custodian.visitor,
      path: { id: (await scene.identity()).id },
      body: { primaryCustodianId: scene.backup.id, backupCustodianId: scene.custodian.id },
    }),
  },
  {
    route: 'POST /v1/identities/{id}/hand-over',
    when: 'of one that then waits for an approval',
    status: 200,
    records: ['approval.requested', 'identity.handed-over'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await orphan(scene, { privileged: true })).id },
      body: custodians(scene),
    }),
  },
  {
    route: 'POST /v1/identities/{id}/hand-over',
    when: 'while it waits for an approval',
    status: 200,
    records: ['approval.cancelled', 'approval.requested', 'identity.handed-over'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await scene.privilegedIdentity()).id },
      body: { primaryCustodianId: scene.backup.id, backupCustodianId: scene.custodian.id },
    }),
  },
  {
    route: 'GET /v1/identities/{id}/grants',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { id } = await scene.identity();
      await scene.grant(id);
      return { by: scene.auditor.visitor, path: { id }, query: { unusedAfterDays: '30' } };
    },
  },
  {
    route: 'POST /v1/identities/{id}/grants',
    status: 201,
    records: ['grant.added'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.identity()).id },
      body: { target: 'orders', scope: 'orders:write', purpose: 'Sends orders.', verifierId: scene.custodian.id },
    }),
  },
  {
    route: 'POST /v1/grants/{id}/verification',
    status: 200,
    records: ['grant.verified'],
    prepare: async (scene) => {
      const { id } = await scene.grant((await scene.identity()).id);
      return { by: scene.custodian.visitor, path: { id } };
    },
  },
  {
    route: 'DELETE /v1/grants/{id}',
    status: 204,
    records: ['grant.removed'],
    prepare: async (scene) => {
      const { id } = await scene.grant((await scene.identity()).id, { verified: true });
      return { by: scene.engineer.visitor, path: { id } };
    },
  },
  {
    route: 'GET /v1/identities/{id}/keys',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { id } = await scene.identity();
      await scene.key(id);
      return { by: scene.auditor.visitor, path: { id } };
    },
  },
  {
    route: 'POST /v1/identities/{id}/keys',
    status: 201,
    records: ['key.registered'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.identity()).id },
      body: { ...scene.newKeyBody(), lastFour: 'x9Qz', expiresAt: '2099-01-01T00:00:00Z' },
    }),
  },
  {
    route: 'DELETE /v1/keys/{id}',
    status: 204,
    records: ['key.removed'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.key((await scene.identity()).id)).id },
    }),
  },
  {
    route: 'GET /v1/ledger',
    status: 200,
    records: ['ledger.read'],
    prepare: async (scene) => {
      const { identity } = await scene.workload();
      return { by: scene.auditor.visitor, query: { identityId: identity.id, kind: 'certificate' } };
    },
  },
  {
    route: 'GET /v1/approvals',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { id } = await scene.privilegedIdentity();
      return { by: scene.custodian.visitor, query: { subject: id, state: 'pending' } };
    },
  },
  {
    route: 'GET /v1/approvals/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.custodian.visitor,
      path: { id: (await scene.privilegedIdentity()).approvalId! },
    }),
  },
  {
    route: 'POST /v1/approvals/{id}/decision',
    status: 200,
    records: ['approval.decided'],
    prepare: async (scene) => ({
      by: scene.custodian.visitor,
      path: { id: (await scene.privilegedIdentity()).approvalId! },
      body: { verdict: 'deny', reason: 'Not needed.' },
    }),
  },
  {
    route: 'POST /v1/approvals/{id}/cancellation',
    status: 200,
    records: ['approval.cancelled'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.privilegedIdentity()).approvalId! },
    }),
  },
];

/** The searches that people keep. */
export const VIEWS: readonly Case[] = [
  {
    route: 'GET /v1/views',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await keptView(scene);
      return { by: scene.custodian.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'POST /v1/views',
    status: 201,
    records: ['view.created'],
    prepare: async (scene) => ({ by: scene.custodian.visitor, body: newView() }),
  },
  {
    route: 'PATCH /v1/views/{id}',
    status: 200,
    records: ['view.changed'],
    prepare: async (scene) => {
      const { id, version } = await keptView(scene);
      const body = { name: uniqueWord(), query: { status: 'suspended' }, teamId: null };
      return { by: scene.custodian.visitor, path: { id }, version, body };
    },
  },
  {
    route: 'DELETE /v1/views/{id}',
    status: 204,
    records: ['view.removed'],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: (await keptView(scene)).id } }),
  },
];

function newView(): Record<string, unknown> {
  return { name: uniqueWord(), query: { q: 'settle', status: 'active', needs: 'me', sort: 'name' }, teamId: null };
}

function keptView(scene: Scene): Promise<{ readonly id: string; readonly version: number }> {
  return scene.custodian.visitor.post('/v1/views', newView());
}
