import { createHash, randomBytes } from 'node:crypto';
import { refused } from '../../src/targets/domain/refusals.js';
import type { Connecting } from '../../src/targets/mysql/connection.js';

/** As `caching_sha2_password` keeps it, but for how. */
const kept = (password: string) => `$A$005$${createHash('sha256').update(password).digest('base64').slice(0, 43)}`;

interface Row {
  current: string;
  former: string | null;
  account_locked: 'N' | 'Y';
}

/** MySQL's passwords of accounts: the statements that are said, and what each does. */
export class FakeMysql {
  /** Muster's own. */
  readonly password = randomBytes(24).toString('base64url');
  readonly rows = new Map<string, Row>();
  readonly sessions = new Map<number, string>();
  private next = 1;

  constructor() {
    this.add('muster', this.password);
  }

  add(name: string, password: string): void {
    this.rows.set(name, { current: kept(password), former: null, account_locked: 'N' });
  }

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
