import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { withClient } from '../../src/platform/database/connection.js';
import { type Answer, type Ask, type Kettle, openKettle } from './kettle.js';

let kettle: Kettle;
beforeAll(async () => void (kettle = await openKettle()));
afterEach(() => {
  kettle.around.before = async () => undefined;
  kettle.around.after = async () => undefined;
});
afterAll(() => kettle.close());

let made = 0;
/** A tea and an idempotency key that no other test has. */
function fresh(): { readonly tea: string; readonly key: string } {
  made += 1;
  return { tea: `tea ${made}`, key: `key-${made}` };
}

function pour(tea: string, key: string, ask: Ask = {}, path = '/v1/pots'): Promise<Answer> {
  return kettle.ask('POST', path, { body: { tea }, ...ask, headers: { 'idempotency-key': key, ...ask.headers } });
}

const sql = (text: string, values: unknown[] = []) =>
  withClient(kettle.superuserUrl, async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);

describe('a request with an idempotency key', () => {
  it('takes effect once, and is answered the same, in words and status, when it is repeated', async () => {
    const { tea, key } = fresh();
    const first = await pour(tea, key);
    const again = await pour(tea, key);
    expect(first.status).toBe(201);
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', etag: '"v1"' });
    expect(await kettle.pots(tea)).toBe(1);
  });

  it('takes effect each time without one', async () => {
    const { tea } = fresh();
    for (let time = 0; time < 2; time += 1) await kettle.ask('POST', '/v1/pots', { body: { tea } });
    expect(await kettle.pots(tea)).toBe(2);
  });

  it('is refused under a key that stood for another body, even one that differs in a space', async () => {
    const { tea, key } = fresh();
    await pour(tea, key);
    for (const body of [{ tea: 'other' }, `{"tea": "${tea}"}`]) {
      const other = await pour(tea, key, { body });
      expect([other.status, other.body.code]).toEqual([409, 'idempotency_key_reused']);
    }
    expect(await kettle.pots('other')).toBe(0);
  });

  it('has its own keys on every route, for every caller and for every version', async () => {
    const { tea, key } = fresh();
    await pour(tea, key);
    expect((await pour(tea, key, { as: 'bob' })).status).toBe(201);
    expect((await pour(tea, key, {}, '/v1/pots/secret')).status).toBe(201);
    expect((await pour(tea, key, {}, '/v1/pots?x=1')).status).toBe(201);
    expect(await kettle.pots(tea)).toBe(4);
    const change = (version: string) =>
      kettle.ask('PATCH', '/v1/pots/7', { body: { tea }, headers: { 'idempotency-key': key, 'if-match': version } });
    expect((await change('"v2"')).status).toBe(412);
    expect((await change('"v3"')).status).toBe(200);
  });

  it('keeps strangers apart by what they send: nobody reads another’s answer by guessing a key', async () => {
    const { tea, key } = fresh();
    const shown = await pour(tea, key, {}, '/v1/pots/public');
    const other = await pour(`${tea} too`, key, {}, '/v1/pots/public');
    expect([shown.status, other.status]).toEqual([201, 201]);
    expect(other.body.id).not.toBe(shown.body.id);
  });

  it('whose answer is secret is told that it was delivered, and never the answer', async () => {
    const { tea, key } = fresh();
    const first = await pour(tea, key, {}, '/v1/pots/secret');
    const again = await pour(tea, key, {}, '/v1/pots/secret');
    expect([again.status, again.body]).toEqual([
      409,
      expect.objectContaining({ code: 'already_delivered', resourceId: first.body.id }),
    ]);
    expect(again.text).not.toContain(tea);
    expect(await kettle.pots(tea)).toBe(1);
    const rows = await sql('SELECT state, answer, resource_id FROM muster.idempotency_keys WHERE key = $1', [key]);
    expect(rows).toEqual([{ state: 'withheld', answer: null, resource_id: first.body.id }]);
  });

  it('whose answer is secret names what was made also where that lies inside the answer', async () => {
    const { tea, key } = fresh();
    const first = await pour(tea, key, {}, '/v1/pots/boxed');
    const again = await pour(tea, key, {}, '/v1/pots/boxed');
    const { id } = (first.body as unknown as { pot: { id: string } }).pot;
    expect([first.status, again.status, again.body]).toEqual([201, 409, expect.objectContaining({ resourceId: id })]);
  });

  it('sent fifty times at once takes effect once', async () => {
    const { tea, key } = fresh();
    const answers = await Promise.all(Array.from({ length: 50 }, () => pour(tea, key)));
    expect(await kettle.pots(tea)).toBe(1);
    const ids = answers.filter(({ status }) => status === 201).map(({ body }) => body.id);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(1);
    const others = answers.filter(({ status }) => status !== 201);
    expect(others.filter(({ status, body }) => status !== 409 || body.code !== 'idempotency_in_progress')).toEqual([]);
  });

  it('whose first is under way is told to wait', async () => {
    const { tea, key } = fresh();
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const begun = new Promise<void>((resolve) => {
      kettle.around.before = () => {
        resolve();
        return held;
      };
    });
    const first = pour(tea, key);
    await begun;
    const second = await pour(tea, key);
    release();
    expect([second.status, second.body.code]).toEqual([409, 'idempotency_in_progress']);
    expect((await first).status).toBe(201);
    expect(await kettle.pots(tea)).toBe(1);
  });

  it('whose first took effect and is not answered yet is told to wait, and then gets that answer', async () => {
    const { tea, key } = fresh();
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    const poured = new Promise<void>((resolve) => {
      kettle.around.after = () => {
        resolve();
        return held;
      };
    });
    const first = pour(tea, key);
    await poured;
    const second = await pour(tea, key);
    release();
    expect([second.status, second.body.code]).toEqual([409, 'idempotency_in_progress']);
    const { status, text } = await first;
    const third = await pour(tea, key);
    expect([third.status, third.text]).toEqual([status, text]);
    expect(await kettle.pots(tea)).toBe(1);
  });

  it('that failed before its effect can be sent again', async () => {
    const { tea, key } = fresh();
    kettle.around.before = () => Promise.reject(new Error('The water is off.'));
    expect((await pour(tea, key)).status).toBe(500);
    kettle.around.before = async () => undefined;
    expect((await pour(tea, key)).status).toBe(201);
    expect(await kettle.pots(tea)).toBe(1);
  });

  it('that failed after its effect never acts again', async () => {
    const { tea, key } = fresh();
    kettle.around.after = () => Promise.reject(new Error('The cup broke.'));
    expect((await pour(tea, key)).status).toBe(500);
    kettle.around.after = async () => undefined;
    const again = await pour(tea, key);
    expect([again.status, again.body.code]).toEqual([409, 'already_delivered']);
    expect(await kettle.pots(tea)).toBe(1);
  });

  it('that was malformed does not use its key up', async () => {
    const { tea, key } = fresh();
    expect((await pour(tea, key, { body: { tea: 7 } })).status).toBe(400);
    expect((await pour(tea, key)).status).toBe(201);
  });

  it.each([
    ['effective', '10 seconds', [409, 'idempotency_in_progress'], 0],
    ['effective', '10 minutes', [409, 'already_delivered'], 0],
    ['running', '10 seconds', [409, 'idempotency_in_progress'], 0],
    ['running', '10 minutes', [201, undefined], 1],
  ])('left %s by a process that died %s ago is answered %j', async (state, ago, answered, pots) => {
    const { tea, key } = fresh();
    await pour(tea, key);
    await sql('DELETE FROM kettle.pots WHERE tea = $1', [tea]);
    await sql(
      `UPDATE muster.idempotency_keys SET state = $2, status = NULL, answer = NULL, resource_id = NULL,
        created_at = now() - $3::interval WHERE key = $1`,
      [key, state, ago],
    );
    const again = await pour(tea, key);
    expect([again.status, again.body.code]).toEqual(answered);
    expect(await kettle.pots(tea)).toBe(pots);
  });

  it('is forgotten after its day', async () => {
    const { tea, key } = fresh();
    await pour(tea, key);
    await sql(
      `UPDATE muster.idempotency_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
        WHERE key = $1`,
      [key],
    );
    expect((await pour('another', key)).status).toBe(201);
    await sql(
      `UPDATE muster.idempotency_keys SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day'
        WHERE key = $1`,
      [key],
    );
    await kettle.keys.removeExpired();
    expect(await sql('SELECT FROM muster.idempotency_keys WHERE key = $1', [key])).toEqual([]);
  });

  it.each(['', ' ', 'a b', 'ä', 'x'.repeat(129)])('is refused with the key %j', async (key) => {
    const { tea } = fresh();
    const answer = await pour(tea, key);
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency_key_invalid']);
    expect(await kettle.pots(tea)).toBe(0);
  });
});
