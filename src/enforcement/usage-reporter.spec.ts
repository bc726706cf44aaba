import { describe, expect, it } from '@jest/globals';
import type { UsageBatch } from './domain/usage-ledger.js';
import type { EnforcementEvent } from './options.js';
import { UsageReporter } from './usage-reporter.js';

const at = new Date('2026-01-01T00:00:00Z');
const use = { serialNumber: 'aa', grant: null, address: '192.0.2.1', client: null, at };

class Outbox {
  readonly batches: number[] = [];
  readonly events: EnforcementEvent[] = [];
  status = 200;

  readonly reporter = new UsageReporter(
    { post: (_path, body) => this.take(body as UsageBatch) },
    {
      point: 'orders-1',
      reportEverySeconds: 3600,
      onEvent: (event) => this.events.push(event),
      instruments: { now: () => at, monotonic: () => 0, random: () => 0 },
    },
    'run',
  );

  async use(times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      this.reporter.note(use);
      await this.reporter.flush();
    }
  }

  private async take({ point, batch }: UsageBatch) {
    expect(point).toBe('orders-1/run');
    this.batches.push(batch);
    if (this.status === 0) throw new Error('away');
    return { status: this.status, body: '' };
  }
}

describe('reports of use', () => {
  it.each([0, 401, 403, 408, 429, 500, 503])('wait in order while the service answers %p', async (status) => {
    const outbox = new Outbox();
    outbox.status = status;
    await outbox.use(2);
    outbox.status = 200;
    await outbox.reporter.flush();
    expect(outbox.batches).toEqual([1, 1, 1, 2]);
    expect(outbox.events).toEqual([]);
  });

  it.each([400, 404, 413, 422])('are given up at once when the service answers %p', async (status) => {
    const outbox = new Outbox();
    outbox.status = status;
    await outbox.use(1);
    expect(outbox.events).toEqual([expect.objectContaining({ kind: 'usage.lost', batch: 1 })]);
    expect(outbox.reporter.pendingBatches).toBe(0);
  });

  it('do not fill the memory: after a hundred the oldest is lost, and said to be', async () => {
    const outbox = new Outbox();
    outbox.status = 503;
    await outbox.use(102);
    expect(outbox.reporter.pendingBatches).toBe(100);
    expect(outbox.events).toMatchObject([
      { kind: 'usage.lost', batch: 1 },
      { kind: 'usage.lost', batch: 2 },
    ]);
  });
});
