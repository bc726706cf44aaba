import { createHash, randomBytes } from 'node:crypto';
import { refused } from '../../src/targets/domain/refusals.js';
import type { Connecting } from '../../src/targets/mysql/connection.js';

const sha1 = (data: Buffer | string) => createHash('sha1').update(data).digest();
const kept = (password: string) => `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;

/** MariaDB's accounts, by the statements that are said of them: one password each, or none and locked. */
export class FakeMariadb {
  /** Muster's own. */
  readonly password = randomBytes(24).toString('base64url');
  readonly rows = new Map<string, { hash: string; locked: boolean }>([
    ['muster', { hash: kept(this.password), locked: false }],
  ]);

  readonly connecting: Connecting = async ({ user, password }, _way, work) => {
    const row = this.rows.get(user);
    if (!row || row.locked || row.hash !== kept(password)) throw refused('accessRefused');
    return work((statement, values = []) => Promise.resolve(this.carryOut(statement, values) as never));
  };

  add(name: string): void {
    this.rows.set(name, { hash: 'invalid', locked: true });
  }

  private carryOut(statement: string, values: readonly (number | string)[]): readonly object[] {
    if (/FROM mysql\.global_priv/.test(statement)) {
      const row = this.rows.get(String(values[0]));
      return row && values[1] === '%' ? [{ locked: String(row.locked) }] : [];
    }
    if (/PROCESSLIST/.test(statement)) return [];
    const [, name = '', hash, ends] =
      /^ALTER USER `(\w+)`@`%` IDENTIFIED VIA mysql_native_password USING '([^']+)' ACCOUNT (LOCK|UNLOCK)$/.exec(
        statement,
      ) ?? [];
    if (hash === undefined || !this.rows.has(name)) throw new Error(`No such statement: ${statement}`);
    this.rows.set(name, { hash, locked: ends === 'LOCK' });
    return [];
  }
}
