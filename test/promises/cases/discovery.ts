import { randomBytes } from 'node:crypto';
import { plantFinding } from '../../discovery/planted-finding.js';
import type { Case } from './case.js';
import { resting } from './rotation.js';
import type { Scene } from './scene.js';
import { uniqueWord } from './secrets.js';

interface Made {
  readonly id: string;
}
interface Rotating {
  readonly identityId: string;
  readonly accounts: readonly string[];
}

function wanted() {
  return { identifier: `postgresql://${uniqueWord()}@db.example:5432` };
}

async function alias(scene: Scene): Promise<Made & { readonly identityId: string }> {
  const { id: identityId } = await scene.identity();
  return {
    identityId,
    ...(await scene.administrator.visitor.post<Made>(`/v1/identities/${identityId}/aliases`, wanted())),
  };
}

function finding(scene: Scene, changed = ''): Promise<Made> {
  return plantFinding(scene.superuser, changed);
}

/** Seen by its number alone. */
const NUMBERED = `thing = thing || '{"marks": ["key:vendor:1"]}'`;
const DISMISSED = `state = 'dismissed', dismissed_by = 'system:test', dismissed_reason = 'A sample.',
  dismissed_until = now() + interval '1 day'`;
const reason = 'It is the same one.';

/** An identity's one account on a target, whose agent may close it. */
async function onTarget(scene: Scene) {
  const password = scene.secrets.word('the password of a target');
  const agent = await scene.databaseRole(`LOGIN CREATEROLE PASSWORD '${password}'`);
  const target = await scene.target(await scene.targetAs(agent, password));
  const [{ id: identityId }, account] = [await scene.identity(), await scene.databaseRole('LOGIN')];
  await scene.superuser.query(`GRANT ${account} TO ${agent} WITH ADMIN OPTION, INHERIT FALSE, SET FALSE`);
  await scene.connectable(account);
  await scene.engineer.visitor.post(`/v1/targets/${target.id}/accounts`, { identityId, account });
  return { identityId, account };
}

/** What lists call an account whose target lies where only a test would have it: on loopback it is called by no name. */
async function listed(scene: Scene, account: string): Promise<string> {
  const host = `${uniqueWord()}.example`;
  await scene.superuser.query(
    `UPDATE muster.targets SET place = $1 WHERE id = (SELECT target_id FROM muster.target_accounts WHERE account = $2)`,
    [`${host}:5432/postgres as agent`, account],
  );
  return `postgresql:${host}:5432:${account}`;
}

/** Somewhere to look: nobody opened that folder, so that nothing is found there. */
async function source(scene: Scene): Promise<Made> {
  const body = { name: uniqueWord(), kind: 'files', settings: { path: '/srv/nowhere' } };
  return scene.analyst.visitor.post<Made>('/v1/sources', body);
}

