import type { RecordType } from '../../../src/kernel/index.js';
import type { Case } from './case.js';
import type { Scene } from './scene.js';

/** How people come in, are known, and leave. */
export const PEOPLE: readonly Case[] = [
  {
    route: 'POST /v1/setup',
    status: 201,
    records: ['setup.completed'],
    prepare: async (scene) => ({
      by: scene.stranger(),
      body: { setupToken: await scene.setupToken(), ...scene.nameAndEmail() },
    }),
  },
  {
    route: 'POST /v1/sign-in',
    status: 201,
    records: ['session.started'],
    prepare: async (scene) => {
      const { signInToken } = await scene.invited('analyst');
      return { by: scene.stranger(), body: { signInToken } };
    },
  },
  {
    route: 'GET /v1/me',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor }),
  },
  {
    route: 'GET /v1/sessions',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.administrator.visitor, query: { limit: '1' } }),
  },
  {
    route: 'DELETE /v1/sessions/{id}',
    status: 204,
    records: ['session.ended'],
    prepare: async (scene) => ({ by: (await scene.person('analyst')).visitor, path: { id: 'current' } }),
  },
  {
    route: 'DELETE /v1/sessions/{id}',
    when: 'of somebody else',
    status: 204,
    records: ['session.ended'],
    prepare: async (scene) => {
      const { visitor } = await scene.person('analyst');
      const { session } = await visitor.get<{ session: { id: string } }>('/v1/me');
      return { by: scene.administrator.visitor, path: { id: session.id } };
    },
  },
  {
    route: 'GET /v1/people',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.engineer.visitor, query: { status: 'active' } }),
  },
  {
    route: 'POST /v1/people',
    status: 201,
    records: ['person.invited'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      body: { ...scene.nameAndEmail(), roles: ['custodian'], managerId: scene.custodian.id },
    }),
  },
  {
    route: 'GET /v1/people/{id}',
    status: 200,
    records: ['person.read'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: scene.custodian.id } }),
  },
  {
    route: 'PATCH /v1/people/{id}',
    status: 200,
    records: ['person.changed'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await scene.person('analyst', 'custodian')).id },
      version: 2,
      body: { ...scene.nameAndEmail(), roles: ['custodian'] },
    }),
  },
  {
    route: 'POST /v1/people/{id}/sign-in-tokens',
    status: 201,
    records: ['sign-in.token-created'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await scene.invited('analyst')).id },
    }),
  },
  ...leaving('POST /v1/people/{id}/departure', 200, 'person.departed'),
  ...leaving('DELETE /v1/people/{id}', 204, 'person.removed'),
  {
    route: 'GET /v1/teams',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor }),
  },
  {
    route: 'POST /v1/teams',
    status: 201,
    records: ['team.created'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      body: { name: scene.registration().name, managerId: scene.custodian.id, memberIds: [scene.backup.id] },
    }),
  },
  {
    route: 'GET /v1/teams/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: scene.team.id } }),
  },
  {
    route: 'PATCH /v1/teams/{id}',
    status: 200,
    records: ['team.changed'],
    prepare: async (scene) => {
      const { id, version } = await scene.newTeam();
      return { by: scene.engineer.visitor, path: { id }, version, body: { memberIds: [scene.custodian.id] } };
    },
  },
  {
    route: 'DELETE /v1/teams/{id}',
    status: 204,
    records: ['team.removed'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await scene.newTeam()).id } }),
  },
];

/** Both ways to leave, and what becomes of what the person answered for. */
function leaving(route: string, status: number, type: RecordType): Case[] {
  const left = (
    when: string | undefined,
    records: readonly RecordType[],
    whose: (scene: Scene) => Promise<string>,
  ) => ({
    ...{ route, status, records: [type, ...records] },
    ...(when !== undefined && { when }),
    prepare: async (scene: Scene) => ({ by: scene.administrator.visitor, path: { id: await whose(scene) } }),
  });
  return [
    left(undefined, [], async (scene) => (await scene.person('analyst')).id),
    left('a custodian’s', ['identity.handed-over'], async (scene) => {
      const { id } = await scene.person('custodian');
      await scene.identity({ primaryCustodianId: id });
      return id;
    }),
    left('the last custodian’s', ['identity.suspended'], async (scene) => {
      const [{ id }, other] = [await scene.person('custodian'), await scene.person('custodian')];
      await scene.identity({ primaryCustodianId: id, backupCustodianId: other.id });
      await scene.administrator.visitor.post(`/v1/people/${other.id}/departure`);
      return id;
    }),
    left(
      'while what is theirs waits for an approval',
      ['approval.cancelled', 'approval.requested', 'identity.handed-over'],
      async (scene) => {
        const { id } = await scene.person('custodian');
        await scene.identity({ primaryCustodianId: id, privileged: true });
        return id;
      },
    ),
  ];
}
