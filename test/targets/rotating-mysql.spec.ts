import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/platform/index.js';
import type { TargetError } from '../../src/targets/index.js';
import { MysqlAdapter } from '../../src/targets/mysql/mysql-adapter.js';
import { FakeMysql } from './fake-mysql.js';
import { itKeepsTheContract } from './rotator-contract.js';

/**
 * MySQL itself can be had by no ordinary means here. What is tried is what this rotator says, by what MySQL's reference manual
 * (8.4, §8.2.15 and §15.7.1.1) says of it; the connection, the sessions and the names of accounts are MariaDB's, which is tried
 * for itself in `npm run test:interop`.
 */

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
const fresh = () => randomBytes(32).toString('base64url');
const mysql = new FakeMysql();
const adapter = new MysqlAdapter(new SystemClock(), mysql.connecting);
const at = (port: number) => adapter.read(`mysqls://muster:${mysql.password}@db.test:${port}`);
const rotator = () => adapter.rotator(at(3306), WAY);
let made = 0;
const account = (password = fresh()) => {
  const name = `account_${(made += 1)}`;
  mysql.add(name, password);
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
  secrets: [mysql.password],
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
