import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { encodeCertificatePem } from '../../src/crypto/index.js';
import { TestAuthority, type TestKey } from '../pki/authority.js';

export const TRUST_DOMAIN = 'bank.example';

/** PEM of a certificate with its chain, and of its key, as TLS wants them. */
export function tlsIdentity(issued: { readonly der: Buffer; readonly key: TestKey }, ...chain: readonly Buffer[]) {
  return {
    certificate: [issued.der, ...chain].map(encodeCertificatePem).join(''),
    key: issued.key.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

/** A small real HTTPS server that speaks the feed, takes reports of use and publishes keys, as the service does. */
export class FakeService {
  readonly root = TestAuthority.root();
  readonly issuing = this.root.issueAuthority();
  readonly rootPem = encodeCertificatePem(this.root.der);
  /** Whom the snapshot names. */
  readonly revoked: string[] = [];
  readonly refused: string[] = [];
  index = 10;
  /** Paths asked for on the listener with client certificates, in order. */
  readonly asked: string[] = [];
  readonly reports: {
    readonly point: string;
    readonly batch: number;
    readonly entries: readonly object[];
    readonly last?: true;
  }[] = [];
  /** Statuses that the next reports are answered with; 200 after them. */
  readonly reportStatuses: number[] = [];
  heartbeats = true;
  /** Waited for before the keys of tokens are given. */
  beforeKeys: () => Promise<void> = async () => undefined;
  heartbeatMilliseconds = 50;
  /** How far the service's clock is off. */
  skewMilliseconds = 0;
  private readonly streams = new Set<ServerResponse>();
  private servers: Server[] = [];
  private signingKey: CryptoKey | undefined;
  private jwks: object = { keys: [] };
  private port = 0;

  async start(): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    this.signingKey = privateKey;
    this.jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }] };
    await this.open();
  }

  /** Serves both listeners; after `stop` on the port of before. */
  async open(): Promise<void> {
    const identity = tlsIdentity(this.issuing.issueServer(['localhost']), this.issuing.der);
    const options = { cert: identity.certificate, key: identity.key, ca: this.rootPem };
    const mutual: RequestListener = (request, response) => void this.answerMutual(request, response);
    this.servers = [
      createServer(options, (_request, response) => {
        void this.beforeKeys().then(() => response.end(JSON.stringify(this.jwks)));
      }),
      createServer({ ...options, requestCert: true, rejectUnauthorized: true }, mutual),
    ];
    for (const [server, port] of [[this.servers[0]!, 0] as const, [this.servers[1]!, this.port] as const])
      await once(server.listen(port, '127.0.0.1'), 'listening');
    this.port = portOf(this.servers[1]!);
  }

  async stop(): Promise<void> {
    for (const stream of this.streams) stream.destroy();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  get urls() {
    return { url: `https://localhost:${portOf(this.servers[0]!)}`, mutualUrl: `https://localhost:${this.port}` };
  }

  /** Sends an event to all who follow. */
  tell(event: { readonly type: string; readonly serialNumber?: string; readonly spiffeId?: string }): void {
    this.index += 1;
    this.write({ kind: 'event', index: this.index, at: new Date().toISOString(), ...event });
  }

  write(line: object): void {
    for (const stream of this.streams) stream.write(`${JSON.stringify(line)}\n`);
  }

  token(claims: JWTPayload, header: { readonly typ?: string; readonly kid?: string } = {}): Promise<string> {
    return new SignJWT({ iss: this.urls.url, jti: 'tok_1', scope: '', ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...header })
      .setIssuedAt()
      .setExpirationTime(claims.exp ?? '5m')
      .sign(this.signingKey!);
  }

  private now(): Date {
    return new Date(Date.now() + this.skewMilliseconds);
  }

  private async answerMutual(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(request.url!);
    const [path] = request.url!.split('?');
    if (path === '/v1/feed/snapshot') {
      const revoked = this.revoked.map((serialNumber) => ({ certificateId: 'crt_1', serialNumber }));
      const refused = this.refused.map((spiffeId) => ({ identityId: 'mid_1', spiffeId }));
      response.end(JSON.stringify({ index: this.index, revoked, refused }));
      return;
    }
    if (path === '/v1/usage') return this.takeReport(request, response);
    return this.follow(request, response);
  }

  private async takeReport(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.statusCode = this.reportStatuses.shift() ?? 200;
    this.reports.push(JSON.parse(body) as (typeof this.reports)[number]);
    response.end('{}');
  }

  private async follow(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const after = Number(new URL(request.url!, 'https://localhost').searchParams.get('after'));
    if (after > this.index) {
      response.writeHead(400).end('{}');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
    while (!response.destroyed) {
      if (this.heartbeats)
        response.write(`${JSON.stringify({ kind: 'heartbeat', index: this.index, at: this.now().toISOString() })}\n`);
      await delay(this.heartbeatMilliseconds, undefined, { ref: false });
    }
  }
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
