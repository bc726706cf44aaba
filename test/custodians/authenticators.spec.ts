import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { TOTP } from 'otpauth';
import { SoftwareAuthenticator } from '../../src/client/index.js';
import { type Answer as AnswerOf, PUBLIC_URL } from '../harness/room.js';

import { type Ask, openRoom, recordsBy, type Room, untilWaiting, wholeDatabase } from './room.js';

/** Passkeys, code generators and recovery codes: enrolled, used, lost. */

const ORIGIN = PUBLIC_URL;

let room: Room;
let admin: { id: string; token: string };
let count = 0;

beforeAll(async () => {
  room = await openRoom();
  const setupToken = (await readFile(path.join(room.dataDirectory, 'setup-token'), 'utf8')).trim();
  const { body } = await room.ask('POST', '/v1/setup', {
    body: { setupToken, name: 'Ada Lovelace', email: 'ada@example.com' },
  });
  admin = { id: body.person.id, token: body.session.token };
});

afterAll(() => room?.close());

afterEach(() => {
  expect(room.failures.causes.filter((cause) => (cause as { code?: string }).code === undefined)).toEqual([]);
});

/** Every field that an answer can have here, of which a test reads those that its route gives. */
interface Body {
  readonly code: string;
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly secret: string;
  readonly uri: string;
  readonly codes: readonly string[];
  readonly confirmedAt: string | null;
  readonly authenticator: { readonly id: string };
  readonly ceremonyId: string;
  readonly publicKey: PublicKeyCredentialCreationOptionsJSON & PublicKeyCredentialRequestOptionsJSON;
  readonly person: { readonly id: string };
  readonly session: { readonly token: string; readonly proofs: readonly unknown[] };
  readonly authenticators: unknown;
  readonly signInToken: string;
  readonly items: readonly unknown[];
  readonly notices: readonly unknown[];
  readonly reminders: readonly string[];
}

type Reply = AnswerOf<Body>;

const ask = async (method: string, url: string, more?: Ask) => (await room.ask(method, url, more)) as unknown as Reply;
const post = (url: string, token?: string, body?: unknown) =>
  ask('POST', url, { ...(token !== undefined && { token }), ...(body !== undefined && { body }) });
const codeOf = ({ status, body }: Reply) => [status, body?.code];

/** Somebody who has just signed in for the first time. */
async function newcomer(roles = ['custodian']): Promise<{ id: string; token: string; email: string }> {
  count += 1;
  const email = `person.${count}@example.com`;
  const invited = await post('/v1/people', admin.token, { name: `Person ${count}`, email, roles });
  const { body } = await post('/v1/sign-in', undefined, { signInToken: invited.body.signInToken });
  return { id: invited.body.person.id, token: body.session.token, email };
}

async function tryEnrol(token: string, device: SoftwareAuthenticator, origin = ORIGIN): Promise<Reply> {
  const begun = await post('/v1/authenticators/passkeys/options', token);
  if (begun.status !== 201) return begun;
  const { ceremonyId, publicKey } = begun.body;
  const response = device.register(publicKey, origin);
  return post('/v1/authenticators/passkeys', token, { ceremonyId, name: 'Key', response });
}

/** Somebody with a security key. */
async function keyHolder(roles?: string[], device = new SoftwareAuthenticator()) {
  const somebody = await newcomer(roles);
  const { status, body } = await tryEnrol(somebody.token, device);
  expect(status).toBe(201);
  return { ...somebody, device, authenticator: body };
}

async function signIn(device: SoftwareAuthenticator, more: object = {}, origin = ORIGIN): Promise<Reply> {
  const { body } = await post('/v1/sign-in/passkey/options');
  const response = device.assert(body.publicKey, origin);
  return post('/v1/sign-in/passkey', undefined, { ceremonyId: body.ceremonyId, response, ...more });
}

