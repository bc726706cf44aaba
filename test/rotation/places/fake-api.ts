import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, never>>;
}

export interface Said {
  readonly status: number;
  readonly body?: object;
}

/** An HTTP server that answers in JSON as somebody's API does. */
export class FakeApi {
  /** Answered to everything while it is set. */
  broken: number | undefined;
  readonly heard: Heard[] = [];
  private server: Server | undefined;

  constructor(private readonly answer: (heard: Heard) => Said) {}

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      void (async () => {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        const { pathname: path, searchParams: query } = new URL(request.url!, 'http://localhost');
        const body = (text === '' ? {} : JSON.parse(text)) as Heard['body'];
        const heard = { method: request.method!, path, query, headers: request.headers, body };
        this.heard.push(heard);
        const said = this.broken === undefined ? this.answer(heard) : { status: this.broken, body: {} };
        response.writeHead(said.status, { 'content-type': 'application/json' });
        response.end(said.body && JSON.stringify(said.body));
      })();
    });
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    this.server?.close();
  }
}
