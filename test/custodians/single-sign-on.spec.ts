import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Provider } from '../../src/custodians/single-sign-on/provider.js';
import type { SingleSignOnSettings } from '../../src/platform/index.js';
import { OpenIdProvider, SSO_CLIENT } from '../harness/openid-provider.js';
import { PUBLIC_URL } from '../harness/room.js';
import { type Answer, openRoom, recordsBy, type Room, wholeDatabase } from './room.js';

/** Signing in by a real OpenID provider on loopback. */

const CALLBACK = `${PUBLIC_URL}/v1/sign-in/sso/callback`;

let provider: OpenIdProvider;
let room: Room;
let admin: { id: string; token: string };
let count = 0;

beforeAll(async () => {
  provider = await OpenIdProvider.start(CALLBACK);
  room = await openRoom();
  // The provider lives by the machine's clock.
  room.clock.advance((Date.now() - room.clock.now().getTime()) / 1000);
  await room.setup.prepare();
  const setupToken = (await readFile(path.join(room.dataDirectory, 'setup-token'), 'utf8')).trim();
  const { body } = await room.ask('POST', '/v1/setup', { body: { setupToken, name: 'Ada', email: 'ada@example.com' } });
  admin = { id: body.person.id, token: body.session.token };
});

beforeEach(() => configure({}));

afterAll(async () => {
  await room?.close();
  await provider?.stop();
});

/** Stands in for the configuration that was read at start. */
async function configure(changed: Partial<SingleSignOnSettings> | null): Promise<void> {
  const caFile = path.join(room.dataDirectory, 'provider.pem');
  await writeFile(caFile, provider.caPem);
  const settings = changed && {
    ...{ issuer: provider.issuer, clientId: SSO_CLIENT.id, clientSecret: SSO_CLIENT.secret, name: 'Firm' },
    ...{ levels: new Map(), allowPrivate: true, caFile },
    ...changed,
  };
  Object.assign(room.get(Provider), { settings, discovered: undefined });
}

async function invite(roles = ['custodian']): Promise<{ id: string; email: string; subject: string }> {
  count += 1;
  const email = `person.${count}@example.com`;
  const { body } = await room.ask('POST', '/v1/people', { token: admin.token, body: { name: 'Person', email, roles } });
  return { id: body.person.id, email, subject: `subject-${count}` };
}

const cookiesOf = ({ headers }: Answer) => [headers['set-cookie'] ?? []].flat().map(String);

/** A browser that leaves for the provider: where to, and what it keeps. */
async function leave(query = ''): Promise<{ address: string; cookie: string }> {
  const left = await room.ask('GET', `/v1/sign-in/sso${query}`);
  expect(left.status).toBe(302);
  return { address: String(left.headers['location']), cookie: cookiesOf(left)[0]!.split(';')[0]! };
}

async function signIn(account: {
  subject: string;
  email: string;
  emailVerified?: boolean;
  acr?: string;
  amr?: string[];
}) {
  provider.account = { emailVerified: true, ...account };
  const { address, cookie } = await leave();
  return comeBack(await provider.visit(address), cookie);
}

function comeBack(url: string, cookie?: string): Promise<Answer> {
  return room.ask('GET', url.slice(PUBLIC_URL.length), cookie === undefined ? {} : { headers: { cookie } });
}

const errorIn = (answer: Answer) => [answer.status, answer.headers['location']];

async function me(answer: Answer) {
  const cookie = cookiesOf(answer)
    .find((one) => one.startsWith('__Host-muster-session='))!
    .split(';')[0]!;
  return (await room.ask('GET', '/v1/me', { headers: { cookie } })).body as unknown as {
    person: { id: string; status: string };
    session: { acr: string; amr: string[]; proofs: { acr: string; provedAt: string }[] };
  };
}

