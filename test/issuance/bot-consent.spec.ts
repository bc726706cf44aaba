import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import type { Role } from '../../src/kernel/index.js';
import type { Held } from './caller.js';
import { type House, type MadeIdentity, openHouse, PUBLIC_URL, type Replica } from './house.js';

/** A bot that wants a token for one named thing waits for its own human (STU-7; RFC 9396). */

const HOUR = 3600;
const PAYMENT = { type: 'payment', amount: '12.00', to: 'DE02120300000000202051' };

let house: House;
let replica: Replica;
let identity: MadeIdentity;
let held: Held;
let made = 0;

beforeAll(async () => {
  house = await openHouse();
  replica = await house.replica();
  ({ identity, held } = await bot());
}, 120_000);
afterAll(() => house.close());

async function bot(changed: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) {
  const one = await house.identity(changed);
  await house.grant(one.id, 'orders', 'orders:place');
  await house.grant(one.id, 'orders', 'orders:cancel');
  return { identity: one, held: await replica.call.enrol(one.id, more) };
}

/** A payment nobody asked for yet. */
const payment = () => ({ ...PAYMENT, reference: `r${++made}` });
const form = (detail: unknown, more: Readonly<Record<string, string>> = {}) => ({
  grant_type: 'client_credentials',
  audience: 'orders',
  authorization_details: JSON.stringify(Array.isArray(detail) ? detail : [detail]),
  ...more,
});

interface Told {
  readonly error?: string;
  readonly interval?: number;
  readonly access_request?: { readonly id: string; readonly url: string; readonly expires_at: string };
  readonly access_token?: string;
  readonly authorization_details?: unknown;
}
async function token(detail: unknown, shown: Held = held, more: Readonly<Record<string, string>> = {}) {
  const { status, body } = await replica.call.ask('POST', '/v1/token', { with: shown, form: form(detail, more) });
  return { status, ...(body as unknown as Told) };
}
const decide = (id: string, verdict = 'approve', as: Role = 'custodian') =>
  replica.call.ask('POST', `/v1/approvals/${id}/decision`, { as, body: { verdict, reason: 'I know of it.' } });
const approval = async (id: string) =>
  (await replica.call.ask('GET', `/v1/approvals/${id}`, { as: 'custodian' })).body as unknown as Readonly<
    Record<string, unknown>
  >;

