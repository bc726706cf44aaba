import type { Case } from './case.js';
import { resting } from './rotation.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
  readonly version: number;
}

/** A place that nobody answers at: it is on this machine, and nothing listens there. */
const place = (scene: Scene) => ({
  kind: 'kubernetes-secret',
  settings: { url: 'http://127.0.0.1:9', namespace: 'orders', name: uniqueWord().toLowerCase() },
  access: { token: scene.secrets.word('what opens a place to deliver to') },
  privateNetwork: { reason: 'It runs in this test.' },
});

async function sink(scene: Scene): Promise<Made> {
  const { id } = await resting(scene);
  return scene.engineer.visitor.post<Made>(`/v1/rotations/${id}/sinks`, place(scene));
}

/** Places that what rotates is delivered to. */
export const SINKS: readonly Case[] = [
  {
    route: 'GET /v1/rotations/{id}/sinks',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await resting(scene)).id } }),
  },
  {
    route: 'POST /v1/rotations/{id}/sinks',
    status: 201,
    records: ['rotation.sink-added'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      path: { id: (await resting(scene)).id },
      body: place(scene),
    }),
  },
  {
    route: 'GET /v1/rotation-sinks/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await sink(scene)).id } }),
  },
  {
    route: 'PATCH /v1/rotation-sinks/{id}',
    status: 200,
    records: ['rotation.sink-changed'],
    prepare: async (scene) => {
      const { id, version } = await sink(scene);
      const access = { token: scene.secrets.word('what opens a place from now on') };
      return { by: scene.engineer.visitor, path: { id }, version, body: { access, takesOver: true } };
    },
  },
  {
    route: 'DELETE /v1/rotation-sinks/{id}',
    status: 204,
    records: ['rotation.sink-removed'],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await sink(scene)).id } }),
  },
  {
    route: 'POST /v1/rotation-sinks/{id}/check',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.engineer.visitor, path: { id: (await sink(scene)).id } }),
  },
];
