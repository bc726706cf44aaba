import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import mysql from 'mysql2';
import { withConnection as withMysql } from '../../src/targets/mysql/connection.js';
import { readAccess as readMysql } from '../../src/targets/mysql/access.js';
import { withConnection as withPostgresql } from '../../src/targets/postgresql/connection.js';
import { readAccess as readPostgresql } from '../../src/targets/postgresql/access.js';

/** Servers that let Muster in and then say nothing any more, and do not hang up either: whoever waits for them waits in vain. */

const WAY = { addresses: ['127.0.0.1'], caCertificates: null, ownNetwork: true };
/** AuthenticationOk and ReadyForQuery (PostgreSQL, §54.7). */
const LET_IN = Buffer.from('520000000800000000' + '5a0000000549', 'hex');
const COULD = { statusFlags: 2, characterSet: 45, capabilityFlags: 0xffffff & ~2048 };
const sockets: Socket[] = [];
const postgresql = createServer({ allowHalfOpen: true }, (socket) => {
  sockets.push(socket.on('error', () => undefined));
  socket.once('data', () => socket.write(LET_IN));
});
const mariadb = mysql.createServer((connection) => {
  // The library's server forgets that each command is counted anew.
  const authCallback = (_user: unknown, done: (error: null) => void) => {
    done(null);
    connection.sequenceId = 0;
  };
  connection.serverHandshake({ protocolVersion: 10, serverVersion: '8.4.0', connectionId: 1, ...COULD, authCallback });
  connection.on('stmt_prepare', () => undefined);
  connection.on('error', () => undefined);
}) as unknown as { readonly _server: Server; listen(port: number, host: string): void; close(): void };

const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  postgresql.listen(0, '127.0.0.1');
  mariadb.listen(0, '127.0.0.1');
  await Promise.all([postgresql, mariadb._server].map(async (server) => server.listening || once(server, 'listening')));
});
afterAll(() => {
  sockets.forEach((socket) => socket.destroy());
  postgresql.close();
  mariadb.close();
});

it('keep nobody who leaves a PostgreSQL', async () => {
  const access = readPostgresql(`postgresql://muster:secret@127.0.0.1:${portOf(postgresql)}/db?sslmode=disable`);
  await expect(withPostgresql(access, WAY, () => Promise.resolve('done'))).resolves.toBe('done');
});

it('keep nobody who asks a MySQL to prepare a statement', async () => {
  const access = readMysql(`mysql://muster:secret@127.0.0.1:${portOf(mariadb._server)}`);
  const asked = withMysql(access, WAY, (query) => query('SELECT 1'), 100);
  await expect(asked).rejects.toMatchObject({ code: 'target_busy' });
});
