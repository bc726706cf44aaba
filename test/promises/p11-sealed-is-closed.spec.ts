import { createHash } from 'node:crypto';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { withClient } from '../../src/platform/database/connection.js';
import { urlsOn } from '../../src/platform/database/embedded-postgres.js';
import { serviceDocument } from '../../src/openapi.js';
import { Terminal } from '../cli/terminal.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';

jest.setTimeout(300_000);

/** Kept while sealed, and tried over the network: it must do nothing there. */
let secret: string;
let home: Home;
let service: ServiceProcess;

const document = serviceDocument() as { paths: Record<string, Record<string, unknown>> };
const ROUTES = Object.entries(document.paths).flatMap(([route, methods]) =>
  Object.keys(methods).map((method) => [method.toUpperCase(), route.replaceAll(/\{\w+\}/g, 'x')] as const),
);

async function unsealFile(): Promise<string> {
  const [installation] = await readdir(path.join(home.config, 'muster'));
  return path.join(home.config, 'muster', installation!, 'unseal-secret');
}

/** A digest of every row of every table, read past all rights. */
async function contents(): Promise<string> {
  const { passwords } = JSON.parse(await readFile(path.join(home.data, 'database.json'), 'utf8')) as never as {
    passwords: Parameters<typeof urlsOn>[1];
  };
  const [, , , , directory] = (await readFile(path.join(home.data, 'postgresql/postmaster.pid'), 'utf8')).split('\n');
  const hash = createHash('sha256');
  await withClient(urlsOn(directory!, passwords)('postgres', 'muster'), async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname IN ('muster', 'audit', 'bullmq') ORDER BY 1`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { name } of rows) {
      const all = await client.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t ORDER BY 1`);
      hash.update(`${name}\n${all.rows.map(({ row }) => row).join('\n')}\n`);
    }
  });
  return hash.digest('hex');
}

function overSocket(request: object): Promise<{ result?: unknown; error?: { code: string } }> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path.join(home.data, 'control.sock'), () => socket.write(`${JSON.stringify(request)}\n`));
    socket.setEncoding('utf8').on('data', (part: string) => (text += part));
    socket.on('end', () => resolve(JSON.parse(text) as never)).on('error', reject);
  });
}

beforeAll(async () => {
  home = await newHome();
  const founded = await ServiceProcess.start(home);
  await founded.ready();
  await founded.stop();
  const file = await unsealFile();
  secret = (await readFile(file, 'utf8')).trim();
  await rename(file, path.join(home.directory, 'kept-elsewhere'));
  service = await ServiceProcess.start(home);
  await service.sealed();
});
afterAll(async () => {
  await service.stop();
  await home.remove();
});

describe('a sealed service (P11)', () => {
  it('lives, and is not ready', async () => {
    expect(await service.ask('GET', '/health/live')).toMatchObject({ status: 200, text: '{"status":"up"}' });
    const ready = await service.ask('GET', '/health/ready');
    expect(ready).toMatchObject({ status: 503, type: 'application/problem+json' });
    expect(JSON.parse(ready.text)).toMatchObject({ code: 'sealed', status: 503 });
  });

  it('answers every route of the OpenAPI document, and every other, with 503 and changes nothing', async () => {
    const before = await contents();
    const others = [
      ['GET', '/'],
      ['POST', '/health/live'],
      ['GET', '/health/live/'],
      ['GET', '/health/live?x'],
      ['POST', '/v1/unseal'],
      ['TRACE', '/'],
    ] as const;
    expect(ROUTES.length).toBeGreaterThan(50);
    for (const [method, target] of [...ROUTES, ...others]) {
      if (method === 'GET' && target === '/health/live') continue;
      const body = method === 'GET' || method === 'TRACE' ? undefined : JSON.stringify({ secret });
      const answer = await service.ask(method, target, body);
      expect({ method, target, ...answer }).toMatchObject({ status: 503, type: 'application/problem+json' });
      expect((JSON.parse(answer.text) as { code: string }).code).toBe('sealed');
    }
    expect(await contents()).toBe(before);
  });

  it('listens nowhere that client certificates would be asked for', async () => {
    const refused = new Promise((resolve) => connect(service.ports.mutual, '127.0.0.1').once('error', resolve));
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('takes a secret over its own user’s socket alone, knows a wrong one, and does nothing else there', async () => {
    expect((await stat(path.join(home.data, 'control.sock'))).mode & 0o777).toBe(0o600);
    const wrong = await overSocket({ method: 'unseal', params: { secret: 'not the secret of this place' } });
    expect(wrong.error?.code).toBe('unseal_secret_wrong');
    expect((await overSocket({ method: 'sign-in' })).error?.code).toBe('control_request_unknown');
    expect((await service.ask('GET', '/health/ready')).status).toBe(503);
    expect(await readdir(path.dirname(await unsealFile()))).toEqual([]);
  });

  it('opens when it is given the secret there, by `muster unseal`', async () => {
    const terminal = await Terminal.open();
    const unsealed = await terminal.muster(['unseal', '--data', home.data], `${secret}\n`);
    await terminal.close();
    expect(unsealed).toMatchObject({ status: 0, err: '' });
    await service.ready();
    const ready = await service.ask('GET', '/health/ready');
    expect(ready.status).toBe(200);
    expect(JSON.parse(ready.text)).toMatchObject({ checks: { listeners: 'up', keystore: 'up' } });
    expect(service.written + unsealed.out).not.toContain(secret);
  });
});