/** Somebody with a code generator, and its code at any time. */
async function generatorHolder() {
  const somebody = await newcomer();
  const { body } = await post('/v1/authenticators/totp', somebody.token, { name: 'Phone' });
  const totp = new TOTP({ secret: body.secret });
  const code = () => totp.generate({ timestamp: room.clock.now().getTime() });
  const id = body.authenticator.id;
  const confirmed = await post(`/v1/authenticators/totp/${id}/confirmation`, somebody.token, { code: code() });
  expect(confirmed.status).toBe(200);
  return { ...somebody, code, secret: body.secret, generatorId: id };
}

const withCode = (email: string, code: string) => post('/v1/sign-in/totp', undefined, { email, code });
const withRecovery = (email: string, code: string) => post('/v1/sign-in/recovery-code', undefined, { email, code });

describe('a passkey', () => {
  it('is enrolled right after the first sign-in, recorded once, and says what it proves', async () => {
    const somebody = await newcomer();
    let answer: Reply | undefined;
    const records = await recordsBy(room, async () => {
      answer = await tryEnrol(somebody.token, new SoftwareAuthenticator());
    });
    expect(answer!.body).toMatchObject({
      kind: 'passkey',
      name: 'Key',
      acr: 'loa4',
      backupEligible: false,
      version: 1,
    });
    expect(records).toMatchObject([
      {
        ...{ type: 'authenticator.created', actor: somebody.id, subject: answer!.body.id },
        images: [{ session: { acr: 'loa1' } }, { session: { acr: 'loa4', amr: ['hwk', 'mfa', 'user'] } }],
      },
    ]);
    const { body } = await ask('GET', '/v1/authenticators', { token: somebody.token });
    expect(body.items).toMatchObject([{ id: answer!.body.id }]);
  });

  it('that was just made has proved who made it: they are not asked at once again', async () => {
    const { token } = await keyHolder(undefined, new SoftwareAuthenticator({ backedUp: true }));
    const { body } = await ask('GET', '/v1/me', { token });
    expect(body.session.proofs).toMatchObject([{ acr: 'loa3', ageSeconds: 0 }]);
    expect((await post('/v1/authenticators/recovery-codes', token)).status).toBe(201);
  });

  it('that may leave its device proves no more than loa3', async () => {
    const { authenticator, device } = await keyHolder(undefined, new SoftwareAuthenticator({ backedUp: true }));
    expect(authenticator).toMatchObject({ acr: 'loa3', backupEligible: true });
    const { body } = await signIn(device);
    const me = await ask('GET', '/v1/me', { token: body.session.token });
    expect(me.body.session).toMatchObject({ acr: 'loa3', amr: ['mfa', 'swk', 'user'] });
  });

  it('signs in without a name, and the session says what was proved', async () => {
    const { id, device } = await keyHolder();
    let answer: Reply | undefined;
    const records = await recordsBy(room, async () => (answer = await signIn(device)));
    expect(answer!.status).toBe(201);
    expect(records).toMatchObject([{ type: 'session.started', actor: id, subject: id }]);
    const { body } = await ask('GET', '/v1/me', { token: answer!.body.session.token });
    expect(body.session).toMatchObject({
      acr: 'loa4',
      amr: ['hwk', 'mfa', 'user'],
      proofs: [{ acr: 'loa4', ageSeconds: 0 }],
    });
    expect(body.authenticators).toEqual({ passkeys: 1, totp: false, recoveryCodesLeft: 0, reach: 'loa4' });
  });

  it('is asked for with user verification and as a discoverable credential of this host', async () => {
    const { token } = await newcomer();
    const { body } = await post('/v1/authenticators/passkeys/options', token);
    expect(body.publicKey).toMatchObject({
      rp: { id: 'localhost' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    const signing = await post('/v1/sign-in/passkey/options');
    expect(signing.body.publicKey).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(signing.body.publicKey.allowCredentials).toBeUndefined();
  });

  it('is not enrolled when its user was not verified, or on another origin', async () => {
    const { token } = await newcomer();
    const unverified = await tryEnrol(token, new SoftwareAuthenticator({ userVerification: false }));
    expect(codeOf(unverified)).toEqual([400, 'authenticator_refused']);
    const elsewhere = await tryEnrol(token, new SoftwareAuthenticator(), 'https://localhost:8444');
    expect(codeOf(elsewhere)).toEqual([400, 'authenticator_refused']);
  });

  it('answers each question once: of twenty attempts at once one signs in', async () => {
    const { device } = await keyHolder();
    const { body } = await post('/v1/sign-in/passkey/options');
    const response = device.assert(body.publicKey, ORIGIN);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        post('/v1/sign-in/passkey', undefined, { ceremonyId: body.ceremonyId, response }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(
      new Set(['sign_in_refused']),
    );
  });

  it('is enrolled by the session that asked, and by no other', async () => {
    const [one, other] = [await newcomer(), await newcomer()];
    const { body } = await post('/v1/authenticators/passkeys/options', one.token);
    const response = new SoftwareAuthenticator().register(body.publicKey, ORIGIN);
    const sent = { ceremonyId: body.ceremonyId, name: 'Key', response };
    expect(codeOf(await post('/v1/authenticators/passkeys', other.token, sent))).toEqual([410, 'ceremony_over']);
    expect((await post('/v1/authenticators/passkeys', one.token, sent)).status).toBe(201);
  });

  it('answers within five minutes', async () => {
    const { device } = await keyHolder();
    const { body } = await post('/v1/sign-in/passkey/options');
    const response = device.assert(body.publicKey, ORIGIN);
    room.clock.advance(300);
    const late = await post('/v1/sign-in/passkey', undefined, { ceremonyId: body.ceremonyId, response });
    expect(codeOf(late)).toEqual([401, 'sign_in_refused']);
  });

  it('whose counter does not grow is refused, recorded as perhaps copied, and told to administrators', async () => {
    const { device, authenticator, id } = await keyHolder();
    expect((await signIn(device)).status).toBe(201);
    const notices = async () => (await ask('GET', '/v1/me', { token: admin.token })).body.notices;
    const told = { kind: 'passkey-copied', personId: id, by: null, spentAt: null };
    expect(await notices()).not.toContainEqual(expect.objectContaining(told));
    await room.superuser.query('UPDATE muster.passkeys SET sign_count = 100 WHERE authenticator_id = $1', [
      authenticator.id,
    ]);
    const records = await recordsBy(room, async () =>
      expect(codeOf(await signIn(device))).toEqual([401, 'sign_in_refused']),
    );
    expect(records).toMatchObject([
      {
        type: 'authenticator.suspected',
        subject: id,
        images: [null, { authenticator: authenticator.id, counter_shown: 2, counter_before: 100 }],
      },
    ]);
    expect(await notices()).toContainEqual(expect.objectContaining(told));
  });

  it('that did not sign is refused whatever it says of its counter, and nobody is told', async () => {
    const { device, authenticator } = await keyHolder();
    await room.superuser.query('UPDATE muster.passkeys SET sign_count = 100 WHERE authenticator_id = $1', [
      authenticator.id,
    ]);
    const records = await recordsBy(room, async () =>
      expect(codeOf(await signIn(device, {}, 'https://evil.test'))).toEqual([401, 'sign_in_refused']),
    );
    expect(records).toEqual([]);
  });

  it('that signs for another origin, or says something else of its backup, is refused', async () => {
    const { device, authenticator } = await keyHolder();
    expect(codeOf(await signIn(device, {}, 'https://evil.test'))).toEqual([401, 'sign_in_refused']);
    await room.superuser.query('UPDATE muster.passkeys SET backup_eligible = true WHERE authenticator_id = $1', [
      authenticator.id,
    ]);
    expect(codeOf(await signIn(device))).toEqual([401, 'sign_in_refused']);
  });

  it('of somebody who left lets nobody in', async () => {
    const { id, device } = await keyHolder();
    await post(`/v1/people/${id}/departure`, admin.token);
    expect(codeOf(await signIn(device))).toEqual([401, 'sign_in_refused']);
    const { rows } = await room.superuser.query('SELECT 1 FROM muster.authenticators WHERE person_id = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('changes any one field of its answer to no avail', async () => {
    const { device } = await keyHolder();
    const other = await keyHolder();
    for (const field of ['clientDataJSON', 'authenticatorData', 'signature', 'userHandle'] as const) {
      const { body } = await post('/v1/sign-in/passkey/options');
      const response = device.assert(body.publicKey, ORIGIN);
      const foreign = other.device.assert(body.publicKey, ORIGIN).response[field]!;
      const changed =
        field === 'clientDataJSON'
          ? Buffer.from(Buffer.from(foreign, 'base64url').toString().replace('get', 'got')).toString('base64url')
          : field === 'authenticatorData'
            ? flip(foreign)
            : foreign;
      const sent = {
        ceremonyId: body.ceremonyId,
        response: { ...response, response: { ...response.response, [field]: changed } },
      };
      expect(codeOf(await post('/v1/sign-in/passkey', undefined, sent))).toEqual([401, 'sign_in_refused']);
    }
    expect((await signIn(device)).status).toBe(201);
  });
});

function flip(base64url: string): string {
  const bytes = Buffer.from(base64url, 'base64url');
  bytes[bytes.length - 1]! ^= 0x10;
  return bytes.toString('base64url');
}

describe('what counts as a proof', () => {
  it('is not enrolled first by a session of more than fifteen minutes', async () => {
    const { token } = await newcomer();
    room.clock.advance(15 * 60);
    expect(codeOf(await tryEnrol(token, new SoftwareAuthenticator()))).toEqual([401, 'sign_in_too_old']);
  });

  it('is changed only by somebody who has shown one lately', async () => {
    const { token, device, authenticator } = await keyHolder();
    room.clock.advance(10 * 60);
    for (const answer of [
      await tryEnrol(token, new SoftwareAuthenticator()),
      await post('/v1/authenticators/totp', token, { name: 'Phone' }),
      await post('/v1/authenticators/recovery-codes', token),
      await ask('DELETE', `/v1/authenticators/${authenticator.id}`, { token }),
    ])
      expect(codeOf(answer)).toEqual([401, 'presence_required']);
    const fresh = (await signIn(device)).body.session.token;
    expect((await tryEnrol(fresh, new SoftwareAuthenticator())).status).toBe(201);
    room.clock.advance(10 * 60);
    expect(codeOf(await tryEnrol(fresh, new SoftwareAuthenticator()))).toEqual([401, 'presence_required']);
  });

  it('of two first enrolments at once is one alone', async () => {
    const { id, token } = await newcomer();
    const begun = await Promise.all([1, 2].map(() => post('/v1/authenticators/passkeys/options', token)));
    await room.superuser.query('BEGIN');
    await room.superuser.query('SELECT FROM muster.people WHERE id = $1 FOR UPDATE', [id]);
    const sent = begun.map(({ body }) => {
      const response = new SoftwareAuthenticator().register(body.publicKey, ORIGIN);
      return post('/v1/authenticators/passkeys', token, { ceremonyId: body.ceremonyId, name: 'Key', response });
    });
    // One that comes after the other is done comes from somebody who has shown a passkey.
    await untilWaiting(room, sent.length);
    await room.superuser.query('COMMIT');
    const answers = await Promise.all(sent);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401]);
  });

  it('ends at loa3 after fifteen minutes without use, for good', async () => {
    const { device } = await keyHolder();
    const { token } = (await signIn(device)).body.session;
    room.clock.advance(15 * 60 - 1);
    expect((await ask('GET', '/v1/me', { token })).body.session.proofs).toMatchObject([{ acr: 'loa4' }]);
    room.clock.advance(15 * 60);
    for (let again = 0; again < 2; again += 1)
      expect((await ask('GET', '/v1/me', { token })).body.session).toMatchObject({
        acr: 'loa4',
        proofs: [{ acr: 'loa3', ageSeconds: 30 * 60 - 1 }],
      });
  });

  it('is renamed by its owner, sealed, and seen by nobody else', async () => {
    const { token, authenticator } = await keyHolder();
    const other = await newcomer();
    const rename = (by: string, version: number) =>
      ask('PATCH', `/v1/authenticators/${authenticator.id}`, {
        token: by,
        body: { name: 'Blue canary' },
        headers: { 'if-match': `"v${version}"` },
      });
    expect(codeOf(await rename(other.token, 1))).toEqual([404, 'authenticator_not_found']);
    expect(codeOf(await rename(token, 2))).toEqual([412, 'version_conflict']);
    const [record] = await recordsBy(room, async () => expect((await rename(token, 1)).body.name).toBe('Blue canary'));
    expect(record).toMatchObject({ type: 'authenticator.renamed', subject: authenticator.id });
    expect(await wholeDatabase(room.superuser)).not.toContain('Blue canary');
  });

  it('is removed, but not the last one of an administrator', async () => {
    const { device, authenticator } = await keyHolder(['administrator']);
    const { token } = (await signIn(device)).body.session;
    const remove = (id: string) => ask('DELETE', `/v1/authenticators/${id}`, { token });
    expect(codeOf(await remove(authenticator.id))).toEqual([409, 'last_authenticator']);
    const second = (await tryEnrol(token, new SoftwareAuthenticator())).body;
    const [record] = await recordsBy(room, async () => expect((await remove(second.id)).status).toBe(204));
    expect(record).toMatchObject({ type: 'authenticator.removed', subject: second.id });
    expect(codeOf(await remove(second.id))).toEqual([404, 'authenticator_not_found']);
  });
});

describe('a code generator', () => {
  it('counts once its first code was typed', async () => {
    const { token, email } = await newcomer();
    const { body } = await post('/v1/authenticators/totp', token, { name: 'Phone' });
    expect(body.uri).toMatch(/^otpauth:\/\/totp\/Muster%20localhost:/);
    const code = () => new TOTP({ secret: body.secret }).generate({ timestamp: room.clock.now().getTime() });
    expect(codeOf(await withCode(email, code()))).toEqual([401, 'sign_in_refused']);
    const path = `/v1/authenticators/totp/${body.authenticator.id}/confirmation`;
    expect(codeOf(await post(path, token, { code: '000000' }))).toEqual([400, 'authenticator_refused']);
    const [record] = await recordsBy(room, async () => {
      expect((await post(path, token, { code: code() })).body.confirmedAt).toBe(room.clock.now().toISOString());
    });
    expect(record).toMatchObject({ type: 'authenticator.confirmed' });
    expect(codeOf(await post(path, token, { code: code() }))).toEqual([409, 'totp_confirmed']);
  });

  it('signs in at loa1, each code once, of twenty attempts at once one', async () => {
    const { email, code } = await generatorHolder();
    room.clock.advance(30);
    const now = code();
    const answers = [await withCode(email, now), ...(await Promise.all([1, 2, 3].map(() => withCode(email, now))))];
    expect(answers.map(({ status }) => status)).toEqual([201, 401, 401, 401]);
    const { body } = await ask('GET', '/v1/me', { token: answers[0]!.body.session.token });
    expect(body.session).toMatchObject({ acr: 'loa1', amr: ['otp'], proofs: [] });
    room.clock.advance(30);
    const later = code();
    const at = await Promise.all(Array.from({ length: 4 }, () => withCode(email, later)));
    expect(at.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('may be half a minute off, and no more', async () => {
    const { email, secret } = await generatorHolder();
    const codeAt = (seconds: number) =>
      new TOTP({ secret }).generate({ timestamp: room.clock.now().getTime() + seconds * 1000 });
    room.clock.advance(120);
    expect((await withCode(email, codeAt(-60))).status).toBe(401);
    expect((await withCode(email, codeAt(60))).status).toBe(401);
    expect((await withCode(email, codeAt(-30))).status).toBe(201);
    expect((await withCode(email, codeAt(30))).status).toBe(201);
  });

  it('is locked after five failures, twice as long each time, and a right code does not open it', async () => {
    const { email, code } = await generatorHolder();
    for (let failure = 0; failure < 5; failure += 1) expect((await withCode(email, '000000')).status).toBe(401);
    room.clock.advance(15 * 60 - 1);
    expect(codeOf(await withCode(email, code()))).toEqual([401, 'sign_in_refused']);
    room.clock.advance(1);
    expect((await withCode(email, code())).status).toBe(201);
  });

  it('is guessed at no faster by a thousand attempts at once than by five', async () => {
    const { email, generatorId } = await generatorHolder();
    await Promise.all(Array.from({ length: 30 }, () => withCode(email, '000000')));
    const { rows } = await room.superuser.query(
      'SELECT failures FROM muster.totp_secrets WHERE authenticator_id = $1',
      [generatorId],
    );
    expect(rows).toEqual([{ failures: 5 }]);
  });

  it('has a secret that lies nowhere in the clear', async () => {
    const { secret } = await generatorHolder();
    const everything = await wholeDatabase(room.superuser);
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain(Buffer.from(new TOTP({ secret }).secret.bytes).toString('hex'));
  });
});

describe('recovery codes', () => {
  async function printed() {
    const holder = await keyHolder();
    const { token } = (await signIn(holder.device)).body.session;
    const { status, body } = await post('/v1/authenticators/recovery-codes', token);
    expect(status).toBe(201);
    return { ...holder, token, codes: body.codes };
  }

  it('are ten, of which none is stored, and new ones end those of before', async () => {
    const { codes, token, email } = await printed();
    expect(new Set(codes).size).toBe(10);
    expect(codes[0]).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const everything = await wholeDatabase(room.superuser);
    for (const code of codes) expect(everything).not.toContain(code);
    const again = await post('/v1/authenticators/recovery-codes', token);
    expect(codeOf(await withRecovery(email, codes[0]!))).toEqual([401, 'sign_in_refused']);
    expect((await withRecovery(email, again.body.codes[0]!)).status).toBe(201);
  });

  it('let in once each, to enrol anew, and every administrator is told', async () => {
    const { id, codes, email } = await printed();
    const typed = codes[3]!.toLowerCase().replaceAll('-', ' ');
    const answers = await Promise.all(Array.from({ length: 8 }, () => withRecovery(email, typed)));
    const [within] = answers.filter(({ status }) => status === 201);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const { body: mine } = await ask('GET', '/v1/me', { token: within!.body.session.token });
    expect(mine).toMatchObject({
      session: { acr: 'loa1', proofs: [] },
      authenticators: { recoveryCodesLeft: 9, reach: null },
    });
    expect((await tryEnrol(within!.body.session.token, new SoftwareAuthenticator())).status).toBe(201);
    const { body } = await ask('GET', '/v1/me', { token: admin.token });
    expect(body.notices).toContainEqual(
      expect.objectContaining({ kind: 'recovery-code-used', personId: id, by: null }),
    );
  });

  it('of somebody else let nobody in', async () => {
    const [one, other] = [await printed(), await printed()];
    expect(codeOf(await withRecovery(other.email, one.codes[0]!))).toEqual([401, 'sign_in_refused']);
  });
});

describe('a refused sign-in', () => {
  it('looks the same whoever was meant', async () => {
    const { email } = await generatorHolder();
    const { id, email: leaver } = await generatorHolder();
    await post(`/v1/people/${id}/departure`, admin.token);
    const { email: without } = await newcomer();
    const answers = await Promise.all(
      [email, leaver, without, 'nobody@example.com', 'no address'].flatMap((address) =>
        [withCode(address, '000000'), withCode(address, 'x'), withRecovery(address, 'AAAA-AAAA-AAAA-AAAA')].map(
          async (sent) => {
            const { status, body } = await sent;
            return JSON.stringify({ ...body, requestId: '', status });
          },
        ),
      ),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('makes the one who was meant wait after ten in a minute, known or not', async () => {
    for (let failure = 0; failure < 10; failure += 1) await withCode('guessed@example.com', '000000');
    expect(codeOf(await withCode('Guessed@Example.com', '000000'))).toEqual([429, 'rate_limited']);
    expect((await withCode('another@example.com', '000000')).status).toBe(401);
  });
});

describe('a session in a cookie', () => {
  const cookieOf = (answer: Reply) => String(answer.headers['set-cookie']);

  it('comes without its token in the answer, works from our own pages alone, and goes at sign-out', async () => {
    const { device } = await keyHolder();
    const answer = await signIn(device, { keep: 'cookie' });
    expect(answer.body.session.token).toBeUndefined();
    expect(cookieOf(answer)).toMatch(
      /^__Host-muster-session=mst_[\w-]{43}; Max-Age=43200; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(answer).split(';')[0]!;
    const me = await ask('GET', '/v1/me', { headers: { cookie } });
    expect(me.status).toBe(200);
    const end = (headers: Record<string, string>) =>
      ask('DELETE', '/v1/sessions/current', { headers: { cookie, ...headers } });
    expect(codeOf(await end({}))).toEqual([403, 'origin_refused']);
    expect(codeOf(await end({ 'sec-fetch-site': 'cross-site' }))).toEqual([403, 'origin_refused']);
    expect(codeOf(await end({ origin: 'https://localhost:8444' }))).toEqual([403, 'origin_refused']);
    const left = await end({ 'sec-fetch-site': 'same-origin' });
    expect(left.status).toBe(204);
    expect(cookieOf(left)).toBe('__Host-muster-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict');
    expect((await ask('GET', '/v1/me', { headers: { cookie } })).status).toBe(401);
  });

  it('gives way to a token that is sent with it', async () => {
    const { device } = await keyHolder();
    const cookie = cookieOf(await signIn(device, { keep: 'cookie' })).split(';')[0]!;
    const { body } = await ask('GET', '/v1/me', { token: admin.token, headers: { cookie } });
    expect(body.person.id).toBe(admin.id);
  });
});

describe('a reset', () => {
  const reset = (id: string, token: string) => post(`/v1/people/${id}/authenticator-reset`, token);

  it('ends authenticators and sessions, gives one way back, and every administrator is told', async () => {
    const { id, device, token } = await keyHolder();
    let answer: Reply | undefined;
    const records = await recordsBy(room, async () => (answer = await reset(id, admin.token)));
    expect(records).toMatchObject([{ type: 'authenticator.reset', actor: admin.id, subject: id }]);
    expect((await ask('GET', '/v1/me', { token })).status).toBe(401);
    expect((await signIn(device)).status).toBe(401);
    const back = await post('/v1/sign-in', undefined, { signInToken: answer!.body.signInToken });
    expect((await tryEnrol(back.body.session.token, new SoftwareAuthenticator())).status).toBe(201);
    const { body } = await ask('GET', '/v1/me', { token: admin.token });
    expect(body.notices).toContainEqual(
      expect.objectContaining({
        kind: 'authenticators-reset',
        personId: id,
        by: admin.id,
        spentAt: expect.any(String),
      }),
    );
  });

  it('is never one’s own, and no business of anybody but administrators', async () => {
    expect(codeOf(await reset(admin.id, admin.token))).toEqual([403, 'own_reset']);
    const { token, id } = await keyHolder();
    expect((await reset(id, token)).status).toBe(403);
    const { id: other, token: its } = await keyHolder(['administrator']);
    expect((await reset(other, admin.token)).status).toBe(201);
    expect((await ask('GET', '/v1/me', { token: its })).status).toBe(401);
  });
});

describe('what somebody is reminded of', () => {
  it('is to enrol, then to print codes', async () => {
    const { token } = await newcomer();
    const reminders = async (by: string) => (await ask('GET', '/v1/me', { token: by })).body.reminders;
    expect(await reminders(token)).toEqual(['enrol_authenticator']);
    const device = new SoftwareAuthenticator();
    await tryEnrol(token, device);
    expect(await reminders(token)).toEqual(['print_recovery_codes']);
    const fresh = (await signIn(device)).body.session.token;
    await post('/v1/authenticators/recovery-codes', fresh);
    expect(await reminders(fresh)).toEqual([]);
  });
});
