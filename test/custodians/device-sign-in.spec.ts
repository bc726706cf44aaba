import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { SignedIn } from '../harness/cast.js';
import { Muster } from '../harness/muster.js';
import type { Reply } from '../harness/visitor.js';
import { wholeDatabase } from './room.js';

jest.setTimeout(120_000);

/** Programs that a person lets in from their browser: by a code (RFC 8628), or by a loopback redirect (RFC 8252). */

let muster: Muster;
let admin: SignedIn;
let superuser: Client;

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const REDIRECT = 'http://127.0.0.1:49152/signed-in';

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri_complete: string;
}
interface Answer {
  readonly error?: string;
  readonly code?: string;
  readonly access_token: string;
  readonly session_id: string;
}

function form(path: string, fields: Readonly<Record<string, string>>): Promise<Reply<Answer>> {
  return muster.visitor().call('POST', path, new URLSearchParams(fields).toString(), FORM);
}

async function ask(host = 'build-01'): Promise<Asked> {
  const reply = await form('/v1/device-authorizations', { client_id: 'muster-cli', host });
  expect(reply.status).toBe(200);
  return reply.body as unknown as Asked;
}

const poll = (deviceCode: string) =>
  form('/v1/device-token', { grant_type: DEVICE_GRANT, client_id: 'muster-cli', device_code: deviceCode });
const decide = (by: SignedIn, userCode: string, verdict: string) =>
  by.visitor.call<Answer>('POST', '/v1/device-authorizations/decision', { userCode, verdict });

async function newCode(by: SignedIn, redirectUri = REDIRECT) {
  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
  const body = { redirectUri, codeChallenge, state: 'state-of-sixteen', host: 'ada-laptop' };
  const { redirectTo } = await by.visitor.post<{ redirectTo: string }>('/v1/authorization-codes', body);
  const answered = new URL(redirectTo);
  const fields = {
    grant_type: 'authorization_code',
    client_id: 'muster-cli',
    code: answered.searchParams.get('code')!,
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
  };
  return { answered, fields };
}

async function recordsSince(n: number): Promise<{ type: string; actor: string; subject: string }[]> {
  const { rows } = await superuser.query<{ leaf: string }>('SELECT leaf FROM audit.records WHERE n > $1 ORDER BY n', [
    n,
  ]);
  return rows.map(({ leaf }) => JSON.parse(leaf) as { type: string; actor: string; subject: string });
}
async function lastRecord(): Promise<number> {
  const { rows } = await superuser.query<{ n: string }>('SELECT coalesce(max(n), 0) AS n FROM audit.records');
  return Number(rows[0]!.n);
}
async function standingOf(sessionId: string): Promise<unknown> {
  const { rows } = await superuser.query(
    `SELECT acr, amr, proved_loa2_at, proved_loa3_at, proved_loa4_at, began_by FROM muster.sessions WHERE id = $1`,
    [sessionId],
  );
  return rows[0];
}

beforeAll(async () => {
  muster = await Muster.start();
  admin = await muster.signInAs();
  superuser = new Client({ connectionString: muster.database.superuserUrl });
  await superuser.connect();
});
afterAll(async () => {
  await superuser.end();
  await muster.stop();
});

