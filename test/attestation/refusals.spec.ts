import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openRoom, outcomeOf, type Room } from './room.js';

let room: Room;

beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

const requestId = 'req_0192f0c1a2b37c4d8e5f60718293a4b5';

function refuse(address: string, token = 'hello'): Promise<string> {
  return outcomeOf(room, { kind: 'oidc', token }, { address, requestId });
}

async function rowsOf(address: string): Promise<{ reason: string; times: number }[]> {
  const { rows } = await room.superuser.query<{ reason: string; times: number }>(
    'SELECT reason, times FROM muster.attestation_refusals WHERE address = $1 ORDER BY id',
    [address],
  );
  return rows;
}

describe('the table of refusals', () => {
  it('is read by those who look for attacks, newest first', async () => {
    await refuse('192.0.2.1', 'hello');
    await refuse('192.0.2.1', 'a+b.c.d');
    for (const as of ['administrator', 'analyst', 'auditor'] as const) {
      const { status, body } = await room.ask('GET', '/v1/attestation/refusals?limit=2', { as });
      expect(status).toBe(200);
      expect(body.items.map(({ reason }) => reason)).toEqual(['encoding_malformed', 'token_malformed']);
      expect(body.items[0]).toMatchObject({ evidence: 'oidc', address: '192.0.2.1', requestId, times: 1 });
    }
    const second = await room.ask('GET', '/v1/attestation/refusals?limit=1&reason=token_malformed');
    expect(second.body.items).toHaveLength(1);
  });

  it.each(['platform-engineer', 'custodian'] as const)('is not read by a %s', async (as) => {
    expect((await room.ask('GET', '/v1/attestation/refusals', { as })).status).toBe(403);
  });

  it('is paged through', async () => {
    const first = await room.ask('GET', '/v1/attestation/refusals?limit=1');
    const url = `/v1/attestation/refusals?limit=1&cursor=${first.body.nextCursor}`;
    const second = await room.ask('GET', url);
    expect([first.body.items[0]!['reason'], second.body.items[0]!['reason']]).toEqual([
      'encoding_malformed',
      'token_malformed',
    ]);
  });

  it('takes a hundred an hour of one source, and counts the rest', async () => {
    await Promise.all(Array.from({ length: 130 }, () => refuse('192.0.2.2')));
    await refuse('192.0.2.3');
    expect([(await rowsOf('192.0.2.2')).length, (await rowsOf('192.0.2.3')).length]).toEqual([100, 1]);
    room.clock.advance(3601);
    await refuse('192.0.2.2');
    const rows = await rowsOf('192.0.2.2');
    expect(rows.at(-2)).toEqual({ reason: 'suppressed', times: 30 });
    expect(rows.at(-1)).toEqual({ reason: 'token_malformed', times: 1 });
  });

  it('holds a stranger’s words without their teeth', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iss = `https://x\u001b[2J\n${'y'.repeat(200)}`;
    await refuse('192.0.2.4', `${part({ alg: 'RS256', kid: 'k' })}.${part({ iss })}.AAAA`);
    const { body } = await room.ask('GET', '/v1/attestation/refusals?limit=1');
    expect(body.items[0]!.issuer).toBe(`https://x?[2J?${'y'.repeat(200)}`);
  });

  it('is no part of the audit log', async () => {
    const count = async () => (await room.superuser.query('SELECT FROM audit.records')).rowCount;
    const before = await count();
    await refuse('192.0.2.5');
    expect(await count()).toBe(before);
  });

  it('forgets after 30 days', async () => {
    await refuse('192.0.2.6');
    room.clock.advance(30 * 86_400 + 1);
    await room.jobs.forget();
    expect(await rowsOf('192.0.2.6')).toEqual([]);
  });

  it('keeps the newest hundred thousand', async () => {
    await room.superuser.query(
      `INSERT INTO muster.attestation_refusals (at, evidence, reason, address, times)
       SELECT $1, 'oidc', 'token_malformed', 'flood', 1 FROM generate_series(1, 100010)`,
      [room.clock.now()],
    );
    await room.jobs.forget();
    const { rows } = await room.superuser.query<{ n: number }>(
      'SELECT count(*)::integer AS n FROM muster.attestation_refusals',
    );
    expect(rows[0]!.n).toBe(100_000);
  });
});
