import type { Case } from './case.js';
import type { Scene } from './scene.js';

const DOCUMENTS = [
  'GET /.well-known/jwks.json',
  'GET /.well-known/oauth-authorization-server',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /openapi.json',
  'GET /v1/audit/checkpoint',
  'GET /v1/audit/key',
  'GET /v1/authorities/root.pem',
];

function asked(route: string, as: (scene: Scene) => ReturnType<Scene['stranger']>): Case {
  return { route, status: 200, records: [], prepare: async (scene) => ({ by: as(scene) }) };
}

/** What is for everybody, and the log. */
export const SERVICE: readonly Case[] = [
  ...DOCUMENTS.map((route) => asked(route, (scene) => scene.stranger())),
  asked('GET /v1/attestation/refusals', (scene) => scene.analyst.visitor),
  asked('GET /v1/audit/records', (scene) => scene.auditor.visitor),
  asked('GET /v1/authorities', (scene) => scene.custodian.visitor),
  {
    route: 'GET /v1/crl/{file}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.stranger(), path: { file: await scene.revocationList() } }),
  },
  {
    route: 'GET /v1/audit/records/{index}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { index: '0' } }),
  },
  {
    route: 'GET /v1/audit/proofs/inclusion',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, query: { index: '0' } }),
  },
  {
    route: 'GET /v1/audit/proofs/consistency',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.custodian.visitor, query: { from: '1' } }),
  },
  {
    route: 'POST /v1/audit/exports',
    status: 200,
    records: ['audit.exported'],
    prepare: async (scene) => ({ by: scene.auditor.visitor, body: { from: 0, to: 3 } }),
  },
];
