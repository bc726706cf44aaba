import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRoom, recordsBy, recordsOf, type Room, wholeDatabase } from './room.js';

/** Getting in: setup, invitations, one-time tokens, sessions, and the way back in. */

let room: Room;
let admin: { id: string; token: string };

beforeAll(async () => {
  room = await openRoom();
});

afterAll(() => room?.close());

async function invite(name: string, roles: readonly string[]): Promise<{ id: string; signInToken: string }> {
  const email = `${name.toLowerCase()}@example.com`;
  const { status, body } = await room.ask('POST', '/v1/people', { token: admin.token, body: { name, email, roles } });
  expect(status).toBe(201);
  return { id: body.person.id, signInToken: body.signInToken };
}

async function signIn(signInToken: string): Promise<string> {
  const { status, body } = await room.ask('POST', '/v1/sign-in', { body: { signInToken } });
  expect(status).toBe(201);
  return body.session.token;
}

describe('setup', () => {
  const file = () => path.join(room.dataDirectory, 'setup-token');
  const body = (setupToken: string) => ({ setupToken, name: 'Ada Lovelace', email: 'Ada@Example.com' });

  it('leaves a token that only the server’s own user can read', () => {
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('keeps the token in the file when the service starts again', async () => {
    const before = await readFile(file(), 'utf8');
    expect(await room.setup.prepare()).toBe(file());
    expect(await readFile(file(), 'utf8')).toBe(before);
  });

  it.each(['msu_' + 'A'.repeat(43), 'msi_' + 'A'.repeat(43), 'x'])('refuses %s', async (token) => {
    const { status, body: problem } = await room.ask('POST', '/v1/setup', { body: body(token) });
    expect([status, problem.code]).toEqual([401, 'setup_token_refused']);
  });

  it('does not let anybody sign in with the setup token', async () => {
    const signInToken = (await readFile(file(), 'utf8')).trim();
    const { body: problem } = await room.ask('POST', '/v1/sign-in', { body: { signInToken } });
    expect(problem.code).toBe('sign_in_refused');
  });

  it('makes one administrator out of twenty attempts at once, records it once, and removes the file', async () => {
    const token = (await readFile(file(), 'utf8')).trim();
    const before = (await recordsOf(room)).length;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => room.ask('POST', '/v1/setup', { body: body(token) })),
    );
    const made = answers.filter(({ status }) => status === 201);
    expect(made).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
      new Set(['setup_completed']),
    );
    const [answer] = made;
    admin = { id: answer!.body.person.id, token: answer!.body.session.token };
    expect(answer!.body.person).toMatchObject({
      name: 'Ada Lovelace',
      maskedEmail: 'a…@example.com',
      roles: ['administrator'],
      status: 'active',
    });
    expect(existsSync(file())).toBe(false);
    expect((await recordsOf(room)).slice(before)).toMatchObject([
      { type: 'setup.completed', actor: admin.id, subject: admin.id },
    ]);
  });

  it('stays done: the next start makes no token', async () => {
    expect(await room.setup.prepare()).toBeUndefined();
    expect(existsSync(file())).toBe(false);
  });

  it('gives a session that works', async () => {
    const { status, body: me } = await room.ask('GET', '/v1/me', { token: admin.token });
    expect(status).toBe(200);
    expect(me).toMatchObject({ person: { id: admin.id, name: 'Ada Lovelace' }, notices: [] });
  });
});

describe('a sign-in token', () => {
  it('makes the invited person active and records it as theirs', async () => {
    const { id, signInToken } = await invite('Grace', ['custodian']);
    const [record] = await recordsBy(room, () => signIn(signInToken));
    expect(record).toMatchObject({ type: 'session.started', actor: id, subject: id });
    expect(record!.images.map((image) => image?.person?.status)).toEqual(['invited', 'active']);
  });

  it('is spent by exactly one of 1,000 attempts at once', async () => {
    const { signInToken } = await invite('Barbara', ['auditor']);
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => room.ask('POST', '/v1/sign-in', { body: { signInToken } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'sign_in_refused')).toHaveLength(999);
  });

  it('works for 24 hours and not a second longer', async () => {
    const late = await invite('Late', ['auditor']);
    room.clock.advance(86_400 - 1);
    const early = await room.ask('POST', '/v1/sign-in', { body: { signInToken: late.signInToken } });
    expect(early.status).toBe(201);
    admin.token = await back();
    const expired = await invite('Expired', ['auditor']);
    room.clock.advance(86_400);
    const { body } = await room.ask('POST', '/v1/sign-in', { body: { signInToken: expired.signInToken } });
    expect(body.code).toBe('sign_in_refused');
    admin.token = await back();
  });

  it('stops working when another one is made', async () => {
    const { id, signInToken } = await invite('Twice', ['auditor']);
    const { status, body } = await room.ask('POST', `/v1/people/${id}/sign-in-tokens`, { token: admin.token });
    expect(status).toBe(201);
    expect((await room.ask('POST', '/v1/sign-in', { body: { signInToken } })).body.code).toBe('sign_in_refused');
    await signIn(body.signInToken);
  });

  it('is refused alike whether unknown, malformed or spent', async () => {
    const { signInToken } = await invite('Alike', ['auditor']);
    await signIn(signInToken);
    const details = await Promise.all(
      [signInToken, `msi_${'B'.repeat(43)}`, 'nonsense'].map(async (shown) => {
        const { status, body } = await room.ask('POST', '/v1/sign-in', { body: { signInToken: shown } });
        return JSON.stringify({ ...body, requestId: '', header: status });
      }),
    );
    expect(new Set(details).size).toBe(1);
  });

  it('is stored nowhere as it was given', async () => {
    const { signInToken } = await invite('Stored', ['auditor']);
    const session = await signIn(signInToken);
    const everything = await wholeDatabase(room.superuser);
    expect(everything).not.toContain(signInToken);
    expect(everything).not.toContain(session);
  });
});

