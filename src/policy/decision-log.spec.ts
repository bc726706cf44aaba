import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { UnitOfWork } from '../platform/index.js';
import { DecisionLog, MAX_WAITING } from './decision-log.js';
import type { DecisionsRepository } from './decisions.repository.js';
import { defaultPolicy } from './policies.js';
import { PolicyInForce } from './policy-in-force.js';

const AT = new Date('2026-11-21T12:00:00.000Z');
const policy = new PolicyInForce(defaultPolicy());

/** A table that can be slow, or away. */
class Table {
  readonly written: { readonly id: string }[] = [];
  policies = 0;
  away = false;
  held: Promise<void> | undefined;

  async insertAll(_tx: unknown, rows: readonly { readonly id: string }[]): Promise<void> {
    await this.held;
    if (this.away) throw new Error('The database is away.');
    this.written.push(...rows);
  }

  async keepPolicy(): Promise<void> {
    this.policies += 1;
  }
}

let table: Table;
let log: DecisionLog;

beforeEach(() => {
  Logger.overrideLogger(false);
  table = new Table();
  const unitOfWork = { aside: (work: (tx: unknown) => unknown) => work({}) } as unknown as UnitOfWork;
  log = new DecisionLog(unitOfWork, table as unknown as DecisionsRepository, policy, { now: () => AT });
});
afterEach(() => log.onModuleDestroy());

function note(times: number): void {
  const context = { at: AT.getTime(), authorizationDetailTypes: [] };
  const input = { subject: { kind: 'anonymous' }, action: 'me.read', resource: {}, context, evidence: {} } as const;
  const decision = { effect: 'deny', reasons: ['kind:anonymous'], policy: policy.policy.name } as const;
  for (let count = 0; count < times; count += 1) log.note({ at: AT, input, decision, requestId: undefined });
}

describe('the log of decisions', () => {
  it('writes each once, under a name of its own, and the policy before them', async () => {
    note(2500);
    await log.flush();
    expect(new Set(table.written.map(({ id }) => id)).size).toBe(2500);
    expect(table.policies).toBe(1);
  });

  it('names those of one millisecond in the order in which they were made', async () => {
    note(50);
    await log.flush();
    const ids = table.written.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
  });

  it('never holds up who decides, and drops and counts what a slow database leaves no room for', async () => {
    let release = () => undefined as void;
    table.held = new Promise((resolve) => (release = resolve));
    note(MAX_WAITING + 7);
    expect([table.written.length, log.dropped]).toEqual([0, 7]);
    release();
    await log.flush();
    expect(table.written).toHaveLength(MAX_WAITING);
  });

  it('keeps what could not be written down for another attempt', async () => {
    table.away = true;
    note(3);
    await log.flush();
    expect([table.written.length, log.dropped]).toEqual([0, 0]);
    table.away = false;
    await log.flush();
    expect(table.written).toHaveLength(3);
  });

  it('writes down what it has before it ends, and counts what it cannot', async () => {
    note(3);
    await log.onModuleDestroy();
    expect(table.written).toHaveLength(3);
    table.away = true;
    note(2);
    await log.onModuleDestroy();
    expect(log.dropped).toBe(2);
  });
});
