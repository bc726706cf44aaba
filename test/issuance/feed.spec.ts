import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sequencer } from '../../src/audit/sequencer.js';
import type { FeedLine } from '../../src/issuance/index.js';
import type { Held } from './caller.js';
import { type House, type MadeIdentity, openHouse, type Replica } from './house.js';

describe('the feed', () => {
  let house: House;
  let replica: Replica;
  let other: Replica;
  let point: MadeIdentity;
  let held: Held;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica({ sequencer: true });
    other = await house.replica();
    point = await house.identity({ kind: 'enforcement-point' });
    await house.grant(point.id, 'muster', 'enforcement');
    held = await replica.call.enrol(point.id);
  }, 120_000);

  afterAll(() => house.close());

  const snapshot = (shown = held, call = replica.call) => call.ask('GET', '/v1/feed/snapshot', { with: shown });
  const revoke = (id: string) =>
    other.call.ask('POST', `/v1/certificates/${id}/revocation`, { as: 'analyst', body: { reason: 'Odd.' } });
  const suspend = (id: string) =>
    other.call.ask('POST', `/v1/identities/${id}/suspension`, { as: 'analyst', body: { reason: 'Odd.' } });

  /** Follows until a line is what the test waits for, then hangs up. */
  async function follow(
    after: number,
    until: (line: FeedLine) => boolean,
    act?: () => Promise<unknown>,
  ): Promise<FeedLine[]> {
    const response = await replica.call.open('GET', `/v1/feed?after=${after}`, { with: held });
    expect(response.statusCode).toBe(200);
    const lines: FeedLine[] = [];
    const reading = linesOf(response);
    let acted = false;
    for await (const line of reading) {
      lines.push(line);
      if (until(line)) break;
      if (act && !acted && line.kind === 'heartbeat') {
        acted = true;
        await act();
      }
    }
    response.destroy();
    return lines;
  }

  it('begins with everything that must be refused now', async () => {
    const [victim, stopped] = [await house.identity(), await house.identity()];
    const certificate = await replica.call.enrol(victim.id);
    await replica.call.enrol(stopped.id);
    await revoke(certificate.id);
    await suspend(stopped.id);
    const { status, body } = await snapshot();
    expect(status).toBe(200);
    expect(body.revoked).toContainEqual({
      certificateId: certificate.id,
      serialNumber: certificate.answer.serialNumber,
    });
    expect(body.refused).toContainEqual({ identityId: stopped.id, spiffeId: stopped.spiffeId, status: 'suspended' });
  });

  it('tells a revocation within five seconds of its answer, by another replica, with what is needed to refuse (P6)', async () => {
    const victim = await house.identity();
    const certificate = await replica.call.enrol(victim.id);
    let answeredAt = 0;
    const { index } = (await snapshot()).body;
    const lines = await follow(
      index,
      (line) => line.kind === 'event' && line.certificateId === certificate.id,
      async () => {
        await revoke(certificate.id);
        answeredAt = Date.now();
      },
    );
    expect(Date.now() - answeredAt).toBeLessThan(5_000);
    expect(lines.at(-1)).toMatchObject({
      kind: 'event',
      type: 'certificate.revoked',
      serialNumber: certificate.answer.serialNumber,
      identityId: victim.id,
      spiffeId: victim.spiffeId,
    });
  });

  it('tells suspension and resumption with the identity’s name', async () => {
    const victim = await house.identity();
    const { index } = (await snapshot()).body;
    await suspend(victim.id);
    const lines = await follow(index, (line) => line.kind === 'event' && line.identityId === victim.id);
    expect(lines.at(-1)).toMatchObject({ type: 'identity.suspended', spiffeId: victim.spiffeId, status: 'suspended' });
    const resumed = await replica.call.ask('POST', `/v1/identities/${victim.id}/resumption`, {
      as: 'administrator',
      body: { reason: 'Fine.' },
    });
    expect(resumed.status).toBe(200);
    const later = await follow(lastIndex(lines), (line) => line.kind === 'event' && line.identityId === victim.id);
    expect(later.at(-1)).toMatchObject({ type: 'identity.resumed', status: 'active' });
  });

  it('tells in order of the log, and reads on where it was left', async () => {
    const { index } = (await snapshot()).body;
    const victims = [await house.identity(), await house.identity(), await house.identity()];
    for (const { id } of victims) await suspend(id);
    const seen: string[] = [];
    let after = index;
    while (seen.length < victims.length) {
      const lines = await follow(
        after,
        (line) => line.kind === 'event' && victims.some(({ id }) => id === line.identityId),
      );
      const line = lines.at(-1)!;
      if (line.kind === 'event') seen.push(line.identityId!);
      after = line.index;
    }
    expect(seen).toEqual(victims.map(({ id }) => id));
  });

  it('beats each second while the log is complete', async () => {
    const { index } = (await snapshot()).body;
    const at: number[] = [];
    await follow(index, (line) => {
      if (line.kind === 'heartbeat') at.push(Date.now());
      return at.length === 3;
    });
    expect(at[2]! - at[0]!).toBeGreaterThan(1500);
    // Of two that are five seconds apart, points would take what they have for stale in between.
    expect(at[2]! - at[0]!).toBeLessThan(10_000);
  });

  it('falls silent while a committed record waits for its place', async () => {
    const { index } = (await snapshot()).body;
    const sequencer = replica.get(Sequencer);
    await sequencer.stop();
    await suspend((await house.identity()).id);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const response = await replica.call.open('GET', `/v1/feed?after=${index}`, { with: held });
    const beats: FeedLine[] = [];
    const timer = setTimeout(() => response.destroy(), 2500);
    try {
      for await (const line of linesOf(response)) if (line.kind === 'heartbeat') beats.push(line);
    } catch {
      // The test itself hung up.
    }
    clearTimeout(timer);
    sequencer.start();
    expect(beats).toEqual([]);
    await follow(index, (line) => line.kind === 'heartbeat');
  });

  it('is cut when its own certificate is revoked', async () => {
    const second = await house.identity({ kind: 'enforcement-point' });
    await house.grant(second.id, 'muster', 'enforcement');
    const shown = await replica.call.enrol(second.id);
    const response = await replica.call.open('GET', `/v1/feed?after=-1`, { with: shown });
    const reading = (async () => {
      for await (const _line of linesOf(response));
    })();
    await revoke(shown.id);
    await reading;
  });

  it.each([
    ['without the grant', async () => undefined],
    [
      'with a grant that nobody verified',
      async (id: string) => house.grant(id as never, 'muster', 'enforcement', false),
    ],
    ['with another grant', async (id: string) => house.grant(id as never, 'orders', 'enforcement')],
  ])('is not for identities %s', async (_what, arrange) => {
    const stranger = await house.identity();
    await arrange(stranger.id);
    const shown = await replica.call.enrol(stranger.id);
    for (const path of ['/v1/feed/snapshot', '/v1/feed?after=-1']) {
      const answer = await replica.call.ask('GET', path, { with: shown });
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'feed_not_granted' });
    }
  });

  it.each([
    ['999999999', 400, 'feed_position_unknown'],
    ['-2', 400, 'request_invalid'],
    ['x', 400, 'request_invalid'],
    ['1.5', 400, 'request_invalid'],
  ])('refuses the position %s', async (after, status, code) => {
    const answer = await replica.call.ask('GET', `/v1/feed?after=${after}`, { with: held });
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });

  describe('reports of use', () => {
    const span = { startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:00:10Z' };
    const report = (batch: number, entries: unknown[] = [], name = 'orders-1/run-1') =>
      replica.call.ask('POST', '/v1/usage', { with: held, body: { point: name, batch, ...span, entries } });

    it('tell when a credential and a grant were last used', async () => {
      const user = await house.identity();
      const grantId = await house.grant(user.id, 'orders', 'orders:place');
      const certificate = await replica.call.enrol(user.id);
      const at = new Date(Date.now() - 5000).toISOString();
      const { serialNumber } = certificate.answer;
      const entry = { serialNumber, grant: grantId, address: '192.0.2.1', client: 'node', count: 3, lastAt: at };
      const stranger = { ...entry, serialNumber: 'deadbeefdeadbeef', grant: null, client: null };
      expect((await report(1, [entry, stranger], 'uses')).body).toEqual({ accepted: true, expected: 2, missing: 0 });
      const { rows } = await house.superuser.query<{ used: Date; granted: Date }>(
        `SELECT c.last_used_at AS used, g.last_used_at AS granted FROM muster.credentials c, muster.grants g
         WHERE c.id = $1 AND g.id = $2`,
        [certificate.id, grantId],
      );
      expect(rows[0]!.used.toISOString()).toBe(at);
      expect(rows[0]!.granted.toISOString()).toBe(at);
    });

    it('are counted once, and what is lost between them is known', async () => {
      expect((await report(1)).body).toEqual({ accepted: true, expected: 2, missing: 0 });
      expect((await report(1)).body).toEqual({ accepted: false, expected: 2, missing: 0 });
      expect((await report(5)).body).toEqual({ accepted: true, expected: 6, missing: 3 });
      expect((await report(3)).body).toEqual({ accepted: true, expected: 6, missing: 2 });
      expect((await report(3)).body).toEqual({ accepted: false, expected: 6, missing: 2 });
    });

    it('of a run that lost its first batches show them missing', async () => {
      expect((await report(4, [], 'late')).body).toEqual({ accepted: true, expected: 5, missing: 3 });
    });

    it('of one number that arrive together are counted once', async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => report(1, [], 'together')));
      expect(answers.filter(({ body }) => body.accepted === true)).toHaveLength(1);
    });

    it('are only for enforcement points', async () => {
      const shown = await replica.call.enrol((await house.identity()).id);
      const answer = await replica.call.ask('POST', '/v1/usage', {
        with: shown,
        body: { point: 'a', batch: 1, ...span, entries: [] },
      });
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'feed_not_granted' });
    });
  });

  it('meets nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});

async function* linesOf(response: IncomingMessage): AsyncGenerator<FeedLine> {
  let rest = '';
  for await (const chunk of response) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as FeedLine;
  }
}

function lastIndex(lines: readonly FeedLine[]): number {
  return lines.at(-1)!.index;
}