describe('a session', () => {
  const me = async (token: string) => (await room.ask('GET', '/v1/me', { token })).status;
  const fresh = async () => signIn((await again(admin.id)).signInToken);
  const again = async (id: string) =>
    (await room.ask('POST', `/v1/people/${id}/sign-in-tokens`, { token: admin.token })).body;

  it('ends after an hour without use', async () => {
    const token = await fresh();
    room.clock.advance(3600 - 1);
    expect(await me(token)).toBe(200);
    room.clock.advance(3600 - 1);
    expect(await me(token)).toBe(200);
    room.clock.advance(3600);
    expect(await me(token)).toBe(401);
    admin.token = await back();
  });

  it('ends after twelve hours however much it is used', async () => {
    const token = await fresh();
    for (let hours = 0; hours < 12; hours += 0.5) {
      expect(await me(token)).toBe(200);
      room.clock.advance(1800);
    }
    expect(await me(token)).toBe(401);
    admin.token = await back();
  });

  it('is not lengthened by a clock that jumped back', async () => {
    const token = await fresh();
    room.clock.advance(-7200);
    expect(await me(token)).toBe(401);
    room.clock.advance(7200);
  });

  it('ends when its owner says so, once, with one record', async () => {
    const token = await fresh();
    const records = await recordsBy(room, async () => {
      expect((await room.ask('DELETE', '/v1/sessions/current', { token })).status).toBe(204);
      expect(await me(token)).toBe(401);
    });
    expect(records).toMatchObject([{ type: 'session.ended', subject: admin.id }]);
  });

  it('is refused alike whether unknown, ended, malformed or of another kind', async () => {
    const ended = await fresh();
    await room.ask('DELETE', '/v1/sessions/current', { token: ended });
    const answers = await Promise.all(
      [ended, `mst_${'C'.repeat(43)}`, 'mst_short', `msi_${'C'.repeat(43)}`, 'other'].map(async (token) => {
        const { status, body } = await room.ask('GET', '/v1/me', { token });
        return JSON.stringify({ ...body, requestId: '', header: status });
      }),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('of somebody else is invisible to all but administrators, who may end it', async () => {
    const analyst = await signIn((await invite('Analyst', ['analyst'])).signInToken);
    const auditor = await signIn((await invite('Auditor', ['auditor'])).signInToken);
    const own = await room.ask('GET', '/v1/sessions', { token: auditor });
    expect(own.body.items).toMatchObject([{ current: true }]);
    const id = (await room.ask('GET', '/v1/sessions', { token: analyst })).body.items[0]!.id;
    const foreign = await room.ask('DELETE', `/v1/sessions/${id}`, { token: auditor });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'session_not_found']);
    const everybody = await room.ask('GET', '/v1/sessions', { token: admin.token });
    expect(everybody.body.items.map((session) => session.id)).toContain(id);
    expect((await room.ask('DELETE', `/v1/sessions/${id}`, { token: admin.token })).status).toBe(204);
    expect(await me(analyst)).toBe(401);
  });
});

describe('muster admin sign-in', () => {
  it('is refused while an administrator has a session that holds', async () => {
    expect(await print()).toMatchObject({ error: { code: 'administrator_signed_in' } });
  });

  it('prints a token once none has, records it, and tells every administrator', async () => {
    room.clock.advance(3600);
    const [record] = await recordsBy(room, async () => {
      const { result } = await print();
      admin.token = await signIn(result!.signInToken);
    });
    expect(record).toMatchObject({ type: 'sign-in.printed', actor: 'system:control-socket', subject: admin.id });
    const { body } = await room.ask('GET', '/v1/me', { token: admin.token });
    expect(body.notices[0]).toMatchObject({
      kind: 'sign-in-printed',
      personId: admin.id,
      spentAt: room.clock.now().toISOString(),
    });
  });

  it('refuses to print for somebody who is no administrator', async () => {
    const { id } = await invite('Nobody', ['custodian']);
    room.clock.advance(3600);
    expect(await print(id)).toMatchObject({ error: { code: 'no_administrator' } });
    admin.token = await back();
  });
});

/** The administrator's way back after a test moved the clock past their session. */
async function back(): Promise<string> {
  room.clock.advance(12 * 3600);
  const { result } = await print();
  return signIn(result!.signInToken);
}

let socket: string | undefined;

async function print(
  personId?: string,
): Promise<{ result?: { personId: string; signInToken: string }; error?: { code: string } }> {
  socket ??= await room.controlSocket.listen(room.dataDirectory);
  const connection = connect(socket);
  connection.write(`${JSON.stringify({ method: 'admin-sign-in', params: personId ? { personId } : {} })}\n`);
  let text = '';
  for await (const chunk of connection) text += String(chunk);
  return JSON.parse(text) as Awaited<ReturnType<typeof print>>;
}
