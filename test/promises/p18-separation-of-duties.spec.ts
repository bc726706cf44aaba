import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { parse } from 'yaml';
import { type Role, ROLES } from '../../src/kernel/index.js';
import { everybodyIsPresent } from '../harness/always-present.js';
import { REPOSITORY } from '../harness/build.js';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';
import type { Reply } from '../harness/visitor.js';
import { riskAnalysis } from './cases/cadence.js';
import { type Case, nameOf, operationOf, ordinaryCases, ROUTES, Scene, send, uniqueWord } from './cases/index.js';

jest.setTimeout(300_000);

const UNTIRING = { RATE_LIMIT_FAILURES_PER_MINUTE: '1000000', RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000' };

interface Written {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly actions: Readonly<Record<string, { readonly grantees: readonly string[] }>>;
}

/** What the policy says, read by itself: nothing of the engine is believed here. */
const POLICY = parse(readFileSync(path.join(REPOSITORY, 'src/policy/default-policy.yaml'), 'utf8')) as Written;
const granteesOf = (action: string) =>
  POLICY.actions[action]!.grantees.flatMap((grantee) => POLICY.groups[grantee] ?? [grantee]);

let muster: Muster;
let scene: Scene;
let superuser: Client;
const holders = new Map<Role, SignedIn>();

beforeAll(async () => {
  muster = await Muster.start({ environment: UNTIRING });
  // That one is present excuses nobody from being another human; what is a proof is P12's.
  everybodyIsPresent(muster);
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  superuser = scene.superuser;
  await scene.settle();
  for (const role of ROLES) holders.set(role, await scene.person(role));
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

interface Refusal {
  readonly code?: string;
  readonly state?: string;
}
const told = ({ status, body }: Reply) => [status, (body as Refusal | undefined)?.code];
async function sessionOf({ visitor }: SignedIn): Promise<string> {
  return (await visitor.get<{ session: { id: string } }>('/v1/me')).session.id;
}
const refused = (reply: Reply) => reply.status === 403 && (reply.body as Refusal | undefined)?.code === 'forbidden';

const AT_A_TIME = 8;

/** Does the work for each, so many at a time. */
async function forEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

describe('each role on each route (P18)', () => {
  const guarded = ordinaryCases().filter((one) => {
    const operation = operationOf(one);
    return operation['x-muster-action'] !== 'public' && operation['x-muster-listener'] === 'open';
  });
  const told = new Map<string, Readonly<Partial<Record<Role, boolean>>>>();

  async function ask(one: Case): Promise<void> {
    const ready = await one.prepare(scene);
    // Nobody ends the session with which they ask about the other routes.
    const ends = one.route === 'DELETE /v1/sessions/{id}';
    const otherwise = ends ? { path: { id: await sessionOf(await scene.person('analyst')) } } : {};
    const grantees = granteesOf(operationOf(one)['x-muster-action']);
    const answers: Partial<Record<Role, boolean>> = {};
    const by = async (role: Role) => {
      answers[role] = !refused(await send(one, ready, { ...otherwise, by: holders.get(role)!.visitor }));
    };
    // Whoever may not goes first, as whoever may could use up what was prepared.
    await Promise.all(ROLES.filter((role) => !grantees.includes(role)).map(by));
    await Promise.all(ROLES.filter((role) => grantees.includes(role)).map(by));
    told.set(nameOf(one), answers);
  }

  beforeAll(() => forEach(guarded, ask));

  it.each(guarded.map((one) => [nameOf(one), one] as const))('%s', (name, one) => {
    const grantees = granteesOf(operationOf(one)['x-muster-action']);
    expect(told.get(name)).toEqual(Object.fromEntries(ROLES.map((role) => [role, grantees.includes(role)])));
  });
});

/** Somebody with every role there is, and whatever else might get them round it. */
interface Schemer {
  readonly self: SignedIn;
  /** Whoever is to do what they must not do themselves. */
  readonly instead: SignedIn;
}

const SCHEMES: readonly (readonly [string, (self: SignedIn) => Promise<SignedIn>])[] = [
  ['themselves, holding every role', async (self) => self],
  [
    'a second account of theirs, holding every role',
    async (self) => {
      const second = await scene.person(...ROLES);
      await scene.administrator.visitor.post(`/v1/people/${self.id}/same-human`, {
        as: second.id,
        reason: 'Two badges.',
      });
      return second;
    },
  ],
  [
    'themselves, with the glass broken',
    async (self) => {
      const body = { reason: 'Because I can.', roles: ROLES, durationSeconds: 600 };
      await self.visitor.post('/v1/break-glass', body);
      return self;
    },
  ],
  [
    'a second account of theirs, that is said to be another’s only once it was asked',
    async () => scene.person(...ROLES),
  ],
];
const DELEGATE = 'somebody who answers for them, holding every role';

/** A duty that two humans share: what the one did, and how the other finishes it. */
interface Duty {
  readonly action: string;
  readonly name: string;
  /** Does the first half, as somebody with every role. */
  readonly begin: (by: SignedIn) => Promise<string>;
  readonly finish: (by: SignedIn, id: string) => Promise<Reply>;
  readonly code: string;
  /** Whether whoever answers for somebody counts as that somebody. */
  readonly alsoDelegates: boolean;
  /** Whether it falls to the custodian, and not to just anybody else. */
  readonly byCustodian?: true;
  /** Where broken glass lets through what would be asked for, so that nobody decides it. */
  readonly withoutGlass?: true;
}

const decide = (by: SignedIn, id: string) =>
  by.visitor.call('POST', `/v1/approvals/${id}/decision`, { verdict: 'approve', reason: 'Looks right to me.' });

const DUTIES: readonly Duty[] = [
  {
    action: 'approval.decide',
    name: 'approving what they registered',
    begin: async (by) => {
      const body = scene.registration({ privileged: true });
      return (await by.visitor.post<{ approvalId: string }>('/v1/identities', body)).approvalId;
    },
    finish: decide,
    code: 'own_request',
    alsoDelegates: true,
  },
  {
    action: 'approval.decide',
    name: 'approving what they raised',
    begin: async (by) => {
      const { id, version } = await scene.identity();
      const reply = await by.visitor.call<{ approvalId: string }>(
        'PATCH',
        `/v1/identities/${id}`,
        { privileged: true },
        { 'if-match': `"v${version}"` },
      );
      return reply.body.approvalId;
    },
    finish: decide,
    code: 'own_request',
    alsoDelegates: true,
  },
  {
    action: 'approval.decide',
    name: 'approving what a bot of theirs asks for',
    begin: async (by) => {
      const body = scene.registration({ primaryCustodianId: by.id, backupCustodianId: scene.custodian.id });
      const identity = await by.visitor.post<Awaited<ReturnType<typeof scene.identity>>>('/v1/identities', body);
      await scene.grant(identity.id, { target: 'orders', verified: true });
      const { visitor } = await scene.workload(identity);
      const form = new URLSearchParams({
        ...{ grant_type: 'client_credentials', resource: 'orders' },
        authorization_details: JSON.stringify([{ type: 'payment', amount: '12.00' }]),
      });
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const reply = await visitor.call<{ access_request: { id: string } }>('POST', '/v1/token', form.toString(), type);
      return reply.body.access_request.id;
    },
    finish: decide,
    code: 'own_request',
    alsoDelegates: true,
    byCustodian: true,
  },
  {
    action: 'approval.decide',
    name: 'agreeing that a consumer is gone, which they said',
    begin: async (by) => {
      const body = { consumer: 'payments-9', reason: 'It was taken down.' };
      const route = `/v1/rotations/rot_${'0'.repeat(32)}/forgotten-consumers`;
      return (await by.visitor.call<{ approvalId: string }>('POST', route, body)).body.approvalId;
    },
    finish: decide,
    code: 'own_request',
    alsoDelegates: true,
    withoutGlass: true,
  },
  {
    action: 'grant.verify',
    name: 'verifying what they granted',
    begin: async (by) => {
      const { id } = await scene.identity();
      const body = { target: 'orders', scope: 'place', purpose: 'Places orders.' };
      return (await by.visitor.post<{ id: string }>(`/v1/identities/${id}/grants`, body)).id;
    },
    finish: (by, id) => by.visitor.call('POST', `/v1/grants/${id}/verification`),
    code: 'self_verification',
    alsoDelegates: false,
  },
  {
    action: 'break-glass.review',
    name: 'reviewing an emergency of theirs',
    begin: async (by) => {
      const body = { reason: 'Why not.', roles: ['analyst'], durationSeconds: 600 };
      const { id } = await by.visitor.post<{ id: string }>('/v1/break-glass', body);
      await by.visitor.post(`/v1/break-glass/${id}/end`);
      return id;
    },
    finish: (by, id) => by.visitor.call('POST', `/v1/break-glass/${id}/review`, { findings: 'All was well.' }),
    code: 'own_review',
    alsoDelegates: true,
    // An emergency is one at a time: what is reviewed here is broken glass itself.
    withoutGlass: true,
  },
  {
    action: 'risk-analysis.approve',
    name: 'approving a risk analysis that they wrote',
    begin: async (by) => (await by.visitor.post<{ id: string }>('/v1/risk-analyses', riskAnalysis())).id,
    finish: (by, id) => by.visitor.call('POST', `/v1/risk-analyses/${id}/approval`),
    code: 'own_analysis',
    alsoDelegates: false,
  },
  {
    action: 'review.decide',
    name: 'deciding in a review about what they registered',
    begin: async (by) => {
      const environment = uniqueWord();
      await by.visitor.post('/v1/identities', scene.registration({ environment }));
      return (await scene.campaignOver(environment)).itemId;
    },
    finish: (by, id) => by.visitor.call('PUT', `/v1/review-items/${id}/decision`, { decision: 'keep' }),
    code: 'own_request',
    alsoDelegates: true,
    byCustodian: true,
  },
  {
    action: 'person.change',
    name: 'changing their own roles',
    begin: async (by) => by.id,
    finish: async (by, id) => {
      const { version } = await scene.administrator.visitor.get<{ version: number }>(`/v1/people/${id}`);
      return by.visitor.call('PATCH', `/v1/people/${id}`, { roles: ['auditor'] }, { 'if-match': `"v${version}"` });
    },
    code: 'own_roles',
    alsoDelegates: false,
  },
];
/** Routes on which somebody agrees to what another did, as far as their actions say so. */
const AGREEING = /decide|verify|\.review$|approve|confirm-by/;

async function scheme(way: (typeof SCHEMES)[number], duty: Duty): Promise<Schemer & { readonly id: string }> {
  const self = await scene.person(...ROLES);
  const late = way[0].includes('only once');
  const early = late ? undefined : await way[1](self);
  const id = await duty.begin(self);
  if (early) return { self, instead: early, id };
  const instead = await way[1](self);
  await scene.administrator.visitor.post(`/v1/people/${self.id}/same-human`, { as: instead.id, reason: 'Found out.' });
  return { self, instead, id };
}

describe('a duty of two humans (P18)', () => {
  it('is tried for every route on which somebody agrees', () => {
    const actions = [...ROUTES.values()].map((operation) => operation['x-muster-action']);
    const agreeing = new Set(actions.filter((action) => AGREEING.test(action)));
    const tried = new Set(DUTIES.map(({ action }) => action));
    // Proofs of the log are verified by anybody, one's own device is one's own, and what is found is nobody's doing: nobody agrees to
    // what another did.
    const alone = ['audit.verify', 'device.approve', 'finding.decide'];
    expect([...agreeing].filter((action) => !tried.has(action) && !alone.includes(action))).toEqual([]);
  });

  const rows = DUTIES.flatMap((duty) => SCHEMES.map((way) => [duty.name, way[0], duty, way] as const));
  it.each(rows)('%s is not done by %s', async (_duty, _scheme, duty, way) => {
    if (duty.withoutGlass && way[0].includes('glass broken')) return;
    const { instead, id } = await scheme(way, duty);
    expect(told(await duty.finish(instead, id))).toEqual([403, duty.code]);
  });

  it.each(DUTIES.filter(({ alsoDelegates }) => alsoDelegates).map((duty) => [duty.name, duty] as const))(
    `%s is not done by ${DELEGATE}`,
    async (_name, duty) => {
      const [self, delegate, further] = [
        await scene.person(...ROLES),
        await scene.person(...ROLES),
        await scene.person(...ROLES),
      ];
      const until = new Date(Date.now() + 3_600_000).toISOString();
      const delegated = await self.visitor.post<{ id: string }>('/v1/delegations', {
        ...{ toId: delegate.id, until, reason: 'Away.' },
      });
      await delegate.visitor.post('/v1/delegations', { toId: further.id, until, reason: 'Away.' });
      const id = await duty.begin(self);
      await self.visitor.post(`/v1/delegations/${delegated.id}/end`);
      for (const barred of [delegate, further]) expect(told(await duty.finish(barred, id))).toEqual([403, duty.code]);
    },
  );

  it.each(DUTIES.map((duty) => [duty.name, duty] as const))('%s is done by another human', async (_name, duty) => {
    const other = await scene.person(...ROLES);
    const id = await duty.begin(await scene.person(...ROLES));
    expect((await duty.finish(duty.byCustodian ? scene.custodian : other, id)).status).toBe(200);
  });
});

describe('carrying out what one approved oneself (P18)', () => {
  it('is not to be had, by no account', async () => {
    const [requester, approver, second] = [
      await scene.person(...ROLES),
      await scene.person(...ROLES),
      await scene.person(...ROLES),
    ];
    const body = scene.registration({ privileged: true });
    const { id, approvalId } = await requester.visitor.post<{ id: string; approvalId: string }>('/v1/identities', body);
    await decide(approver, approvalId);
    await scene.administrator.visitor.post(`/v1/people/${approver.id}/same-human`, {
      as: second.id,
      reason: 'Found out.',
    });
    const activate = (by: SignedIn) => by.visitor.call('POST', `/v1/identities/${id}/activation`);
    for (const barred of [approver, second]) expect(told(await activate(barred))).toEqual([403, 'own_approval']);
    expect((await activate(requester)).status).toBe(200);
  });
});

describe('the database, whoever asks it (P18)', () => {
  const DECIDED = `UPDATE muster.approvals SET state = 'approved', decided_by = $2, decided_at = created_at WHERE id = $1`;
  const ON_BEHALF = `UPDATE muster.approvals SET state = 'approved', decided_by = $2, decided_for = $3,
    decided_at = created_at WHERE id = $1`;
  let asked: string;
  let self: SignedIn;

  beforeAll(async () => {
    self = await scene.person(...ROLES);
    asked = await DUTIES[0]!.begin(self);
  });

  it('lets not even a superuser decide for whoever asked', async () => {
    await expect(superuser.query(DECIDED, [asked, self.id])).rejects.toMatchObject({ code: '23514' });
  });

  it('lets not even a superuser decide as a second account of whoever asked, or in their place', async () => {
    const [second, other] = [await scene.person('custodian'), await scene.person('custodian')];
    await scene.administrator.visitor.post(`/v1/people/${self.id}/same-human`, {
      as: second.id,
      reason: 'Two badges.',
    });
    await expect(superuser.query(DECIDED, [asked, second.id])).rejects.toMatchObject({ code: '23514' });
    await expect(superuser.query(ON_BEHALF, [asked, other.id, second.id])).rejects.toMatchObject({ code: '23514' });
  });

  it.each([
    ['take a check away', 'ALTER TABLE muster.approvals DROP CONSTRAINT approvals_by_somebody_else'],
    ['stop what watches over approvals', 'ALTER TABLE muster.approvals DISABLE TRIGGER ALL'],
    ['stop it for its own session', `SET session_replication_role = replica`],
    [
      'rewrite it',
      'CREATE OR REPLACE FUNCTION muster.human_of(name text) RETURNS text LANGUAGE sql AS $$ SELECT name $$',
    ],
    ['take approvals away', 'DELETE FROM muster.approvals'],
    ['change whom it is said to be asked by', `UPDATE muster.approvals SET requester = 'per_x'`],
    ['change who is involved', `UPDATE muster.approvals SET involved = '{}'`],
    ['change who opened the glass', `UPDATE muster.break_glass SET person_id = 'per_x'`],
    ['give a delegation back its time', `UPDATE muster.delegations SET until = now() + interval '1 day'`],
  ])('does not let the service’s own role %s', async (_name, sql) => {
    const app = new Client({ connectionString: muster.database.appUrl });
    await app.connect();
    await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
    await app.end();
  });
});