describe('a token for one named thing', () => {
  it('waits for the identity’s custodian, who sees exactly what is asked', async () => {
    const detail = payment();
    const told = await token(detail);
    expect(told).toMatchObject({ status: 400, error: 'authorization_pending', interval: 5 });
    const { id, url, expires_at: expiresAt } = told.access_request!;
    expect(url).toBe(`${PUBLIC_URL}/approvals/${id}`);
    expect(Date.parse(expiresAt)).toBeGreaterThan(house.clock.now().getTime());
    const seen = await approval(id);
    expect(seen).toMatchObject({
      action: 'token.issue',
      subject: identity.id,
      requester: identity.id,
      state: 'pending',
      approvers: ['custodian-of-resource'],
      eligibleApproverIds: expect.arrayContaining([
        house.people.get('custodian'),
        house.people.get('analyst'),
      ]) as unknown,
      canDecide: true,
    });
    expect(JSON.parse(seen['payload'] as string)).toEqual({
      identity: identity.id,
      audience: 'orders',
      scope: 'orders:cancel orders:place',
      authorization_details: [detail],
    });
    expect(seen['summary']).toMatch(
      /^Let bot \S+ in production use orders \(orders:cancel orders:place\), once, for: payment$/,
    );
  });

  it('is given once its human agreed, carries what was agreed to and by which approval, and is recorded with it', async () => {
    const detail = payment();
    const { id } = (await token(detail)).access_request!;
    expect((await decide(id)).status).toBe(200);
    const given = await token(detail);
    expect(given).toMatchObject({ status: 200, authorization_details: [detail] });
    const claims = decodeJwt(given.access_token!);
    expect(claims).toMatchObject({ authorization_details: [detail], approval_id: id, aud: 'orders' });
    const [record] = await house.records(claims.jti!);
    expect(record!.after).toMatchObject({ approvalId: id, authorizationDetails: [detail] });
    const { rows } = await house.superuser.query<{ leaf: string }>(
      `SELECT leaf FROM audit.records WHERE leaf::jsonb ->> 'subject' = $1`,
      [claims.jti],
    );
    expect((JSON.parse(rows[0]!.leaf) as { decision: { reasons: string[] } }).decision.reasons).toContain(
      `consent:${id}`,
    );
  });

  it('gives one token, however often and in parallel it is asked for', async () => {
    const detail = payment();
    const { id } = (await token(detail)).access_request!;
    await decide(id);
    const answers = await Promise.all(Array.from({ length: 100 }, () => token(detail)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.filter(({ status }) => status !== 200).map(({ error }) => error))).toEqual(
      new Set(['invalid_grant']),
    );
    const { rows } = await house.superuser.query('SELECT FROM muster.approvals WHERE payload_digest = decode($1, $2)', [
      (await approval(id))['payloadDigest'],
      'hex',
    ]);
    expect(rows).toHaveLength(1);
  });

  it('asks once, however often and in parallel it is asked for', async () => {
    const detail = payment();
    const answers = await Promise.all(Array.from({ length: 20 }, () => token(detail)));
    expect(new Set(answers.map(({ access_request: asked }) => asked!.id)).size).toBe(1);
    const { id } = answers[0]!.access_request!;
    expect((await house.records(id)).map(({ type }) => type)).toEqual(['approval.requested']);
  });

  it.each<[string, (detail: object) => [unknown, Record<string, string>?]]>([
    ['one changed character', (detail) => [{ ...detail, amount: '120.00' }]],
    ['one more thing', (detail) => [[detail, { type: 'payment', amount: '1.00' }]]],
    ['another scope', (detail) => [detail, { scope: 'orders:place' }]],
  ])('is asked for anew with %s', async (_name, otherwise) => {
    const detail = payment();
    const { id } = (await token(detail)).access_request!;
    await decide(id);
    const [changed, more] = otherwise(detail);
    const told = await token(changed, held, more);
    expect(told.error).toBe('authorization_pending');
    expect(told.access_request!.id).not.toBe(id);
    expect((await token(detail)).status).toBe(200);
  });

  it('means the same however it is spelled', async () => {
    const detail = payment();
    const { id } = (await token(detail)).access_request!;
    const turned = Object.fromEntries(Object.entries(detail).reverse());
    expect((await token(turned)).access_request!.id).toBe(id);
  });

  it('is for the bot that asked, and no other', async () => {
    const other = await bot();
    const detail = payment();
    const { id } = (await token(detail)).access_request!;
    await decide(id);
    const told = await token(detail, other.held);
    expect(told.error).toBe('authorization_pending');
    expect(told.access_request!.id).not.toBe(id);
  });

  it('is refused where it was denied, and recorded', async () => {
    const detail = payment();
    const { id } = (await token(detail)).access_request!;
    await decide(id, 'deny');
    expect(await token(detail)).toMatchObject({ status: 400, error: 'access_denied', access_request: { id } });
    const refusals = (await house.records(identity.id)).filter(({ type }) => type === 'token.refused');
    expect(refusals.at(-1)!.after).toMatchObject({ code: 'access_denied' });
  });

  it('is nobody else’s to agree to: neither an administrator’s nor whoever registered the bot', async () => {
    const custodian = house.people.get('custodian')!;
    const own = await bot({ requested_by: custodian });
    const { id } = (await token(payment(), own.held)).access_request!;
    expect((await decide(id, 'approve', 'administrator')).body.code).toBe('not_eligible');
    expect((await decide(id)).body.code).toBe('own_request');
    expect((await approval(id))['eligibleApproverIds']).toEqual([house.people.get('analyst')]);
  });

  it('is agreed to in a custodian’s place by whom they delegated to, and by nobody to whom those did', async () => {
    const one = await bot({
      primary_custodian_id: house.people.get('auditor'),
      backup_custodian_id: house.people.get('analyst'),
    });
    const { id } = (await token(payment(), one.held)).access_request!;
    expect((await decide(id)).body.code).toBe('not_eligible');
    const until = new Date(house.clock.now().getTime() + HOUR * 1000).toISOString();
    const lend = (as: Role, to: Role) =>
      replica.call.ask('POST', '/v1/delegations', { as, body: { toId: house.people.get(to), until, reason: 'Away.' } });
    expect((await lend('auditor', 'custodian')).status).toBe(201);
    expect((await lend('custodian', 'administrator')).status).toBe(201);
    expect((await decide(id, 'approve', 'administrator')).body.code).toBe('not_eligible');
    expect((await decide(id)).body).toMatchObject({
      state: 'approved',
      decidedBy: house.people.get('custodian'),
      decidedFor: house.people.get('auditor'),
    });
  });

  it('is not to be asked for a hundred times at once', async () => {
    const eager = await bot();
    const answers = [];
    for (let time = 0; time < 21; time += 1) answers.push(await token(payment(), eager.held));
    expect(answers.slice(0, 20).every(({ error }) => error === 'authorization_pending')).toBe(true);
    expect(answers[20]).toMatchObject({ status: 503, code: 'too_many_open' });
  });

  it.each<[string, string]>([
    ['no JSON', 'payment'],
    ['an empty list', '[]'],
    ['no type', '[{}]'],
    ['more than 8 KiB', JSON.stringify([{ type: 'payment', note: 'x'.repeat(8192) }])],
  ])('is not to be had with %s (RFC 9396 §5)', async (_name, text) => {
    const { status, body } = await replica.call.ask('POST', '/v1/token', {
      with: held,
      form: { ...form(PAYMENT), authorization_details: text },
    });
    expect([status, body.error]).toEqual([400, 'invalid_authorization_details']);
  });

  it('may be as long as 8 KiB, and is still read', async () => {
    const { identity: point, held: shown } = await bot();
    await house.grant(point.id, 'muster', 'enforcement');
    const detail = { ...payment(), note: 'x'.repeat(8000) };
    const ask = () => token(detail, shown, { audience: 'muster', scope: 'enforcement' });
    await decide((await ask()).access_request!.id);
    const bearer = (await ask()).access_token!;
    expect(decodeJwt(bearer)).toMatchObject({ authorization_details: [detail] });
    expect((await replica.call.ask('GET', '/v1/feed/snapshot', { with: shown, bearer })).status).toBe(200);
  });

  it('is asked for anew when nobody came for it in time, or nobody decided', async () => {
    const { held: patient } = await bot({}, { ttlSeconds: 86_400 });
    const [undecided, unfetched] = [payment(), payment()];
    const first = (await token(undecided, patient)).access_request!.id;
    const second = (await token(unfetched, patient)).access_request!.id;
    await decide(second);
    house.clock.advance(HOUR);
    expect((await token(unfetched, patient)).access_request!.id).not.toBe(second);
    expect((await token(undecided, patient)).access_request!.id).toBe(first);
    await house.superuser.query(`ALTER TABLE muster.approvals DISABLE TRIGGER USER`);
    await house.superuser.query(
      `UPDATE muster.approvals SET created_at = created_at - interval '1 day', expires_at = expires_at - interval '1 day'
       WHERE id = $1`,
      [first],
    );
    await house.superuser.query(`ALTER TABLE muster.approvals ENABLE TRIGGER USER`);
    expect((await token(undecided, patient)).access_request!.id).not.toBe(first);
    expect((await house.records(first)).map(({ type }) => type)).toEqual(['approval.requested', 'approval.expired']);
  });
});
