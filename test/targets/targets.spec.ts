import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApprovalConsents, ApprovalsModule, GuardConsents } from '../../src/approvals/index.js';
import { Audit } from '../../src/audit/index.js';
import { CustodiansModule, Succession } from '../../src/custodians/index.js';
import { ActivationConsent, InventoryModule, InventorySuccession } from '../../src/inventory/index.js';
import type { Id, Role } from '../../src/kernel/index.js';
import { ApprovalDesk, Resolver } from '../../src/platform/index.js';
import { TargetsModule } from '../../src/targets/index.js';
import { StandingClock } from '../harness/clocks.js';
import { NamedPeople } from '../harness/named-people.js';
import { Ground, Room } from '../harness/room.js';
import { insertIdentity, insertStaff, insertTeam } from '../inventory/rows.js';
import { selfSigned } from './certificate.js';
import { type Identity, TargetServer } from './server.js';

/** Which systems Muster looks into: how they are registered, reached, and never told of. */

const HOST = 'db.firm.test';
const PASSWORD = `s3cret/${randomBytes(8).toString('hex')}`;
const consent = { reason: 'It runs in this test.' };

interface Body {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly place: string;
  readonly privateNetwork: unknown;
  readonly status: string;
  readonly checkFailure: string | null;
  readonly abilities: readonly { readonly what: string; readonly able: boolean }[];
  readonly failure: { readonly code: string } | null;
  readonly items: readonly Readonly<Record<string, unknown>>[];
}

class FakeResolver extends Resolver {
  asked = 0;
  answers: (readonly string[])[] = [];

  override async resolve(): Promise<readonly string[]> {
    this.asked += 1;
    return this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
  }
}

let ground: Ground;
let room: Room;
let resolver: FakeResolver;
let staff: ReadonlyMap<Role, Id<'person'>>;
let teamId: Id<'team'>;
let plain: TargetServer;
let secure: TargetServer;
let identity: Identity;
let agent: string;
let made = 0;

beforeAll(async () => {
  ground = await Ground.take();
  staff = await insertStaff(ground.superuser);
  teamId = await insertTeam(ground.superuser);
  const clock = new StandingClock();
  resolver = new FakeResolver();
  room = await Room.open(ground, {
    modules: [CustodiansModule, InventoryModule, ApprovalsModule, TargetsModule],
    clock,
    authenticators: [NamedPeople.byRole(staff, clock)],
    platform: [Audit, { provide: Resolver, useValue: resolver }],
    ports: [
      { provide: Succession, useExisting: InventorySuccession },
      { provide: ActivationConsent, useExisting: ApprovalConsents },
      { provide: ApprovalDesk, useExisting: GuardConsents },
    ],
  });
  identity = await selfSigned(HOST);
  [plain, secure] = [await TargetServer.start(), await TargetServer.start(identity)];
  agent = await plain.role('agent', `LOGIN PASSWORD '${PASSWORD}'`);
  await secure.superuser.query(`GRANT CONNECT ON DATABASE ${secure.name} TO ${agent}`);
});
afterAll(async () => {
  await room?.close();
  // The role may go once nothing on either database is its.
  await secure?.stop();
  await plain?.stop();
  await ground?.leave();
});
beforeEach(() => {
  resolver.answers = [['127.0.0.1']];
  resolver.asked = 0;
});
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

const as = (role: Role) => ({ bearer: role });
const wanted = (changed: Readonly<Record<string, unknown>> = {}) => ({
  ...{ name: `target-${++made}`, kind: 'postgresql', url: plain.url(agent, PASSWORD), privateNetwork: consent },
  ...{ ownerId: staff.get('administrator'), ...changed },
});
const register = (changed?: Readonly<Record<string, unknown>>) =>
  room.ask<Body>('POST', '/v1/targets', { ...as('administrator'), body: wanted(changed) });
const check = async (id: string) =>
  (await room.ask<Body>('POST', `/v1/targets/${id}/check`, as('platform-engineer'))).body;
const revise = (id: string, version: number, body: Readonly<Record<string, unknown>>) =>
  room.ask<Body>('PATCH', `/v1/targets/${id}`, { ...as('administrator'), version, body });
const overTls = (changed: Readonly<Record<string, unknown>> = {}) =>
  register({
    url: secure.url(agent, PASSWORD, { host: HOST, sslmode: 'verify-full' }),
    caCertificates: identity.cert,
    ...changed,
  });