describe('single sign-on', () => {
  it('goes out with PKCE, state, nonce and max_age, and a cookie that comes back with the browser', async () => {
    const left = await room.ask('GET', '/v1/sign-in/sso');
    const address = new URL(String(left.headers['location']));
    expect(address.origin).toBe(provider.issuer);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: CALLBACK,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      max_age: '43200',
    });
    const state = address.searchParams.get('state');
    expect(cookiesOf(left)).toEqual([
      `__Host-muster-sso=${state}; Max-Age=300; Path=/; Secure; HttpOnly; SameSite=Lax`,
    ]);
  });

  it('makes an invited person active by their verified address, at loa1, and records it as theirs', async () => {
    const somebody = await invite();
    let answer: Answer | undefined;
    const records = await recordsBy(room, async () => (answer = await signIn({ ...somebody, acr: 'phr' })));
    expect(errorIn(answer!)).toEqual([302, '/']);
    expect(records).toMatchObject([
      {
        ...{ type: 'session.started', actor: somebody.id, subject: somebody.id },
        images: [{ person: { status: 'invited' } }, { person: { status: 'active' }, session: { acr: 'loa1' } }],
      },
    ]);
    expect(Object.keys((records[0]!.images[1] as object) ?? {})).not.toContain('before');
    expect(await me(answer!)).toMatchObject({
      person: { id: somebody.id, status: 'active' },
      session: { acr: 'loa1', proofs: [] },
    });
  });

  it('knows somebody again by their subject, whatever their address says then', async () => {
    const [somebody, other] = [await invite(), await invite()];
    await signIn(somebody);
    const again = await signIn({ subject: somebody.subject, email: other.email });
    expect((await me(again)).person.id).toBe(somebody.id);
  });

  it('proves what configuration says, as of when the provider saw the person', async () => {
    await configure({ levels: new Map([['phr', 'loa3']]) });
    const somebody = await invite();
    const { session } = await me(await signIn({ ...somebody, acr: 'phr', amr: ['hwk', 'made-up'] }));
    expect(session).toMatchObject({ acr: 'loa3', proofs: [{ acr: 'loa3' }] });
    expect(Date.now() - Date.parse(session.proofs[0]!.provedAt)).toBeLessThan(60_000);
    expect((await me(await signIn({ ...somebody, acr: 'mfa' }))).session).toMatchObject({ acr: 'loa1', proofs: [] });
  });

  it.each<[string, (somebody: { subject: string; email: string }) => object]>([
    ['whose address was not verified', () => ({ emailVerified: false })],
    ['whom nobody invited', () => ({ email: 'stranger@example.com' })],
    ['of another subject with the address of somebody linked', ({ subject }) => ({ subject: `${subject}-other` })],
  ])('refuses somebody %s', async (what, change) => {
    const somebody = await invite();
    if (what.includes('linked')) await signIn(somebody);
    const records = await recordsBy(room, async () => {
      expect(errorIn(await signIn({ ...somebody, ...change(somebody) }))).toEqual([
        302,
        '/sign-in?error=single_sign_on_unknown',
      ]);
    });
    expect(records).toEqual([]);
  });

  it('lets nobody in who has left', async () => {
    const somebody = await invite();
    await signIn(somebody);
    await room.ask('POST', `/v1/people/${somebody.id}/departure`, { token: admin.token });
    expect(errorIn(await signIn(somebody))).toEqual([302, '/sign-in?error=single_sign_on_unknown']);
  });

  it('takes back a browser once, and only the one that left', async () => {
    const somebody = await invite();
    provider.account = { ...somebody, emailVerified: true };
    const { address, cookie } = await leave();
    const back = await provider.visit(address);
    const other = await leave();
    const over = [302, '/sign-in?error=ceremony_over'];
    expect(errorIn(await comeBack(back))).toEqual(over);
    expect(errorIn(await comeBack(back, other.cookie))).toEqual(over);
    expect(errorIn(await comeBack(back, cookie))).toEqual([302, '/']);
    expect(errorIn(await comeBack(back, cookie))).toEqual(over);
  });

  it.each<[string, (query: URLSearchParams) => void]>([
    ['another code', (query) => query.set('code', 'another')],
    ['another issuer (RFC 9207)', (query) => query.set('iss', 'https://attacker.example')],
    ['no issuer (RFC 9207)', (query) => query.delete('iss')],
    ['an error of the provider', (query) => (query.delete('code'), query.set('error', 'access_denied'))],
  ])('refuses an answer with %s', async (_what, change) => {
    provider.account = { ...(await invite()), emailVerified: true };
    const { address, cookie } = await leave();
    const back = new URL(await provider.visit(address));
    change(back.searchParams);
    expect(errorIn(await comeBack(back.href, cookie))).toEqual([302, '/sign-in?error=single_sign_on_refused']);
  });

  it('is over after five minutes', async () => {
    provider.account = { ...(await invite()), emailVerified: true };
    const { address, cookie } = await leave();
    const back = await provider.visit(address);
    room.clock.advance(300);
    expect(errorIn(await comeBack(back, cookie))).toEqual([302, '/sign-in?error=ceremony_over']);
  });

  it.each([
    ['/step-up/stu_1?x=1', '/step-up/stu_1?x=1'],
    ['//attacker.example/', '/'],
    ['/\\attacker.example', '/'],
    ['https://attacker.example', '/'],
  ])('is asked to go on at %s, and goes on at %s', async (wanted, page) => {
    provider.account = { ...(await invite()), emailVerified: true };
    const { address, cookie } = await leave(`?returnTo=${encodeURIComponent(wanted)}`);
    expect(errorIn(await comeBack(await provider.visit(address), cookie))).toEqual([302, page]);
  });

  it('does not work, and says so, without a provider, or with one that cannot be trusted or reached', async () => {
    const unavailable = [302, '/sign-in?error=single_sign_on_unavailable'];
    for (const changed of [null, { caFile: null }, { allowPrivate: false }, { issuer: 'https://127.0.0.1:1' }]) {
      await configure(changed);
      expect(errorIn(await room.ask('GET', '/v1/sign-in/sso'))).toEqual(unavailable);
    }
    await configure(null);
    expect((await room.ask('GET', '/v1/sign-in/methods')).body).toMatchObject({ singleSignOn: null });
    await configure({});
    expect((await room.ask('GET', '/v1/sign-in/methods')).body).toMatchObject({ singleSignOn: { name: 'Firm' } });
  });

  it('keeps neither subjects nor what the provider said', async () => {
    const somebody = await invite();
    const subject = 'a-telling-subject';
    await signIn({ ...somebody, subject });
    const everything = await wholeDatabase(room.superuser);
    expect(everything).not.toContain(subject);
    expect(everything).not.toContain(somebody.email);
  });
});