describe('a device with a code', () => {
  it('is shown to its person, approved, and gets the one session with what they had proved', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${muster.config.publicUrl}/device`,
      verification_uri_complete: `${muster.config.publicUrl}/device?user_code=${asked.user_code}`,
      expires_in: 600,
      interval: 5,
    });
    expect((await poll(asked.device_code)).body.error).toBe('authorization_pending');
    expect((await poll(asked.device_code)).body.error).toBe('slow_down');
    const typed = asked.user_code.toLowerCase().replace('-', '');
    expect(await admin.visitor.get(`/v1/device-authorizations/${typed}`)).toMatchObject({
      ...{ userCode: asked.user_code, host: 'build-01', fromYourAddress: true, state: 'pending' },
    });
    const before = await lastRecord();
    expect((await decide(admin, typed, 'approve')).body).toEqual({ state: 'approved' });
    const { status, body } = await poll(asked.device_code);
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 43_200 } });
    const me = await muster.visitor({ token: body.access_token }).get<{ person: object; session: object }>('/v1/me');
    expect(me).toMatchObject({ person: { id: admin.id }, session: { id: body.session_id } });
    expect(
      (await recordsSince(before)).filter(({ type }) => type.startsWith('device.') || type === 'session.started'),
    ).toEqual([
      expect.objectContaining({ type: 'device.approved', actor: admin.id }),
      expect.objectContaining({ type: 'session.started', actor: admin.id, subject: admin.id }),
    ]);
    const { id } = (await admin.visitor.get<{ session: { id: string } }>('/v1/me')).session;
    expect(await standingOf(body.session_id)).toEqual({ ...((await standingOf(id)) as object), began_by: 'device' });
    expect((await poll(asked.device_code)).body.error).toBe('invalid_grant');
    const { items } = await admin.visitor.get<{ items: { id: string }[] }>('/v1/sessions');
    expect(items.find(({ id: session }) => session === body.session_id)).toMatchObject({
      ...{ beganBy: 'device', label: 'CLI on build-01', current: false },
    });
  });

  it('gives one session to a hundred that ask at once (RFC 8628 §3.5)', async () => {
    const asked = await ask();
    await decide(admin, asked.user_code, 'approve');
    const answers = await Promise.all(Array.from({ length: 100 }, () => poll(asked.device_code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ body }) => body.error))).toEqual(
      new Set(['invalid_grant']),
    );
  });

  it('is refused when its person refuses, and what was decided stays decided', async () => {
    const asked = await ask();
    expect((await decide(admin, asked.user_code, 'deny')).body).toEqual({ state: 'denied' });
    expect((await poll(asked.device_code)).body.error).toBe('access_denied');
    expect(await decide(admin, asked.user_code, 'approve')).toMatchObject({
      ...{ status: 409, body: { code: 'device_decided' } },
    });
  });

  it('is not let in once the session that approved it was ended', async () => {
    const person = await muster.signInAs('auditor');
    const asked = await ask();
    expect((await decide(person, asked.user_code, 'approve')).status).toBe(200);
    await person.visitor.call('DELETE', '/v1/sessions/current');
    expect((await poll(asked.device_code)).body.error).toBe('access_denied');
  });

  it.each<[string, Record<string, string>, number, string]>([
    ['no grant type', { grant_type: '' }, 400, 'invalid_request'],
    ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no client', { client_id: '' }, 400, 'invalid_request'],
    ['another client', { client_id: 'somebody' }, 401, 'invalid_client'],
    ['no code', { device_code: '' }, 400, 'invalid_request'],
    ['a code that nobody was given', { device_code: `msd_${'A'.repeat(43)}` }, 400, 'invalid_grant'],
    ['nonsense', { device_code: 'nonsense' }, 400, 'invalid_grant'],
    ['the person’s code', { device_code: 'BCDF-GHJK' }, 400, 'invalid_grant'],
  ])('is refused with %s in the words of RFC 6749 §5.2', async (_what, changed, status, error) => {
    const { device_code } = await ask();
    const fields = { grant_type: DEVICE_GRANT, client_id: 'muster-cli', device_code, ...changed };
    const reply = await form('/v1/device-token', fields);
    expect([reply.status, reply.body.error]).toEqual([status, error]);
    expect(reply.headers['cache-control']).toBe('no-store');
  });

  it('is refused a code without naming its client', async () => {
    expect((await form('/v1/device-authorizations', {})).body.error).toBe('invalid_request');
    expect((await form('/v1/device-authorizations', { client_id: 'x' })).body.error).toBe('invalid_client');
  });

  it('has a code that cannot be tried out: ten wrong ones, and its guesser waits', async () => {
    const guesser = await muster.signInAs('analyst');
    const guess = () => guesser.visitor.call<Answer>('GET', '/v1/device-authorizations/BCDF-GHJK');
    for (let tried = 0; tried < 10; tried += 1) expect((await guess()).body.code).toBe('device_unknown');
    expect(await guess()).toMatchObject({ status: 429, body: { code: 'user_codes_tried' } });
    const asked = await ask();
    expect(await decide(guesser, asked.user_code, 'approve')).toMatchObject({ status: 429 });
  });
});

describe('a program on the same machine', () => {
  it('is answered at its own loopback address, and spends its code once', async () => {
    const before = await lastRecord();
    const { answered, fields } = await newCode(admin);
    expect(`${answered.origin}${answered.pathname}`).toBe(REDIRECT);
    expect(answered.searchParams.get('state')).toBe('state-of-sixteen');
    expect(answered.searchParams.get('iss')).toBe(muster.config.publicUrl);
    const { body } = await form('/v1/device-token', fields);
    expect(await muster.visitor({ token: body.access_token }).get('/v1/me')).toMatchObject({
      person: { id: admin.id },
    });
    const types = (await recordsSince(before)).map(({ type }) => type);
    expect(types.filter((type) => !type.startsWith('step-up.'))).toEqual([
      'authorization-code.created',
      'session.started',
    ]);
    expect((await form('/v1/device-token', fields)).body.error).toBe('invalid_grant');
  });

  it('gives one session to a hundred that show the same code at once', async () => {
    const { fields } = await newCode(admin);
    const answers = await Promise.all(Array.from({ length: 100 }, () => form('/v1/device-token', fields)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, string]>([
    ['another verifier', { code_verifier: randomBytes(32).toString('base64url') }, 'invalid_grant'],
    ['no verifier', { code_verifier: '' }, 'invalid_request'],
    ['another port', { redirect_uri: 'http://127.0.0.1:49153/signed-in' }, 'invalid_grant'],
    ['no redirect', { redirect_uri: '' }, 'invalid_request'],
    ['another client', { client_id: 'somebody' }, 'invalid_client'],
    ['a code of somebody’s imagination', { code: `msc_${'A'.repeat(43)}` }, 'invalid_grant'],
    ['a device’s code', { code: `msd_${'A'.repeat(43)}` }, 'invalid_grant'],
    ['no code', { code: '' }, 'invalid_request'],
  ])('is refused with %s, and the code still works for whoever asked', async (_what, changed, error) => {
    const { fields } = await newCode(admin);
    expect((await form('/v1/device-token', { ...fields, ...changed })).body.error).toBe(error);
    expect((await form('/v1/device-token', fields)).status).toBe(200);
  });

  it.each(['http://localhost:49152/', 'https://evil.example/', 'http://127.0.0.1:49152/?a=b', 'http://127.0.0.1/'])(
    'is answered nowhere else: %s (RFC 8252 §8.3)',
    async (redirectUri) => {
      const body = { redirectUri, codeChallenge: 'A'.repeat(43), state: 'state-of-sixteen' };
      const { status, body: problem } = await admin.visitor.call<Answer>('POST', '/v1/authorization-codes', body);
      expect([status, problem.code]).toEqual([400, 'redirect_invalid']);
    },
  );
});

it('keeps no code, and no name of a machine, as it was given', async () => {
  const host = 'host-of-nobody-elses-business';
  const asked = await ask(host);
  const { fields } = await newCode(admin);
  const everything = await wholeDatabase(superuser);
  for (const secret of [asked.device_code, asked.user_code, asked.user_code.replace('-', ''), host, fields.code])
    expect(everything).not.toContain(secret);
});
