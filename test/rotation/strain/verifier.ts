import { once } from 'node:events';
import { createServer, type Server } from 'node:tls';
import type { Certificate } from '../../../src/consumer/index.js';
import { PeerVerifier } from '../../../src/enforcement/peer.js';

/** A server somewhere that lets in whoever shows a certificate that holds by its own clock, which is wrong. */
export class Verifier {
  private constructor(private readonly server: Server) {}

  static async start(root: string, own: Certificate, trustDomain: string, clockSeconds: number): Promise<Verifier> {
    const verifier = new PeerVerifier(root, trustDomain);
    const server = createServer({ key: own.key, cert: own.chain, requestCert: true, rejectUnauthorized: false });
    server.on('secureConnection', (socket) => {
      const answer = verifier.verify(socket, new Date(Date.now() + clockSeconds * 1000));
      socket.on('error', () => undefined).end('effect' in answer ? `refused: ${answer.reason}` : 'welcome');
    });
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Verifier(server);
  }

  get port(): number {
    return (this.server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
