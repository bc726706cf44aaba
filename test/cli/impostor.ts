import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeLoopbackTls } from '../../src/cli/tour/loopback-ca.js';

/** Someone in the service's place: serves the real root to whoever asks, but holds no certificate under it. */
export class Impostor {
  /** Every request that came in. */
  readonly heard: { request: string; authorization: string | undefined; bytes: number }[] = [];

  private constructor(private readonly server: Server) {}

  static async start(root: string): Promise<Impostor> {
    const { certificatePem, keyPem } = await makeLoopbackTls();
    const server = createServer({ cert: certificatePem, key: keyPem });
    const impostor = new Impostor(server);
    server.on('request', (request, response) => {
      const heard = {
        request: `${request.method!} ${request.url!}`,
        authorization: request.headers.authorization,
        bytes: 0,
      };
      impostor.heard.push(heard);
      request.on('data', (part: Buffer) => (heard.bytes += part.length));
      request.on('end', () => response.end(root));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return impostor;
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
