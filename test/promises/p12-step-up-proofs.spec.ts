import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Client } from 'pg';
import { SoftwareAuthenticator } from '../../src/client/index.js';
import type { SignedIn } from '../harness/cast.js';
import { MovableClock } from '../harness/clocks.js';
import { Muster } from '../harness/muster.js';
import type { Reply, Visitor } from '../harness/visitor.js';
import { during, FAULTS, installFaults } from './cases/faults.js';
import { expectStatus, Scene, uniqueWord } from './cases/index.js';

jest.setTimeout(300_000);

const UNTIRING = {
  RATE_LIMIT_FAILURES_PER_MINUTE: '1000000',
  RATE_LIMIT_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMIT_ADDRESS_PER_MINUTE: '10000000',
};
const PARALLEL = 1000;
const NOBODY = 'stu_0192f0c1a2b37c4d8e5f60718293a4b5';

interface StepUp {
  readonly id: string;
  readonly state: string;
  readonly words: string;
  readonly payload: string | null;
  readonly methods: readonly string[];
  readonly acr: string;
  readonly bound: boolean;
}
interface Asked {
  readonly code: string;
  readonly stepUpId: string;
  readonly stepUpUrl: string;
  readonly acrValues: string;
  readonly maxAgeSeconds: number;
  readonly bound: boolean;
  readonly expiresAt: string;
  readonly enrol?: true;
}
interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
type Options = Parameters<SoftwareAuthenticator['assert']>[0];
type Assertion = ReturnType<SoftwareAuthenticator['assert']>;

let muster: Muster;
let scene: Scene;
let superuser: Client;
const clock = new MovableClock();

beforeAll(async () => {
  muster = await Muster.start({ environment: UNTIRING, clock });
  const administrator = await muster.signInAs();
  scene = await Scene.open({ place: muster, administrator, superuserUrl: muster.database.superuserUrl });
  superuser = scene.superuser;
  await installFaults(superuser);
  await scene.settle();
});
afterAll(async () => {
  await scene?.close();
  await muster?.stop();
});

/** Somebody with an authenticator of their own, who proves nothing unless the test does. */
class Holder {
  readonly plain: Visitor;

  private constructor(
    readonly person: SignedIn,
    readonly authenticator: SoftwareAuthenticator,
  ) {
    this.plain = person.visitor.plain();
  }

  static async of(person: SignedIn, authenticator = new SoftwareAuthenticator()): Promise<Holder> {
    const holder = new Holder(person, authenticator);
    const { ceremonyId, publicKey } = await holder.plain.post<{ ceremonyId: string; publicKey: never }>(
      '/v1/authenticators/passkeys/options',
    );
    const response = authenticator.register(publicKey, muster.config.publicUrl);
    await holder.plain.post('/v1/authenticators/passkeys', { ceremonyId, name: 'Key', response });
    return holder;
  }

  send<Body = Asked>({ method, path, body, headers }: Call, stepUpId?: string): Promise<Reply<Body>> {
    const shown: Record<string, string> = stepUpId === undefined ? {} : { 'muster-step-up': stepUpId };
    return this.plain.call<Body>(method, path, body, { ...headers, ...shown });
  }

  async asked(call: Call): Promise<Asked> {
    const reply = await this.send(call);
    expect([reply.status, reply.body.code]).toEqual([401, 'step_up_required']);
    return reply.body;
  }

  async assertion(id: string): Promise<Assertion> {
    const { publicKey } = await this.plain.post<{ publicKey: Options }>(`/v1/step-ups/${id}/options`);
    return this.authenticator.assert(publicKey, muster.config.publicUrl);
  }

  proof(id: string, response: unknown): Promise<Reply<StepUp & { code: string }>> {
    return this.plain.call('POST', `/v1/step-ups/${id}/proof`, { kind: 'passkey', response });
  }

  /** The id of a proof that was made for exactly this. */
  async proved(call: Call): Promise<string> {
    const { stepUpId } = await this.asked(call);
    expectStatus(await this.proof(stepUpId, await this.assertion(stepUpId)), 200);
    return stepUpId;
  }
}

