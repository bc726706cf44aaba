import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeLoopbackTls } from '../../src/cli/tour/loopback-ca.js';
import { SessionStore } from '../../src/cli/sessions.js';

/** What is asked: method and path as `GET /v1/sources?limit=1`, and what was sent. */
export interface Asked {
  readonly request: string;
  readonly body: unknown;
}

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

/** A service that answers as a test tells it to, so that what a command makes of an answer is seen whenever the real one gives it. */
export class ScriptedService {
  readonly asked: Asked[] = [];
  private script: (request: string) => Answer | undefined = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly caPem: string,
  ) {
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const sent = Buffer.concat(parts).toString();
        const named = `${request.method} ${request.url}`;
        this.asked.push({ request: named, body: sent === '' ? undefined : JSON.parse(sent) });
        const { status = 200, body } = this.script(named) ?? {
          status: 404,
          body: { code: 'unscripted', detail: named },
        };
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<ScriptedService> {
    const { caPem, certificatePem, keyPem } = await makeLoopbackTls();
    const server = createServer({ cert: certificatePem, key: keyPem });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ScriptedService(server, caPem);
  }

  get url(): string {
    return `https://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  /** @param script what is answered, by beginnings of `GET /v1/…`, the first that fits; a list is answered one after the other, its last for good */
  answers(script: Readonly<Record<string, Answer | readonly Answer[]>>): void {
    const given = new Map<string, number>();
    this.asked.length = 0;
    this.script = (request) => {
      const key = Object.keys(script).find((one) => request.startsWith(one));
      if (key === undefined) return undefined;
      const answers = [script[key]!].flat();
      const count = given.get(key) ?? 0;
      given.set(key, count + 1);
      return answers[Math.min(count, answers.length - 1)];
    };
  }

  /** Leaves a session for whoever keeps their settings there. */
  async signIn(configuration: string, expiresAt = '2999-01-01T00:00:00Z'): Promise<void> {
    await SessionStore.ofUser({ XDG_CONFIG_HOME: configuration }).save({
      ...{ url: this.url, root: this.caPem, token: 'mst_1', expiresAt, personId: 'per_1' },
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
