import { Agent, request } from 'node:https';
import type { Socket } from 'node:net';
import type { HeldCertificate } from '../certificate-folder.js';
import { CliError } from '../errors.js';

/** What came back for an order. */
export interface OrderAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The bot's side: keeps one mTLS connection open and places orders over it. */
export class OrderClient {
  private readonly agent: Agent;
  private socket: Socket | undefined;

  /** @param server SPIFFE ID the server must prove: with SVIDs the name is in the certificate, not in the address */
  constructor(
    private readonly port: number,
    certificate: HeldCertificate,
    server: string,
  ) {
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: 1,
      ca: certificate.root,
      cert: certificate.chain,
      key: certificate.key,
      minVersion: 'TLSv1.3',
      checkServerIdentity: (_host, { subjectaltname }) =>
        subjectaltname === `URI:${server}` ? undefined : new CliError('step_failed', `The server is not ${server}.`),
    });
  }

  /** Places an order. Rejects when the connection is refused or cut. */
  place(token: string): Promise<OrderAnswer> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'user-agent': 'payments-settlement-bot/1.0' };
      const call = request({
        host: '127.0.0.1',
        port: this.port,
        path: '/orders',
        method: 'POST',
        agent: this.agent,
        headers,
      });
      call.once('socket', (socket) => (this.socket = socket));
      call.once('error', reject);
      call.once('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as OrderAnswer['body'] }),
        );
      });
      call.end();
    });
  }

  /** Resolves when the open connection has been cut. */
  cut(withinMs: number): Promise<void> {
    const { socket } = this;
    if (!socket || socket.destroyed) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = new CliError('step_failed', `The open connection was not cut within ${withinMs} ms.`);
      const timer = setTimeout(() => reject(late), withinMs);
      socket.once('close', () => (clearTimeout(timer), resolve()));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
