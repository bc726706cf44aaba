import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/platform/index.js';
import type { TargetError } from '../../src/targets/index.js';
import { refused } from '../../src/targets/domain/refusals.js';
import type { Connecting } from '../../src/targets/mysql/mysql-rotator.js';
import { MysqlAdapter } from '../../src/targets/mysql/mysql-adapter.js';
import { itKeepsTheContract } from './rotator-contract.js';

/**
 * MySQL itself can be had by no ordinary means here. What is tried is what this rotator says, by what MySQL's reference manual
 * (8.4, §8.2.15 and §15.7.1.1) says of it; the connection, the sessions and the names of accounts are MariaDB's, which is tried
 * for itself in `npm run test:interop`.
 */

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const PASSWORD = randomBytes(24).toString('base64url');
const fresh = () => randomBytes(32).toString('base64url');
/** As `caching_sha2_password` keeps it, but for how. */
const kept = (password: string) => `$A$005$${createHash('sha256').update(password).digest('base64').slice(0, 43)}`;

interface Row {
  current: string;
  former: string | null;
  account_locked: 'N' | 'Y';
}

/** The statements that are said, and what each does. */
class FakeMysql {
  readonly rows = new Map<string, Row>([['muster', { current: kept(PASSWORD), former: null, account_locked: 'N' }]]);
  readonly sessions = new Map<number, string>();
  private next = 1;

  readonly connecting: Connecting = async ({ port, user, password }, _way, work) => {
    if (port === 1) throw refused('unreachable');
    const row = this.rows.get(user);
    const held = row && [row.current, row.former].includes(kept(password));
    if (!row || !held || row.account_locked === 'Y') throw refused('accessRefused');
    return work((statement, values = []) => Promise.resolve(this.carryOut(statement, values) as never));
  };

  signIn(user: string): number {
    this.sessions.set((this.next += 1), user);
    return this.next;
  }

  private carryOut(statement: string, values: readonly (number | string)[]): readonly object[] {
    if (/FROM mysql\.user/.test(statement)) {
      const row = this.rows.get(String(values[0]));
      return row && values[1] === '%' ? [{ plugin: 'caching_sha2_password', ...row }] : [];
    }
    if (/PROCESSLIST/.test(statement))
      return [...this.sessions].flatMap(([id, user]) => (user === values[0] ? [{ id, place: '10.0.0.7:5000' }] : []));
    const killed = /^KILL CONNECTION (\d+)$/.exec(statement)?.[1];
    if (killed !== undefined) this.sessions.delete(Number(killed));
    else this.alter(statement);
    return [];
  }

  private alter(statement: string): void {
    const [, user = '', rest = ''] = /^ALTER USER `((?:[^`]|``)+)`@`%` (.*)$/.exec(statement) ?? [];
    const row = this.rows.get(user.replaceAll('``', '`'));
    if (!row) throw new Error(`No such statement: ${statement}`);
    const [, password, retain] = /^IDENTIFIED BY '([A-Za-z0-9_-]+)'( RETAIN CURRENT PASSWORD)?$/.exec(rest) ?? [];
    const hash = /^IDENTIFIED WITH caching_sha2_password AS 0x([0-9a-f]+)$/.exec(rest)?.[1];
    if (password !== undefined) {
      if (retain) row.former = row.current;
      row.current = kept(password);
    } else if (hash !== undefined) row.current = Buffer.from(hash, 'hex').toString();
    else if (rest === 'DISCARD OLD PASSWORD') row.former = null;
    else if (rest === 'ACCOUNT LOCK') row.account_locked = 'Y';
    else throw new Error(`No such statement: ${statement}`);
  }
}

const mysql = new FakeMysql();
const adapter = new MysqlAdapter(new SystemClock(), mysql.connecting);
const at = (port: number) => adapter.read(`mysqls://muster:${PASSWORD}@db.test:${port}`);
const rotator = () => adapter.rotator(at(3306), WAY);
let made = 0;
const account = (password = fresh()) => {
  const name = `account_${(made += 1)}`;
  mysql.rows.set(name, { current: kept(password), former: null, account_locked: 'N' });
  return name;
};
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: TargetError) => error.code,
  );

itKeepsTheContract('the two passwords of an account of MySQL', () => ({
  rotator,
  unreachable: () => adapter.rotator(at(1), WAY),
  accounts: () => {
    const name = account();
    return Promise.resolve([name, name] as const);
  },
  signIn: ({ account: name }) => {
    const id = mysql.signIn(name);
    return Promise.resolve(() => Promise.resolve(mysql.sessions.delete(id)));
  },
  hostile: ['', 'nobody', '@', `x'@'%`, 'x`; DROP USER root; --', 'a\0b', 'x'.repeat(300)],
  secrets: [PASSWORD],
}));

describe('the two passwords of an account of MySQL', () => {
  it('are not said again once they were taken: the older would be lost', async () => {
    const old = fresh();
    const name = account(old);
    const proposed = fresh();
    for (let times = 0; times < 3; times += 1) await rotator().create(name, proposed, {}, null);
    expect(await rotator().prove({ account: name, keyId: null, secret: old })).toEqual({ works: true });
  });

  it('are two at most: a third waits until somebody discards the older', async () => {
    const name = account();
    await rotator().create(name, fresh(), {}, null);
    expect(await codeOf(rotator().create(name, fresh(), {}, null))).toBe('account_full');
  });

  it('lose neither where nothing that was named would stay', async () => {
    const old = fresh();
    const name = account(old);
    expect(await codeOf(rotator().revoke({ account: name, keyId: null, secret: '' }, null))).toBe('account_in_use');
    expect(await rotator().prove({ account: name, keyId: null, secret: old })).toEqual({ works: true });
  });

  it.each([`x' RETAIN CURRENT PASSWORD -- `, 'with"double-quotes-in', 'back\\slash-in-the-middle'])(
    'are of no letters that a mode of the server reads in another way: %s',
    async (proposed) => {
      expect(await codeOf(rotator().create(account(), proposed, {}, null))).toBe('secret_invalid');
    },
  );
});
