import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { idFrom } from '../../kernel/index.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const LIFE_DAYS = 397;
const MAX_CONNECTIONS = 64;

/**
 * The server of a sealed service (decision 7): health and nothing else, under a self-signed key that is thrown away with
 * it. It reads no body, knows no credential and touches no database; nobody should trust its certificate.
 *
 * @returns a server that does not listen yet
 */
export async function sealedServer(now: Date): Promise<Server> {
  const server = createServer({ ...(await throwAwayIdentity(now)), minVersion: 'TLSv1.3' }, answer);
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.keepAliveTimeout = 1_000;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('cache-control', 'no-store');
  response.setHeader('connection', 'close');
  const alive = request.url === '/health/live' && (request.method === 'GET' || request.method === 'HEAD');
  if (alive) response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"up"}');
  else response.writeHead(503, { 'content-type': 'application/problem+json' }).end(problem());
}

/** Problem details (RFC 9457) in the form of every other refusal. */
function problem(): string {
  return JSON.stringify({
    type: 'urn:muster:problem:sealed',
    title: 'sealed',
    status: 503,
    code: 'sealed',
    detail: 'The service is sealed. Run `muster unseal` on its machine, then try again.',
    requestId: idFrom('request', Date.now(), randomBytes(10)),
  });
}

async function throwAwayIdentity(now: Date): Promise<{ key: string; cert: string }> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${randomBytes(15).toString('hex')}`,
      name: 'CN=Muster (sealed; do not trust)',
      notBefore: now,
      notAfter: new Date(now.getTime() + LIFE_DAYS * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [new x509.BasicConstraintsExtension(false, undefined, true)],
    },
    webcrypto,
  );
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' });
  return { key: key.toString(), cert: certificate.toString('pem') };
}