/** What identities are called elsewhere, and what was found. */
export const DISCOVERY: readonly Case[] = [
  {
    route: 'GET /v1/identities/{id}/aliases',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await alias(scene)).identityId } }),
  },
  {
    route: 'POST /v1/identities/{id}/aliases',
    status: 201,
    records: ['alias.added'],
    prepare: async (scene) => ({
      by: scene.administrator.visitor,
      path: { id: (await scene.identity()).id },
      body: wanted(),
    }),
  },
  {
    route: 'DELETE /v1/aliases/{id}',
    status: 204,
    records: ['alias.removed'],
    prepare: async (scene) => ({ by: scene.administrator.visitor, path: { id: (await alias(scene)).id } }),
  },
  {
    route: 'GET /v1/findings',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await finding(scene);
      return { by: scene.auditor.visitor };
    },
  },
  {
    route: 'GET /v1/findings/facets',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await finding(scene);
      return { by: scene.auditor.visitor };
    },
  },
  {
    route: 'GET /v1/findings/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await finding(scene)).id } }),
  },
  {
    route: 'GET /v1/findings/{id}/places',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await finding(scene)).id } }),
  },
  {
    route: 'GET /v1/findings/{id}/events',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await finding(scene)).id } }),
  },
  {
    route: 'GET /v1/findings/{id}/draft',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await finding(scene)).id } }),
  },
  {
    route: 'GET /v1/findings/{id}/posture',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await finding(scene)).id } }),
  },
  {
    route: 'GET /v1/findings/posture',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await finding(scene);
      return { by: scene.auditor.visitor };
    },
  },
  {
    route: 'GET /v1/findings/{id}/retirement',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await finding(scene)).id } }),
  },
  {
    route: 'GET /v1/findings/trends',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await finding(scene);
      return { by: scene.auditor.visitor };
    },
  },
  {
    route: 'POST /v1/findings/{id}/assignment',
    status: 200,
    records: ['finding.assigned'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene)).id },
      body: { personId: scene.analyst.id },
    }),
  },
  {
    route: 'POST /v1/findings/{id}/comments',
    status: 200,
    records: ['finding.commented'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene)).id },
      body: { words: 'Asked the team.' },
    }),
  },
  {
    route: 'POST /v1/findings/{id}/dismissal',
    status: 200,
    records: ['finding.dismissed'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene)).id },
      body: { reason, until: new Date(Date.now() + 86_400_000).toISOString() },
    }),
  },
  {
    route: 'POST /v1/findings/{id}/reopening',
    status: 200,
    records: ['finding.reopened'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene, DISMISSED)).id },
      body: { reason },
    }),
  },
  {
    route: 'POST /v1/findings/{id}/merge',
    status: 200,
    records: ['finding.merged'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene, NUMBERED)).id },
      body: { intoId: (await finding(scene)).id, reason },
    }),
  },
  {
    route: 'POST /v1/findings/{id}/split',
    status: 200,
    records: ['finding.split'],
    prepare: async (scene) => {
      const into = await finding(scene);
      const { id } = await finding(
        scene,
        `state = 'merged', opened_at = NULL, due_at = NULL, merged_into = '${into.id}'`,
      );
      return { by: scene.analyst.visitor, path: { id }, body: { reason } };
    },
  },
  {
    route: 'POST /v1/findings/{id}/adoption',
    status: 200,
    records: ['finding.adopted', 'key.registered'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene)).id },
      body: { identityId: (await scene.identity()).id },
    }),
  },
  {
    route: 'POST /v1/findings/{id}/adoption',
    when: 'of an account that has a name',
    status: 200,
    records: ['alias.added', 'finding.adopted'],
    prepare: async (scene) => {
      const named = `google:${uniqueWord()}@firm.iam.gserviceaccount.com`;
      const thing = `thing || '{"kind": "account", "marks": [], "secret": false, "accounts": ["${named}"]}'`;
      const { id } = await finding(
        scene,
        `kind = 'account', key = 'account:${named}', named = '${named}', thing = ${thing}`,
      );
      return { by: scene.analyst.visitor, path: { id }, body: { identityId: (await scene.identity()).id } };
    },
  },
  {
    route: 'POST /v1/findings/{id}/retirement',
    when: 'of a certificate of our own',
    status: 200,
    records: ['certificate.revoked', 'finding.retired'],
    prepare: async (scene) => {
      const { certificateId } = await scene.workload();
      const { id } = await finding(scene, `credential_id = '${certificateId}'`);
      return { by: scene.analyst.visitor, path: { id }, body: { reason } };
    },
  },
  {
    route: 'POST /v1/findings/{id}/retirement',
    when: 'of what rotates',
    status: 200,
    records: ['finding.retired', 'rotation.started'],
    prepare: async (scene) => {
      const { identityId, accounts } = (await resting(scene)) as unknown as Rotating;
      const thing = `thing || '{"accounts": ["${await listed(scene, accounts[0]!)}"]}'`;
      const { id } = await finding(scene, `identity_id = '${identityId}', thing = ${thing}`);
      return { by: scene.analyst.visitor, path: { id }, body: { reason } };
    },
  },
  {
    route: 'POST /v1/findings/{id}/retirement',
    when: 'of an account on a target',
    status: 200,
    records: ['finding.retired', 'target.applied'],
    prepare: async (scene) => {
      const { identityId, account } = await onTarget(scene);
      const named = await listed(scene, account);
      const thing = `thing || '{"kind": "account", "marks": [], "secret": false, "accounts": ["${named}"]}'`;
      const { id } = await finding(scene, `kind = 'account', identity_id = '${identityId}', thing = ${thing}`);
      return { by: scene.analyst.visitor, path: { id }, body: { reason } };
    },
  },
  {
    route: 'POST /v1/findings/{id}/retirement',
    status: 200,
    records: ['finding.retired'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await finding(scene)).id },
      body: { reason },
    }),
  },
  {
    route: 'POST /v1/resolutions',
    status: 200,
    records: [],
    prepare: async (scene) => ({
      by: scene.auditor.visitor,
      body: {
        credentials: [{ innerDigest: randomBytes(32).toString('hex'), names: ['aws-key:AKIAQYLPMN5HHHFPZAM2'] }],
      },
    }),
  },
  {
    route: 'GET /v1/sources',
    status: 200,
    records: [],
    prepare: async (scene) => {
      await source(scene);
      return { by: scene.auditor.visitor };
    },
  },
  {
    route: 'POST /v1/sources',
    status: 201,
    records: ['source.created'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      body: {
        name: uniqueWord(),
        kind: 'git',
        settings: { url: 'https://git.invalid/acme/ledger.git' },
        access: { token: scene.secrets.word('the token of a repository') },
      },
    }),
  },
  {
    route: 'GET /v1/sources/{id}',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await source(scene)).id } }),
  },
  {
    route: 'PATCH /v1/sources/{id}',
    status: 200,
    records: ['source.changed'],
    prepare: async (scene) => ({
      by: scene.analyst.visitor,
      path: { id: (await source(scene)).id },
      version: 1,
      body: { keepsSecrets: true },
    }),
  },
  {
    route: 'DELETE /v1/sources/{id}',
    status: 204,
    records: ['source.removed'],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await source(scene)).id } }),
  },
  {
    route: 'POST /v1/sources/{id}/check',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await source(scene)).id } }),
  },
  {
    route: 'POST /v1/sources/{id}/runs',
    status: 202,
    records: [],
    prepare: async (scene) => ({ by: scene.analyst.visitor, path: { id: (await source(scene)).id }, body: {} }),
  },
  {
    route: 'GET /v1/sources/{id}/runs',
    status: 200,
    records: [],
    prepare: async (scene) => ({ by: scene.auditor.visitor, path: { id: (await source(scene)).id } }),
  },
];
