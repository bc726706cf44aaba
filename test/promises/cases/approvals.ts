import type { Case } from './case.js';
import type { Scene } from './scene.js';

const reason = 'The quarterly look.';
const DAY_MILLISECONDS = 86_400_000;

async function linked(scene: Scene): Promise<string> {
  const [one, other] = [await scene.person('analyst'), await scene.person('custodian')];
  await scene.administrator.visitor.post(`/v1/people/${one.id}/same-human`, { as: other.id, reason });
  return one.id;
}

function delegation(toId: string) {
  return { toId, until: new Date(Date.now() + DAY_MILLISECONDS).toISOString(), reason };
}

async function glass(scene: Scene, ended = false) {
  const boss = await scene.person('administrator');
  const body = { reason, roles: ['analyst'], durationSeconds: 600 };
  const { id } = await boss.visitor.post<{ id: string }>('/v1/break-glass', body);
  if (ended) await boss.visitor.post(`/v1/break-glass/${id}/end`);
  return { id, boss };
}

/** What ties people to one another, and what becomes of emergencies. */
export const TIES: readonly Case[] = [
  {
    route: 'GET /v1/people/{id}/accounts',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: await linked(scene) } }),
  },
  {
    route: 'POST /v1/people/{id}/same-human',
    status: 200,
    records: ['person.linked'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await scene.person('analyst')).id },
      body: { as: (await scene.person('custodian')).id, reason },
    }),
  },
  {
    route: 'DELETE /v1/people/{id}/same-human',
    status: 204,
    records: ['person.unlinked'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: await linked(scene) } }),
  },
  {
    route: 'GET /v1/delegations',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, query: { limit: '5' } }),
  },
  {
    route: 'POST /v1/delegations',
    status: 201,
    records: ['delegation.created'],
    prepare: async (scene) => ({
      by: (await scene.person('custodian')).visitor,
      body: delegation((await scene.person('custodian')).id),
    }),
  },
  {
    route: 'POST /v1/delegations/{id}/end',
    status: 200,
    records: ['delegation.ended'],
    prepare: async (scene) => {
      const { visitor } = await scene.person('custodian');
      const to = await scene.person('custodian');
      const { id } = await visitor.post<{ id: string }>('/v1/delegations', delegation(to.id));
      return { by: visitor, path: { id } };
    },
  },
  {
    route: 'GET /v1/break-glass',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, query: { reviewed: 'false' } }),
  },
  {
    route: 'POST /v1/break-glass',
    status: 201,
    records: ['break-glass.opened'],
    prepare: async (scene) => ({
      by: (await scene.person('administrator')).visitor,
      body: { reason, roles: ['analyst', 'custodian'], durationSeconds: 600 },
    }),
  },
  {
    route: 'GET /v1/break-glass/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await glass(scene)).id } }),
  },
  {
    route: 'POST /v1/break-glass/{id}/end',
    status: 200,
    records: ['break-glass.ended'],
    prepare: async (scene) => {
      const { id, boss } = await glass(scene);
      return { by: boss.visitor, path: { id } };
    },
  },
  {
    route: 'POST /v1/break-glass/{id}/review',
    status: 200,
    records: ['break-glass.reviewed'],
    prepare: async (scene) => ({
      by: scene.auditor.visitor,
      path: { id: (await glass(scene, true)).id },
      body: { findings: 'Rightly so.' },
    }),
  },
];