const codeOf = (reply: Reply<{ code?: string }>) => [reply.status, reply.body?.code];

async function retirement(): Promise<Call> {
  const { id } = await scene.identity();
  return { method: 'POST', path: `/v1/identities/${id}/retirement`, body: { reason: 'It is no longer needed.' } };
}

async function statusOf({ path }: Call): Promise<string> {
  const { status } = await scene.auditor.visitor.get<{ status: string }>(path.replace('/retirement', ''));
  return status;
}

async function newEngineer(traits?: ConstructorParameters<typeof SoftwareAuthenticator>[0]): Promise<Holder> {
  return Holder.of(await scene.person('platform-engineer'), new SoftwareAuthenticator(traits));
}

describe('a proof for one request (P12)', () => {
  let engineer: Holder;
  beforeAll(async () => {
    engineer = await newEngineer();
  });

  it('is asked for in words, with the challenge of RFC 9470', async () => {
    const call = await retirement();
    const reply = await engineer.send(call);
    expect(reply.headers['www-authenticate']).toBe(
      'Bearer error="insufficient_user_authentication", ' +
        'error_description="A fresh, stronger proof of presence is needed", acr_values="loa3", max_age="300"',
    );
    const { stepUpId, stepUpUrl } = reply.body;
    expect(reply.body).toMatchObject({ code: 'step_up_required', acrValues: 'loa3', maxAgeSeconds: 300, bound: true });
    expect(reply.body).not.toHaveProperty('enrol');
    expect(stepUpUrl).toBe(`${muster.config.publicUrl}/step-up/${stepUpId}`);
    const asked = await engineer.plain.get<StepUp>(`/v1/step-ups/${stepUpId}`);
    const id = call.path.split('/')[3]!;
    const { name } = await engineer.plain.get<{ name: string }>(`/v1/identities/${id}`);
    expect(asked).toMatchObject({ state: 'pending', methods: ['passkey'], acr: 'loa3', bound: true });
    expect(asked.words).toBe(`Retire “${name}” (${id}): it can never come back.`);
    expect(asked.payload).toBe(
      `{"body":{"reason":"It is no longer needed."},"ifMatch":null,"method":"POST","path":"${call.path}","query":{}}`,
    );
    expect(await statusOf(call)).not.toBe('retired');
  });

  it('lets exactly that request through, once, and stands in its record', async () => {
    const call = await retirement();
    const stepUpId = await engineer.proved(call);
    const reply = await engineer.send(call, stepUpId);
    expectStatus(reply, 200);
    expect(await statusOf(call)).toBe('retired');
    const { rows } = await superuser.query<{ type: string; reasons: string[] }>(
      `SELECT leaf::jsonb ->> 'type' AS type, leaf::jsonb #> '{decision,reasons}' AS reasons FROM audit.records
        WHERE leaf::jsonb ->> 'request' = $1 OR leaf::jsonb ->> 'subject' = $2 ORDER BY n`,
      [reply.headers['x-request-id'], stepUpId],
    );
    expect(rows).toEqual([
      { type: 'step-up.proved', reasons: ['role:platform-engineer'] },
      { type: 'identity.retired', reasons: ['role:platform-engineer', 'acr:loa4', `step-up:${stepUpId}`] },
    ]);
    expect(codeOf(await engineer.send(call, stepUpId))).toEqual([401, 'step_up_spent']);
    expect((await engineer.plain.get<StepUp>(`/v1/step-ups/${stepUpId}`)).state).toBe('spent');
  });

  it('is the same request whatever the order of its members', async () => {
    const person = await scene.person('analyst');
    const administrator = await Holder.of(await scene.person('administrator'));
    const call = { method: 'PATCH', path: `/v1/people/${person.id}`, headers: { 'if-match': '"v2"' } };
    const stepUpId = await administrator.proved({ ...call, body: '{"name":"Nela","roles":["analyst"]}' });
    const reply = await administrator.send({ ...call, body: '{ "roles": ["analyst"], "name": "Nela" }' }, stepUpId);
    expectStatus(reply, 200);
  });

  it('is no proof of anything else: one field changed, and it is refused', async () => {
    const administrator = await Holder.of(await scene.person('administrator'));
    const [person, other] = [await scene.person('analyst'), await scene.person('analyst')];
    const call = {
      method: 'PATCH',
      path: `/v1/people/${person.id}`,
      body: { roles: ['analyst'] },
      headers: { 'if-match': '"v2"' },
    };
    const stepUpId = await administrator.proved(call);
    const changes: [string, Call][] = [
      ['method', { method: 'DELETE', path: call.path }],
      ['path', { ...call, path: `/v1/people/${other.id}` }],
      ['query', { ...call, path: `${call.path}?force=true` }],
      ['If-Match', { ...call, headers: { 'if-match': '"v3"' } }],
      ['a value', { ...call, body: { roles: ['auditor'] } }],
      ['a value more', { ...call, body: { roles: ['analyst', 'administrator'] } }],
      ['a member more', { ...call, body: { ...call.body, name: 'Nela' } }],
      ['a character more', { ...call, body: { roles: ['analyst'], name: 'Nela ' } }],
    ];
    for (const [what, changed] of changes)
      expect([what, ...codeOf(await administrator.send(changed, stepUpId))]).toEqual([what, 401, 'step_up_mismatch']);
    expectStatus(await administrator.send(call, stepUpId), 200);
  });

  it('is nobody else’s: another person, and another session of the same one, show it in vain', async () => {
    const call = await retirement();
    const stepUpId = await engineer.proved(call);
    const other = await newEngineer();
    const others = await other.send(call, stepUpId);
    expect(codeOf(others)).toEqual([401, 'step_up_required']);
    expect(others.body.stepUpId).not.toBe(stepUpId);
    const { signInToken } = await scene.administrator.visitor.post<{ signInToken: string }>(
      `/v1/people/${engineer.person.id}/sign-in-tokens`,
    );
    const again = await scene.signIn(engineer.person.id, signInToken);
    const reply = await again.visitor.plain().call('POST', call.path, call.body, { 'muster-step-up': stepUpId });
    expect(codeOf(reply as Reply<{ code: string }>)).toEqual([401, 'step_up_mismatch']);
    expect(await statusOf(call)).not.toBe('retired');
    for (const path of ['', '?waitSeconds=0'])
      expect((await other.plain.call('GET', `/v1/step-ups/${stepUpId}${path}`)).status).toBe(404);
    expect((await other.plain.call('POST', `/v1/step-ups/${stepUpId}/options`)).status).toBe(404);
    expectStatus(await engineer.send(call, stepUpId), 200);
  });

  it('counts in the session that asked, though another one of the same person made it', async () => {
    const call = await retirement();
    const { stepUpId } = await engineer.asked(call);
    const { signInToken } = await scene.administrator.visitor.post<{ signInToken: string }>(
      `/v1/people/${engineer.person.id}/sign-in-tokens`,
    );
    const browser = await scene.signIn(engineer.person.id, signInToken);
    const { publicKey } = await browser.visitor
      .plain()
      .post<{ publicKey: Options }>(`/v1/step-ups/${stepUpId}/options`);
    const response = engineer.authenticator.assert(publicKey, muster.config.publicUrl);
    const waiting = engineer.plain.get<StepUp>(`/v1/step-ups/${stepUpId}?waitSeconds=20`);
    await browser.visitor.plain().post(`/v1/step-ups/${stepUpId}/proof`, { kind: 'passkey', response });
    expect((await waiting).state).toBe('proved');
    const shown = { 'muster-step-up': stepUpId };
    const inBrowser = await browser.visitor.plain().call('POST', call.path, call.body, shown);
    expect(inBrowser.status).toBe(401);
    expectStatus(await engineer.send(call, stepUpId), 200);
  });

  it.each([
    ['that was not made yet', async (call: Call) => (await engineer.asked(call)).stepUpId],
    ['that was never asked for', () => Promise.resolve(NOBODY)],
    ['that is none', () => Promise.resolve('yes')],
  ])('%s is asked for', async (_what, idFor) => {
    const call = await retirement();
    expect(codeOf(await engineer.send(call, await idFor(call)))).toEqual([401, 'step_up_required']);
    expect(await statusOf(call)).not.toBe('retired');
  });

  it(`is spent by one of ${PARALLEL} requests at once, and by no other`, async () => {
    const auditor = await Holder.of(await scene.person('auditor'));
    const call = { method: 'POST', path: '/v1/audit/exports', body: { from: 0, to: 1 } };
    const stepUpId = await auditor.proved(call);
    const replies = await Promise.all(Array.from({ length: PARALLEL }, () => auditor.send(call, stepUpId)));
    const counted = new Map<string, number>();
    for (const reply of replies) {
      const outcome = reply.status === 200 ? '200' : codeOf(reply).join(' ');
      counted.set(outcome, (counted.get(outcome) ?? 0) + 1);
    }
    expect(Object.fromEntries(counted)).toEqual({ '200': 1, '401 step_up_spent': PARALLEL - 1 });
    const { rows } = await superuser.query(`SELECT FROM audit.records WHERE leaf::jsonb #> '{decision,reasons}' ? $1`, [
      `step-up:${stepUpId}`,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('is not spent by what did not happen', async () => {
    const call = await retirement();
    const stepUpId = await engineer.proved(call);
    for (const fault of FAULTS)
      expect((await during(fault, superuser, () => engineer.send(call, stepUpId))).status).toBeGreaterThanOrEqual(500);
    expectStatus(await engineer.send(call, stepUpId), 200);
  });

  it('gives a request that is sent again under its Idempotency-Key its answer again, and nothing else', async () => {
    const call = await retirement();
    const keyed = { ...call, headers: { 'idempotency-key': uniqueWord() } };
    const stepUpId = await engineer.proved(call);
    const first = await engineer.send<{ status: string }>(keyed, stepUpId);
    expectStatus(first, 200);
    clock.advance(150);
    const second = await engineer.send<{ status: string }>(keyed, stepUpId);
    expect([second.status, second.headers['idempotency-replayed']]).toEqual([200, 'true']);
    expect(second.body).toEqual(first.body);
    expect(codeOf(await engineer.send(keyed))).toEqual([401, 'step_up_required']);
    const another = { ...call, headers: { 'idempotency-key': uniqueWord() } };
    expect(codeOf(await engineer.send(another, stepUpId))).toEqual([401, 'step_up_spent']);
  });
});

describe('time (P12)', () => {
  let engineer: Holder;
  beforeAll(async () => {
    engineer = await newEngineer();
  });

  it('gives a proof for one request 120 seconds', async () => {
    const [early, late] = [await retirement(), await retirement()];
    const [inTime, tooLate] = [await engineer.proved(early), await engineer.proved(late)];
    clock.advance(115);
    expectStatus(await engineer.send(early, inTime), 200);
    clock.advance(10);
    const reply = await engineer.send(late, tooLate);
    expect(codeOf(reply)).toEqual([401, 'step_up_required']);
    expect(reply.body.stepUpId).not.toBe(tooLate);
    expect((await engineer.plain.get<StepUp>(`/v1/step-ups/${tooLate}`)).state).toBe('expired');
  });

  it('takes no proof that a clock ahead of this one made', async () => {
    const call = await retirement();
    clock.advance(30);
    const stepUpId = await engineer.proved(call);
    clock.advance(-30);
    expect(codeOf(await engineer.send(call, stepUpId))).toEqual([401, 'step_up_required']);
    clock.advance(30);
    expectStatus(await engineer.send(call, stepUpId), 200);
  });

  it('gives somebody ten minutes to prove it', async () => {
    const { stepUpId } = await engineer.asked(await retirement());
    const response = await engineer.assertion(stepUpId);
    clock.advance(601);
    expect(codeOf(await engineer.proof(stepUpId, response))).toEqual([409, 'step_up_closed']);
    expect((await engineer.plain.call('POST', `/v1/step-ups/${stepUpId}/options`)).status).toBe(409);
  });

  it('lets a proof of the session grow old', async () => {
    const custodian = await Holder.of(await scene.person('custodian'));
    const { id } = await scene.suspendedIdentity();
    // Enrolling the passkey was a proof as well.
    clock.advance(301);
    const call = { method: 'POST', path: `/v1/identities/${id}/resumption`, body: { reason: 'All is well.' } };
    const first = await custodian.asked(call);
    expect([first.bound, first.acrValues]).toEqual([false, 'loa3']);
    expectStatus(await custodian.proof(first.stepUpId, await custodian.assertion(first.stepUpId)), 200);
    const { signInToken } = await scene.administrator.visitor.post<{ signInToken: string }>(
      `/v1/people/${custodian.person.id}/sign-in-tokens`,
    );
    const elsewhere = (await scene.signIn(custodian.person.id, signInToken)).visitor.plain();
    expect((await elsewhere.call('POST', call.path, call.body)).status).toBe(401);
    clock.advance(285);
    expect((await custodian.send(call)).status).not.toBe(401);
    clock.advance(16);
    expect(codeOf(await custodian.send(call))).toEqual([401, 'step_up_required']);
  });
});

describe('what a proof is made of (P12)', () => {
  let engineer: Holder;
  beforeAll(async () => {
    engineer = await newEngineer();
  });

  const assertions: [string, (asked: string) => Promise<unknown>][] = [
    [
      'signs another challenge',
      async (id) => {
        await engineer.assertion(id);
        return engineer.assertion((await engineer.asked(await retirement())).stepUpId);
      },
    ],
    [
      'signs a challenge that was replaced',
      async (id) => {
        const response = await engineer.assertion(id);
        await engineer.assertion(id);
        return response;
      },
    ],
    [
      'was made at another origin',
      async (id) => {
        const { publicKey } = await engineer.plain.post<{ publicKey: Options }>(`/v1/step-ups/${id}/options`);
        return engineer.authenticator.assert(publicKey, 'https://localhost.example');
      },
    ],
    [
      'is somebody else’s',
      async (id) => {
        const { publicKey } = await engineer.plain.post<{ publicKey: Options }>(`/v1/step-ups/${id}/options`);
        const other = await newEngineer();
        return other.authenticator.assert({ ...publicKey, allowCredentials: [] }, muster.config.publicUrl);
      },
    ],
    [
      'has its signature changed',
      async (id) => {
        const response = await engineer.assertion(id);
        const signature = Buffer.from(response.response.signature, 'base64url');
        signature[signature.length - 1]! ^= 1;
        return { ...response, response: { ...response.response, signature: signature.toString('base64url') } };
      },
    ],
    [
      'has its flags changed',
      async (id) => {
        const response = await engineer.assertion(id);
        const data = Buffer.from(response.response.authenticatorData, 'base64url');
        data[32]! ^= 0x08;
        return { ...response, response: { ...response.response, authenticatorData: data.toString('base64url') } };
      },
    ],
  ];

  it.each(assertions)('is refused where it %s', async (_how, make) => {
    const call = await retirement();
    const { stepUpId } = await engineer.asked(call);
    const reply = await engineer.proof(stepUpId, await make(stepUpId));
    expect(codeOf(reply)).toEqual([401, 'presence_refused']);
    expect(codeOf(await engineer.send(call, stepUpId))).toEqual([401, 'step_up_required']);
    expect(await statusOf(call)).not.toBe('retired');
  });

  it('is refused where nothing was asked of the authenticator', async () => {
    const [first, second] = [await retirement(), await retirement()];
    const response = await engineer.assertion((await engineer.asked(first)).stepUpId);
    const { stepUpId } = await engineer.asked(second);
    expect(codeOf(await engineer.proof(stepUpId, response))).toEqual([409, 'step_up_not_challenged']);
  });

  it('is taken once: the same answer is no second proof', async () => {
    const { stepUpId } = await engineer.asked(await retirement());
    const response = await engineer.assertion(stepUpId);
    expectStatus(await engineer.proof(stepUpId, response), 200);
    expect(codeOf(await engineer.proof(stepUpId, response))).toEqual([409, 'step_up_closed']);
  });

  it('needs the user verified, not only present', async () => {
    const { stepUpId } = await engineer.asked(await retirement());
    const { publicKey } = await engineer.plain.post<{ publicKey: Options & { userVerification: string } }>(
      `/v1/step-ups/${stepUpId}/options`,
    );
    expect(publicKey.userVerification).toBe('required');
    const touched = unverified(engineer.authenticator);
    const reply = await engineer.proof(stepUpId, touched.assert(publicKey, muster.config.publicUrl));
    expect(codeOf(reply)).toEqual([401, 'presence_refused']);
  });

  it('is of its own level and no higher: a passkey that leaves its device does not do for loa4', async () => {
    const administrator = await Holder.of(
      await scene.person('administrator'),
      new SoftwareAuthenticator({ backedUp: true }),
    );
    const departed = await scene.person('analyst');
    await scene.administrator.visitor.post(`/v1/people/${departed.id}/departure`);
    const call = { method: 'DELETE', path: `/v1/people/${departed.id}` };
    const { stepUpId, acrValues, enrol } = await administrator.asked(call);
    expect([acrValues, enrol]).toEqual(['loa4', true]);
    const reply = await administrator.proof(stepUpId, await administrator.assertion(stepUpId));
    expect(codeOf(reply)).toEqual([403, 'proof_too_weak']);
    expect(codeOf(await administrator.send(call, stepUpId))).toEqual([401, 'step_up_required']);
  });

  it('that was made for the session is none for one request, however strong', async () => {
    const { id } = await engineer.plain.post<StepUp>('/v1/step-ups', { acr: 'loa4' });
    expectStatus(await engineer.proof(id, await engineer.assertion(id)), 200);
    const call = await retirement();
    expect(codeOf(await engineer.send(call))).toEqual([401, 'step_up_required']);
    expect(codeOf(await engineer.send(call, id))).toEqual([401, 'step_up_mismatch']);
  });

  it('is no code: what is bound is signed', async () => {
    const { stepUpId } = await engineer.asked(await retirement());
    const reply = await engineer.plain.call<{ code: string }>('POST', `/v1/step-ups/${stepUpId}/proof`, {
      kind: 'totp',
      code: '123456',
    });
    expect([401, 403]).toContain(reply.status);
    expect((await engineer.plain.get<StepUp>(`/v1/step-ups/${stepUpId}`)).state).toBe('pending');
  });

  it('cannot be guessed for long: after ten attempts it is closed', async () => {
    const { stepUpId } = await engineer.asked(await retirement());
    const guess = () =>
      engineer.plain.call<{ code: string }>('POST', `/v1/step-ups/${stepUpId}/proof`, { kind: 'totp', code: '000000' });
    const replies = await Promise.all(Array.from({ length: 30 }, guess));
    const open = replies.filter(({ body }) => body.code !== 'step_up_closed');
    expect(open).toHaveLength(10);
  });

  it('is asked of somebody without any authenticator too, who is told to enrol one', async () => {
    const newcomer = (await scene.person('platform-engineer')).visitor.plain();
    const call = await retirement();
    const reply = await newcomer.call<Asked>('POST', call.path, call.body);
    expect(codeOf(reply)).toEqual([401, 'step_up_required']);
    expect(reply.body.enrol).toBe(true);
  });
});

describe('what is asked of nobody (P12)', () => {
  it('is to prove a request that could not succeed by its shape', async () => {
    const engineer = await newEngineer();
    const call = await retirement();
    expect(codeOf(await engineer.send({ ...call, body: { reason: 7 } }))).toEqual([400, 'request_invalid']);
    expect(codeOf(await engineer.send({ ...call, path: '/v1/identities/x/retirement' }))).toEqual([
      400,
      'request_invalid',
    ]);
  });

  it('is the same twice: a request that is sent again before it was proved asks for the same proof', async () => {
    const engineer = await newEngineer();
    const call = await retirement();
    expect((await engineer.asked(call)).stepUpId).toBe((await engineer.asked(call)).stepUpId);
  });
});

/** The same authenticator, which then asks its user for no PIN. */
function unverified(authenticator: SoftwareAuthenticator): SoftwareAuthenticator {
  const careless = new SoftwareAuthenticator({ userVerification: false });
  const { passkeys } = authenticator as unknown as { passkeys: unknown };
  return Object.assign(careless, { passkeys });
}
