import type { Case } from './case.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

const privateNetwork = { reason: 'It runs in this test.' };

/** A target with an account of an identity. */
async function account(scene: Scene) {
  const target = await scene.target();
  const { id: identityId } = await scene.identity();
  const body = { identityId, account: await scene.databaseRole() };
  const { id } = await scene.engineer.visitor.post<{ id: string }>(`/v1/targets/${target.id}/accounts`, body);
  return { id, target, identityId };
}

/** The systems where identities have accounts. */
export const TARGETS: readonly Case[] = [
  {
    route: 'GET /v1/targets',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await scene.target();
      return { by: scene.auditor.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'POST /v1/targets',
    status: 201,
    records: ['target.created'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, body: await scene.newTarget() }),
  },
  {
    route: 'GET /v1/targets/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: (await scene.target()).id } }),
  },
  {
    route: 'PATCH /v1/targets/{id}',
    status: 200,
    records: ['target.changed'],
    prepare: async (scene) => {
      const { id, version } = await scene.target();
      const { url } = await scene.newTarget();
      const body = { name: uniqueWord(), url, privateNetwork, status: 'disabled' };
      return { by: scene.administrator.visitor, path: { id }, version, body };
    },
  },
  {
    route: 'DELETE /v1/targets/{id}',
    status: 204,
    records: ['target.removed'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: (await scene.target()).id } }),
  },
  {
    route: 'POST /v1/targets/{id}/check',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await scene.target()).id } }),
  },
  {
    route: 'GET /v1/targets/{id}/accounts',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const { target } = await account(scene);
      return { by: scene.auditor.visitor, path: { id: target.id }, query: { limit: '5' } };
    },
  },
  {
    route: 'POST /v1/targets/{id}/accounts',
    status: 201,
    records: ['target.account-added'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await scene.target()).id },
      body: { identityId: (await scene.identity()).id, account: await scene.databaseRole() },
    }),
  },
  {
    route: 'DELETE /v1/target-accounts/{id}',
    status: 204,
    records: ['target.account-removed'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await account(scene)).id } }),
  },
  {
    route: 'GET /v1/target-accounts/{id}/observation',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await account(scene)).id } }),
  },
];
