import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createEnforcement, type Enforcement } from '../../enforcement/index.js';
import type { HeldCertificate } from '../certificate-folder.js';

export const ORDER_ENTRY = { target: 'order-entry', scope: 'orders:write' } as const;

/** What the order-entry server needs to know of the service it asks. */
export interface OrderEntryOptions {
  readonly point: string;
  readonly issuer: string;
  readonly mutualUrl: string;
  readonly trustDomain: string;
  readonly certificate: HeldCertificate;
}

/**
 * A server that takes orders: TLS 1.3, a client certificate required, and guarded by the enforcement library as any
 * server in Node would be. It stands for the systems whose doors Muster holds.
 */
export class OrderEntry {
  private constructor(
    private readonly server: Server,
    private readonly enforcement: Enforcement,
  ) {}

  /** Starts on a free port of 127.0.0.1, once the first snapshot of the feed is there. */
  static async start(options: OrderEntryOptions): Promise<OrderEntry> {
    const { root, key, chain } = options.certificate;
    const enforcement = createEnforcement({
      point: options.point,
      service: { url: options.issuer, mutualUrl: options.mutualUrl },
      root,
      trustDomain: options.trustDomain,
      audience: ORDER_ENTRY.target,
      credentials: () => ({ certificate: chain, key }),
      reportEverySeconds: 1,
    });
    const tls = { key, cert: chain, ...enforcement.tlsOptions(), minVersion: 'TLSv1.3' as const };
    const server = createServer(tls, (request, response) => {
      const token = request.headers.authorization?.replace(/^Bearer /i, '');
      const ask = { action: 'order.place', scope: ORDER_ENTRY.scope, token, client: request.headers['user-agent'] };
      void enforcement.authorize(request.socket as TLSSocket, ask).then((verdict) => {
        const allowed = verdict.effect === 'allow';
        const answer = allowed ? { order: 'accepted', from: verdict.caller.spiffeId } : { code: verdict.code };
        response.writeHead(allowed ? 201 : 403, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    enforcement.guard(server);
    enforcement.start();
    await enforcement.ready();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new OrderEntry(server, enforcement);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.enforcement.close();
  }
}