describe('registering a target', () => {
  it('shows where it is and as whom, and its password nowhere, not even in the database and the log', async () => {
    const { status, body, text } = await register();
    expect([status, body]).toMatchObject([
      201,
      { place: `127.0.0.1:${plain.port}/${plain.name} as ${agent}`, status: 'active', privateNetwork: consent },
    ]);
    const { rows } = await ground.superuser.query<{ all: string }>(
      `SELECT (SELECT string_agg(t::text, '') FROM muster.targets t) || (SELECT string_agg(i::text, '') FROM audit.images i) AS all`,
    );
    for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)])
      for (const place of [text, rows[0]!.all, rows[0]!.all.replaceAll('\\x', '')]) {
        expect(place).not.toContain(secret);
        expect(place).not.toContain(Buffer.from(secret).toString('hex'));
      }
  });

  it.each<readonly [string, string]>([
    ['another protocol', 'https://u:p@db.test/x'],
    ['no user', 'postgresql://db.test/x'],
    ['no password', 'postgresql://u@db.test/x'],
    ['no database', 'postgresql://u:p@db.test/'],
    ['a user too long', `postgresql://${'u'.repeat(64)}:p@db.test/x`],
    ['a file of ours as a certificate', 'postgresql://u:p@db.test/x?sslrootcert=/etc/passwd'],
    ['a key of ours', 'postgresql://u:p@db.test/x?sslkey=/etc/passwd'],
    ['options', 'postgresql://u:p@db.test/x?options=-c%20log_statement%3Dall'],
    ['encryption that proves nothing', 'postgresql://u:p@db.test/x?sslmode=require'],
    ['a mode twice', 'postgresql://u:p@db.test/x?sslmode=disable&sslmode=verify-full'],
    ['a socket and a host', 'postgresql://u:p@db.test/x?host=/tmp/x'],
    ['a way up to a socket', 'postgresql://u:p@localhost/x?host=/tmp/../var'],
    ['a host in the parameters', 'postgresql://u:p@localhost/x?host=db.test'],
    ['several hosts', 'postgresql://u:p@one,two/x'],
    ['a NUL', 'postgresql://u:p%00@db.test/x'],
    ['half an escape', 'postgresql://u:p%zz@db.test/x'],
    ['a fragment', 'postgresql://u:p@db.test/x#y'],
    ['a port too high', 'postgresql://u:p@localhost/x?host=/tmp/x&port=65536'],
    ['no URL', 'host=db.test user=u'],
  ])('refuses %s, and repeats nothing of it', async (_what, url) => {
    const { body, text } = await register({ url });
    expect(body.code).toBe('url_invalid');
    expect(text).not.toContain(url.slice(13));
  });

  it.each<readonly [string, () => Readonly<Record<string, unknown>>, string]>([
    ['without encryption, unless somebody consents', () => ({ privateNetwork: null }), 'consent_required'],
    [
      'a socket, unless somebody consents',
      () => ({ url: 'postgresql://u:p@localhost/x?host=/tmp/x', privateNetwork: null }),
      'consent_required',
    ],
    ['for an owner who is not here', () => ({ ownerId: 'per_0192f0c1a2b37c4d8e5f60718293a4b5' }), 'owner_not_live'],
    ['with what is no authority', () => ({ caCertificates: 'nonsense' }), 'ca_certificates_invalid'],
  ])('is refused %s', async (_what, changed, code) => {
    expect((await register(changed())).body.code).toBe(code);
  });

  it('takes each name once', async () => {
    const name = 'the one and only';
    await register({ name });
    expect((await register({ name })).body.code).toBe('target_name_taken');
  });
});

describe('reaching a target', () => {
  it('proves its name by its certificate, at the address that was resolved once', async () => {
    const { body } = await overTls();
    resolver.answers = [['127.0.0.1'], ['192.0.2.1']];
    expect(await check(body.id)).toMatchObject({ failure: null });
    expect(resolver.asked).toBe(1);
  });

  it.each<readonly [string, () => Promise<{ readonly body: Body }>, string, readonly string[]]>([
    ['its authority is not known', () => overTls({ caCertificates: null }), 'target_untrusted', ['127.0.0.1']],
    [
      'its certificate has another name',
      () => overTls({ url: secure.url(agent, PASSWORD, { host: 'other.test', sslmode: 'verify-full' }) }),
      ...(['target_untrusted', ['127.0.0.1']] as const),
    ],
    [
      'it has no certificate',
      () => overTls({ url: plain.url(agent, PASSWORD, { host: HOST, sslmode: 'verify-full' }) }),
      ...(['target_untrusted', ['127.0.0.1']] as const),
    ],
    [
      'nobody consented to its address',
      () => overTls({ privateNetwork: null }),
      'egress_address_refused',
      ['127.0.0.1'],
    ],
    [
      'one of its addresses is not to be reached',
      () => overTls(),
      'egress_address_refused',
      ['127.0.0.1', '169.254.169.254'],
    ],
    [
      'it is public and not encrypted',
      () => register({ url: plain.url(agent, PASSWORD, { host: HOST }) }),
      ...(['target_untrusted', ['93.184.215.14']] as const),
    ],
    ['it does not let Muster in', () => register({ url: plain.url(agent, 'another') }), 'access_refused', []],
    [
      'nothing listens there',
      () => register({ url: 'postgresql://u:p@127.0.0.1:1/x?sslmode=disable' }),
      'target_unreachable',
      [],
    ],
  ])('fails where %s, and says so', async (_what, begin, code, addresses) => {
    const { body } = await begin();
    resolver.answers = [addresses];
    expect((await check(body.id)).failure?.code).toBe(code);
    const { body: seen } = await room.ask<Body>('GET', `/v1/targets/${body.id}`, as('auditor'));
    expect(seen.checkFailure).toBe(code);
  });

  it('goes by a socket of this machine too, with consent', async () => {
    const url = new URL(plain.database.superuserUrl);
    Object.assign(url, { username: agent, password: encodeURIComponent(PASSWORD) });
    const { body } = await register({ url: url.href });
    expect(await check(body.id)).toMatchObject({
      failure: null,
      abilities: expect.arrayContaining([expect.objectContaining({ what: 'observe', able: true })]),
    });
  });
});

