import { once } from 'node:events';
import { createServer, request, type Server } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Ask, Enforcement, Verdict } from '../../src/enforcement/index.js';
import { portOf } from './fake-service.js';

interface Caller {
  readonly certificate: string;
  readonly key: string;
}

/** An order-entry server such as a customer has, with the library as its guard. */
export class GuardedServer {
  private constructor(
    private readonly server: Server,
    private readonly rootPem: string,
    /** What was decided, also for callers who were gone by then. */
    readonly verdicts: readonly Verdict[],
  ) {}

  static async start(
    enforcement: Enforcement,
    identity: Caller,
    rootPem: string,
    askOf: (headers: NodeJS.Dict<string | string[]>) => Partial<Ask>,
  ): Promise<GuardedServer> {
    const verdicts: Verdict[] = [];
    const options = { cert: identity.certificate, key: identity.key, ...enforcement.tlsOptions() };
    const server = createServer(options, (incoming, answer) => {
      const ask = { action: 'order.place', ...askOf(incoming.headers) };
      void enforcement.authorize(incoming.socket as TLSSocket, ask).then((verdict) => {
        verdicts.push(verdict);
        answer.end(JSON.stringify(verdict));
      });
    });
    enforcement.guard(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new GuardedServer(server, rootPem, verdicts);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  /** One request on a connection of its own; `cut` where the connection was refused or ended. */
  call(caller: Caller, headers: Record<string, string> = {}): Promise<Verdict | 'cut'> {
    return new Promise((resolve) => {
      const options = { ...this.optionsOf(caller), agent: false, headers };
      const sent = request(options, (answer) => {
        let body = '';
        answer.on('data', (chunk) => (body += String(chunk)));
        answer.on('end', () => resolve(JSON.parse(body) as Verdict));
        answer.on('error', () => resolve('cut'));
      });
      sent.on('error', () => resolve('cut'));
      sent.end();
    });
  }

  /** An open connection, on which nothing is said yet. */
  async open(caller: Caller, more: ConnectionOptions = {}): Promise<TLSSocket> {
    const socket = connect({ ...this.optionsOf(caller), ...more });
    socket.on('error', () => undefined);
    await once(socket, 'secureConnect');
    return socket;
  }

  private optionsOf({ certificate, key }: Caller) {
    return {
      host: '127.0.0.1',
      servername: 'localhost',
      port: portOf(this.server),
      ca: this.rootPem,
      cert: certificate,
      key,
    };
  }
}
