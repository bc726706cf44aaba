import type { Case } from './case.js';
import { resting } from './rotation.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
  readonly version: number;
}

const content = 'zone: Europe/Berlin\nsessions: [{ days: [mon, tue], open: "09:00", close: "17:30" }]';

function wanted() {
  return { name: uniqueWord(), source: { kind: 'trading-days', content }, beforeMinutes: 15, afterMinutes: 15 };
}

function calendar(scene: Scene): Promise<Made> {
  return scene.administrator.visitor.post<Made>('/v1/calendars', wanted());
}

/** Of an identity for which one thing rotates. */
async function scopeOf(scene: Scene) {
  const { identityId } = (await resting(scene)) as Made & { readonly identityId: string };
  return { kind: 'identities', identityIds: [identityId] };
}

async function emergency(scene: Scene): Promise<Made> {
  const body = { scope: await scopeOf(scene), reason: 'A laptop was lost.' };
  return scene.engineer.visitor.post<Made>('/v1/rotation-emergencies', body);
}

/** When nothing rotates, what would rotate when, and what rotates at once. */
export const CALENDARS: readonly Case[] = [
  {
    route: 'GET /v1/calendars',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await calendar(scene);
      return { by: scene.auditor.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'POST /v1/calendars',
    status: 201,
    records: ['calendar.created'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, body: wanted() }),
  },
  {
    route: 'POST /v1/calendars/preview',
    status: 200,
    records: [],
    prepare: (scene) => {
      const { name: _name, ...body } = wanted();
      return Promise.resolve({ by: scene.administrator.visitor, body });
    },
  },
  {
    route: 'GET /v1/calendars/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await calendar(scene)).id } }),
  },
  {
    route: 'GET /v1/calendars/{id}/sessions',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.auditor.visitor,
      path: { id: (await calendar(scene)).id },
      query: { from: '2026-11-02T00:00:00Z', to: '2026-12-01T00:00:00Z' },
    }),
  },
  {
    route: 'PATCH /v1/calendars/{id}',
    status: 200,
    records: ['calendar.changed'],
    prepare: async (scene) => {
      const { id, version } = await calendar(scene);
      const body = { name: uniqueWord(), source: { kind: 'exchange', exchange: 'nyse' }, afterMinutes: 30 };
      return { by: scene.administrator.visitor, path: { id }, version, body };
    },
  },
  {
    route: 'DELETE /v1/calendars/{id}',
    status: 204,
    records: ['calendar.removed'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: (await calendar(scene)).id } }),
  },
  {
    route: 'GET /v1/rotation-plan',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await resting(scene);
      return { by: scene.auditor.visitor, query: { days: '30', standing: 'due', limit: '5' } };
    },
  },
  {
    route: 'POST /v1/rotation-plan/preview',
    status: 200,
    records: [],
    prepare: async (scene) => {
      const schedule = { cron: '30 2 * * sun', zone: 'UTC', windowMinutes: 60, jitterMinutes: 10, maximumAgeDays: 90 };
      return { by: scene.engineer.visitor, body: { schedule, calendarIds: [(await calendar(scene)).id] } };
    },
  },
  {
    route: 'POST /v1/rotation-emergencies/preview',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.engineer.visitor, body: { scope: await scopeOf(scene) } }),
  },
  {
    route: 'POST /v1/rotation-emergencies',
    status: 201,
    records: ['rotation.emergency-started', 'rotation.started'],
    prepare: async (scene) => ({
      by: scene.engineer.visitor,
      body: { scope: await scopeOf(scene), reason: 'A laptop was lost.' },
    }),
  },
  {
    route: 'GET /v1/rotation-emergencies',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await emergency(scene);
      return { by: scene.auditor.visitor, query: { limit: '5' } };
    },
  },
  {
    route: 'GET /v1/rotation-emergencies/hosts',
    status: 200,
    records: [],
    prepare: (scene) => Promise.resolve({ by: scene.engineer.visitor, query: { startsWith: '10.' } }),
  },
  {
    route: 'GET /v1/rotation-emergencies/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await emergency(scene)).id } }),
  },
  {
    route: 'GET /v1/rotation-emergencies/{id}/runs',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.auditor.visitor,
      path: { id: (await emergency(scene)).id },
      query: { limit: '5' },
    }),
  },
];
