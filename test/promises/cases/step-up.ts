import type { SignedIn } from '../../harness/cast.js';
import { presenceOf } from '../../harness/presences.js';
import type { Case } from './case.js';
import type { Scene } from './scene.js';

/** A proof that the person was not asked for. */
async function begun(by: SignedIn): Promise<string> {
  const { id } = await by.visitor.post<{ id: string }>('/v1/step-ups', { acr: 'loa3' });
  return id;
}

/** What their passkey says to the challenge that is out for it. */
async function assertion(scene: Scene, by: SignedIn, id: string): Promise<Record<string, unknown>> {
  const plain = by.visitor.plain();
  const origin = `https://localhost:${scene.place.ports.open}`;
  const presence = await presenceOf(by.token, () => Promise.resolve(by.id));
  await presence.enrol((path, sent) => plain.post(path, sent), origin);
  const { publicKey } = await plain.post<{ publicKey: never }>(`/v1/step-ups/${id}/options`);
  return { ...presence.authenticator.assert(publicKey, origin) };
}

/** Proving that one is present, and what is decided by what. */
export const STEP_UP: readonly Case[] = [
  {
    route: 'POST /v1/step-ups',
    status: 201,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, body: { acr: 'loa3' } }),
  },
  {
    route: 'GET /v1/step-ups/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: await begun(scene.custodian) } }),
  },
  {
    route: 'POST /v1/step-ups/{id}/options',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, path: { id: await begun(scene.custodian) } }),
  },
  {
    route: 'POST /v1/step-ups/{id}/proof',
    status: 200,
    records: ['step-up.proved'],
    prepare: async (scene) => {
      const id = await begun(scene.custodian);
      const response = await assertion(scene, scene.custodian, id);
      return { by: scene.custodian.visitor, path: { id }, body: { kind: 'passkey', response } };
    },
  },
  {
    route: 'GET /v1/decisions',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, query: { effect: 'allow' } }),
  },
  {
    route: 'GET /v1/policy',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor }),
  },
];
