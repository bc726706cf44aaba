import { addSeconds, DAY_SECONDS } from '../../../src/kernel/index.js';
import type { Case } from './case.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
  readonly version: number;
}

const inDays = (days: number) => addSeconds(new Date(), days * DAY_SECONDS).toISOString();

export function riskAnalysis(): Readonly<Record<string, unknown>> {
  return {
    ...{ title: 'Machine access', assets: 'Ledgers.', threats: 'Forgotten access.', factors: 'Many hands.' },
    ...{ justification: 'A leaver does no harm in a quarter.', everyDays: 90, expiresAt: inDays(300) },
  };
}

function drafted(scene: Scene): Promise<Made> {
  return scene.analyst.visitor.post<Made>('/v1/risk-analyses', riskAnalysis());
}

async function approved(scene: Scene): Promise<string> {
  const { id } = await drafted(scene);
  await scene.administrator.visitor.post(`/v1/risk-analyses/${id}/approval`);
  return id;
}

async function newSchedule(scene: Scene): Promise<Readonly<Record<string, unknown>>> {
  return {
    ...{ name: `Quarterly ${uniqueWord()}`, scope: { environment: 'production' }, everyDays: 90, dueAfterDays: 14 },
    ...{ managementId: scene.administrator.id, riskAnalysisId: await approved(scene), nextAt: inDays(30) },
  };
}

async function scheduled(scene: Scene): Promise<Made> {
  return scene.analyst.visitor.post<Made>('/v1/review-schedules', await newSchedule(scene));
}

/** How often reviews happen, and why. */
export const CADENCE: readonly Case[] = [
  {
    route: 'GET /v1/risk-analyses',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, query: { status: 'approved', limit: '5' } }),
  },
  {
    route: 'POST /v1/risk-analyses',
    status: 201,
    records: ['risk-analysis.created'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, body: riskAnalysis() }),
  },
  {
    route: 'GET /v1/risk-analyses/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await drafted(scene)).id } }),
  },
  {
    route: 'PATCH /v1/risk-analyses/{id}',
    status: 200,
    records: ['risk-analysis.changed'],
    prepare: async (scene) => {
      const { id, version } = await drafted(scene);
      return { by: scene.analyst.visitor, path: { id }, version, body: { everyDays: 30 } };
    },
  },
  {
    route: 'POST /v1/risk-analyses/{id}/approval',
    status: 200,
    records: ['risk-analysis.approved'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: (await drafted(scene)).id } }),
  },
  {
    route: 'POST /v1/risk-analyses/{id}/approval',
    when: 'in the place of another, that a schedule rests on',
    status: 200,
    records: ['risk-analysis.approved'],
    prepare: async (scene) => {
      const body = await newSchedule(scene);
      await scene.analyst.visitor.post('/v1/review-schedules', body);
      const replacing = { ...riskAnalysis(), replacesId: body['riskAnalysisId'] };
      const { id } = await scene.analyst.visitor.post<Made>('/v1/risk-analyses', replacing);
      return { by: scene.administrator.visitor, path: { id } };
    },
  },
  {
    route: 'POST /v1/risk-analyses/{id}/withdrawal',
    status: 200,
    records: ['risk-analysis.withdrawn'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: await approved(scene) } }),
  },
  {
    route: 'GET /v1/review-schedules',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, query: { limit: '5' } }),
  },
  {
    route: 'POST /v1/review-schedules',
    status: 201,
    records: ['review-schedule.created'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, body: await newSchedule(scene) }),
  },
  {
    route: 'GET /v1/review-schedules/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await scheduled(scene)).id } }),
  },
  {
    route: 'PATCH /v1/review-schedules/{id}',
    status: 200,
    records: ['review-schedule.changed'],
    prepare: async (scene) => {
      const { id, version } = await scheduled(scene);
      return { by: scene.analyst.visitor, path: { id }, version, body: { everyDays: 30 } };
    },
  },
  {
    route: 'DELETE /v1/review-schedules/{id}',
    status: 204,
    records: ['review-schedule.removed'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await scheduled(scene)).id } }),
  },
  {
    route: 'GET /v1/review-calendar',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, query: { from: inDays(0), to: inDays(30) } }),
  },
];
