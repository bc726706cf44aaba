import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '../../src/platform/index.js';
import { PostgresqlAdapter } from '../../src/targets/postgresql/postgresql-adapter.js';
import { TargetServer } from './server.js';

const PASSWORD = 'p@ss/wörd:1';
const adapter = new PostgresqlAdapter(new SystemClock());
const WAY = { addresses: ['127.0.0.1'], caCertificates: null };
const fresh = () => randomBytes(32).toString('base64url');

let server: TargetServer;
let agent: string;

beforeAll(async () => {
  server = await TargetServer.start();
  agent = await server.role('agent', `LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
});
afterAll(() => server?.stop());

const rotator = () => adapter.rotator(adapter.read(server.url(agent, PASSWORD)), WAY);

describe('a pair of roles', () => {
  it('rotates: the idle one opens by its new secret while the other goes on, and the old one is shut', async () => {
    const [a, b] = [await server.role('a', 'LOGIN'), await server.role('b')];
    const [one, two] = [fresh(), fresh()];
    await rotator().create(a, one, await rotator().survey(a), null);
    const old = { account: a, keyId: null, secret: one };
    const client = await server.signIn(a, one);
    await rotator().create(b, two, await rotator().survey(b), old);
    const next = { account: b, keyId: null, secret: two };
    expect([await rotator().prove(old), await rotator().prove(next)]).toEqual([{ works: true }, { works: true }]);
    expect((await rotator().usage(old, new Date())).callers).toMatchObject([{ address: 'local', open: true }]);
    await rotator().revoke(old, next);
    expect([await rotator().prove(old), await rotator().prove(next)]).toEqual([
      { works: false, code: 'refused' },
      { works: true },
    ]);
    await expect(client.query('SELECT 1')).rejects.toThrow();
  });
});