describe('changing a target', () => {
  it('needs a new consent where it moves, and none where its password alone is new', async () => {
    const { body } = await register();
    const moved = plain.url(agent, PASSWORD, { host: 'localhost' });
    expect((await revise(body.id, 1, { url: moved })).body.code).toBe('consent_required');
    expect((await revise(body.id, 1, { url: plain.url(agent, 'another') })).body).toMatchObject({
      version: 2,
      privateNetwork: consent,
    });
    expect((await check(body.id)).failure?.code).toBe('access_refused');
    expect((await revise(body.id, 1, { name: 'x' })).body.code).toBe('version_conflict');
    expect((await revise(body.id, 2, { url: moved, privateNetwork: consent })).body).toMatchObject({ version: 3 });
  });

  it('disables it: nothing is looked at there until it is active again', async () => {
    const { body } = await register();
    await revise(body.id, 1, { status: 'disabled' });
    expect((await check(body.id)).failure?.code).toBe('target_disabled');
    await revise(body.id, 2, { status: 'active' });
    expect((await check(body.id)).failure).toBe(null);
  });
});

describe('accounts on a target', () => {
  const newIdentity = () => insertIdentity(ground.superuser, { teamId, staff });
  const add = (targetId: string, identityId: string, account: string) =>
    room.ask<Body>('POST', `/v1/targets/${targetId}/accounts`, {
      ...as('platform-engineer'),
      body: { identityId, account },
    });

  it('are said to be somebody’s once they were seen there, and are shown as they stand', async () => {
    const { body: target } = await register();
    const { id } = await newIdentity();
    const account = await plain.role('account', 'LOGIN');
    const { status, body } = await add(target.id, id, account);
    expect(status).toBe(201);
    const observed = await room.ask<Body>('GET', `/v1/target-accounts/${body.id}/observation`, as('administrator'));
    expect(observed.body).toMatchObject({
      exists: true,
      canLogin: true,
      privileges: [`CONNECT ON DATABASE ${plain.name}`],
    });
    const listed = await room.ask<Body>('GET', `/v1/targets/${target.id}/accounts`, as('auditor'));
    expect(listed.body.items).toMatchObject([{ id: body.id, account, identityId: id }]);
    expect((await room.ask<Body>('DELETE', `/v1/targets/${target.id}`, as('administrator'))).body.code).toBe(
      'target_in_use',
    );
    expect((await room.ask('DELETE', `/v1/target-accounts/${body.id}`, as('platform-engineer'))).status).toBe(204);
    expect((await room.ask('DELETE', `/v1/targets/${target.id}`, as('administrator'))).status).toBe(204);
    expect((await room.ask<Body>('GET', `/v1/targets/${target.id}`, as('administrator'))).body.code).toBe(
      'target_not_found',
    );
    const { rows } = await ground.superuser.query('SELECT access_sealed FROM muster.targets WHERE id = $1', [
      target.id,
    ]);
    expect(rows).toEqual([{ access_sealed: Buffer.alloc(0) }]);
  });

  it.each<readonly [string, (account: string) => string, string]>([
    ['nobody’s there', () => 'no_such_role', 'account_unknown'],
    ['a name too long', () => 'x'.repeat(64), 'account_invalid'],
    ['PostgreSQL’s own', () => 'pg_read_all_data', 'account_reserved'],
    ['the role that Muster works as', () => agent, 'account_reserved'],
    ['another identity’s already', (account) => account, 'account_taken'],
  ])('are not those that are %s', async (_what, name, code) => {
    const { body: target } = await register();
    const account = await plain.role('account');
    await add(target.id, (await newIdentity()).id, account);
    expect((await add(target.id, (await newIdentity()).id, name(account))).body.code).toBe(code);
  });

  it('are several of one identity where they take turns, and never nobody’s', async () => {
    const { body: target } = await register();
    const { id } = await newIdentity();
    expect((await add(target.id, id, await plain.role('account'))).status).toBe(201);
    expect((await add(target.id, id, await plain.role('account'))).status).toBe(201);
    const nobody = 'mid_0192f0c1a2b37c4d8e5f60718293a4b5';
    expect((await add(target.id, nobody, await plain.role('account'))).body.code).toBe('identity_not_found');
  });
});
