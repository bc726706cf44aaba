import { describe, expect, it } from '@jest/globals';
import { backoffMilliseconds } from './backoff.js';
import { UsageLedger, type Use } from './usage-ledger.js';

const start = new Date('2026-01-01T00:00:00Z');
const later = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const use: Use = { serialNumber: 'aa', grant: 'grt_1', address: '192.0.2.1', client: 'bot/1.0', at: start };

describe('the ledger of use', () => {
  it('counts what is the same, and says when it was last', () => {
    const ledger = new UsageLedger('orders-1', start);
    ledger.note(use);
    ledger.note({ ...use, at: later(3) });
    expect(ledger.cut(later(10))).toEqual({
      point: 'orders-1',
      batch: 1,
      startedAt: '2026-01-01T00:00:00.000Z',
      endedAt: '2026-01-01T00:00:10.000Z',
      entries: [
        {
          serialNumber: 'aa',
          grant: 'grt_1',
          address: '192.0.2.1',
          client: 'bot/1.0',
          count: 2,
          lastAt: later(3).toISOString(),
        },
      ],
    });
  });

  it.each<[string, Partial<Use>]>([
    ['credential', { serialNumber: 'bb' }],
    ['grant', { grant: null }],
    ['address', { address: '192.0.2.2' }],
    ['client', { client: null }],
  ])('counts apart by %s', (_name, change) => {
    const ledger = new UsageLedger('orders-1', start);
    ledger.note(use);
    ledger.note({ ...use, ...change });
    expect(ledger.cut(later(1))?.entries).toHaveLength(2);
  });

  it('numbers batches from 1 without a gap, and cuts none when nothing was used', () => {
    const ledger = new UsageLedger('orders-1', start);
    const numbers = [1, 2, 3].map((second) => {
      expect(ledger.cut(later(second))).toBeUndefined();
      ledger.note(use);
      return ledger.cut(later(second))?.batch;
    });
    expect(numbers).toEqual([1, 2, 3]);
  });

  it('is full before a report grows without bound, and keeps what a caller says of itself short', () => {
    const ledger = new UsageLedger('orders-1', start);
    for (let index = 0; index < 500; index += 1) ledger.note({ ...use, address: `2001:db8::${index.toString(16)}` });
    expect(ledger.isFull).toBe(true);
    ledger.cut(start);
    ledger.note({ ...use, client: `a\nb${'c'.repeat(1000)}` });
    const { client } = ledger.cut(start)!.entries[0]!;
    expect([client?.length, client?.startsWith('abc')]).toEqual([200, true]);
  });
});

describe('waiting before the next attempt', () => {
  it('doubles to at most 5 seconds, and is never the same for all', () => {
    expect([1, 2, 3, 10, 1000].map((failures) => backoffMilliseconds(failures, 0))).toEqual([
      100, 200, 400, 2500, 2500,
    ]);
    expect(backoffMilliseconds(1000, 0.999999)).toBe(5000);
  });
});
