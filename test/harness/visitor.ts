import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** What a visitor shows of themselves. */
export interface Shown {
  /** A session's or an access token. */
  readonly token?: string;
  /** PEM; with it, requests go to the listener that requires certificates. */
  readonly certificate?: { readonly key: string; readonly chain: string };
}

/** Where a running service is, and which root to trust there. */
export interface Place {
  readonly ports: { readonly open: number; readonly mutual: number };
  readonly root: string;
}

export interface Reply<Body = unknown> {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** Parsed when the answer was JSON. */
  readonly body: Body;
}

/** Somebody who calls a service over TLS, trusting its root and nothing else. */
export class Visitor {
  private readonly agent: Agent;

  constructor(
    readonly place: Place,
    private readonly shown: Shown = {},
  ) {
    const { certificate } = shown;
    this.agent = new Agent({
      keepAlive: true,
      ca: place.root,
      ...(certificate && { key: certificate.key, cert: certificate.chain }),
    });
  }

  /** The same place, seen with other credentials. */
  as(shown: Shown): Visitor {
    return new Visitor(this.place, shown);
  }

  /** Sends one request; a body that is text or bytes goes as it is, anything else as JSON. Never throws for a status. */
  async call<Body = never>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply<Body>> {
    const response = await this.open(method, path, body, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const isJson = /json$/.test((response.headers['content-type'] ?? '').split(';')[0]!);
    const parsed = (isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined) as Body;
    return { status: response.statusCode!, headers: response.headers, bytes, body: parsed };
  }

  /** As {@link call}, with the answer as it comes: for streams, which end when the caller destroys them. */
  open(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<IncomingMessage> {
    const port = this.shown.certificate ? this.place.ports.mutual : this.place.ports.open;
    const sent = contentOf(body);
    const all = {
      ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
      ...(this.shown.token !== undefined && { authorization: `Bearer ${this.shown.token}` }),
      ...headers,
    };
    const options = { host: '127.0.0.1', servername: 'localhost', port, method, path, headers: all, agent: this.agent };
    return new Promise((resolve, reject) => request(options, resolve).on('error', reject).end(sent));
  }

  /** As {@link call}, for steps that must succeed: the parsed answer. */
  async get<Body>(path: string): Promise<Body> {
    return succeeded(`GET ${path}`, await this.call<Body>('GET', path));
  }

  async post<Body>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Body> {
    return succeeded(`POST ${path}`, await this.call<Body>('POST', path, body, headers));
  }

  close(): void {
    this.agent.destroy();
  }
}

function contentOf(body: unknown): string | Buffer | undefined {
  return body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function succeeded<Body>(what: string, reply: Reply<Body>): Body {
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  throw new Error(`${what} answered ${reply.status}: ${reply.bytes.toString('utf8').slice(0, 2000)}`);
}
