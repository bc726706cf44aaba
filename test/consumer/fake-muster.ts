import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Csr, encodeCertificatePem } from '../../src/crypto/index.js';
import { tlsIdentity } from '../enforcement/fake-service.js';
import { type TestKey, TestAuthority } from '../pki/authority.js';

export const ROTATION = `rot_${'0'.repeat(32)}`;

export interface HandedSecret {
  readonly version: number;
  readonly account: string;
  readonly keyId: string | null;
  readonly secret: string;
  readonly previousVersion: number | null;
  readonly renewAfterSeconds: number;
}

export const secretOf = (version: number, more: Partial<HandedSecret> = {}): HandedSecret => ({
  version,
  account: version % 2 === 0 ? 'orders_a' : 'orders_b',
  keyId: null,
  secret: `secret-${version}`,
  previousVersion: null,
  renewAfterSeconds: 3600,
  ...more,
});

/** A small real HTTPS server that renews certificates, hands out a rotated secret and hears who uses it, as the service does. */
export class FakeMuster {
  /** @param rotation the one that it knows */
  constructor(private readonly rotation: string = ROTATION) {}

  readonly root = TestAuthority.root();
  readonly issuing = this.root.issueAuthority();
  readonly rootPem = encodeCertificatePem(this.root.der);
  /** What workloads hold at the start. */
  readonly held = this.holding(this.issuing.issueSvid('spiffe://bank.example/bot'));
  /** `METHOD path`, in order. */
  readonly asked: string[] = [];
  readonly acknowledged: { readonly version: number; readonly instance: string }[] = [];
  /** Bodies of those who proved themselves for a first certificate. */
  readonly proofs: string[] = [];
  /** Leaves shown to it, DER in base64, in order. */
  readonly shown: string[] = [];
  handed = secretOf(1);
  renewAfterSeconds = 2400;
  /** Answers the next requests with these, in order; what it would answer after them. */
  readonly refusals: { readonly status: number; readonly code: string }[] = [];
  /** Waited for before anything is answered. */
  before: () => Promise<void> = async () => undefined;
  private servers: Server[] = [];
  private ports = [0, 0];

  /** Opens both listeners; after `stop` on the ports of before. */
  async start(): Promise<void> {
    const identity = tlsIdentity(this.issuing.issueServer(['localhost']), this.issuing.der);
    const options = { cert: identity.certificate, key: identity.key, ca: this.rootPem };
    this.servers = [
      createServer(options, (request, response) => void this.answerOpen(request, response)),
      createServer({ ...options, requestCert: true, rejectUnauthorized: true }, (request, response) => {
        void this.answer(request, response);
      }),
    ];
    for (const [index, server] of this.servers.entries()) {
      await once(server.listen(this.ports[index], '127.0.0.1'), 'listening');
      this.ports[index] = (server.address() as AddressInfo).port;
    }
  }

  async stop(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    }
  }

  /** The listener without client certificates. */
  get url(): string {
    return `https://localhost:${this.ports[0]}`;
  }

  get service() {
    return { mutualUrl: `https://localhost:${this.ports[1]}`, root: this.rootPem };
  }

  private async answerOpen(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/v1/authorities/root.pem') return void response.end(this.rootPem);
    if (request.url === '/.well-known/oauth-authorization-server') {
      const token_endpoint = `${this.service.mutualUrl}/v1/token`;
      return send(response, 200, { mtls_endpoint_aliases: { token_endpoint } });
    }
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.proofs.push(text);
    const { csr } = JSON.parse(text) as { csr: string };
    send(response, 201, this.renewed(csr));
  }

  private holding(issued: { readonly der: Buffer; readonly key: TestKey }) {
    const { certificate, key } = tlsIdentity(issued, this.issuing.der);
    return { chain: certificate, key };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, 'https://localhost');
    this.asked.push(`${request.method} ${url.pathname}${url.search}`);
    this.shown.push((request.socket as TLSSocket).getPeerCertificate().raw.toString('base64'));
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const refusal = this.refusals.shift();
    await this.before();
    if (refusal) return send(response, refusal.status, { code: refusal.code, detail: 'No.' });
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, never>;
    if (url.pathname === '/v1/certificates/renewal') return send(response, 201, this.renewed(body['csr']!));
    if (url.pathname === `/v1/rotations/${this.rotation}/secret`)
      return send(response, 200, { rotationId: this.rotation, expiresAt: null, ...this.handed });
    if (url.pathname === `/v1/rotations/${this.rotation}/version`) {
      const { version, previousVersion, renewAfterSeconds } = this.handed;
      return send(response, 200, { rotationId: this.rotation, version, previousVersion, renewAfterSeconds });
    }
    if (url.pathname === `/v1/rotations/${this.rotation}/acknowledgements`) this.acknowledged.push(body as never);
    else if (url.pathname.startsWith('/v1/rotations/'))
      return send(response, 404, { code: 'rotation_not_found', detail: 'No.' });
    send(response, 204, undefined);
  }

  private renewed(csr: string) {
    const { spkiDer } = Csr.parse(csr).key;
    const key = { spkiDer } as TestKey;
    const { der } = this.issuing.issueSvid('spiffe://bank.example/bot', { key });
    return {
      id: `crt_${this.asked.length}`,
      identityId: 'mid_1',
      certificate: encodeCertificatePem(der),
      chain: [encodeCertificatePem(this.issuing.der)],
      notBefore: '2025-01-01T00:00:00Z',
      expiresAt: '2025-01-01T01:00:00Z',
      renewAfterSeconds: this.renewAfterSeconds,
    };
  }
}

function send(response: ServerResponse, status: number, body: object | undefined): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body && JSON.stringify(body));
}
