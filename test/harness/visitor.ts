import { Agent, request } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { STEP_UP_HEADER, type StepUpAsked, stepUpAskedIn } from '../../src/client/index.js';
import { presenceOf } from './presences.js';

/**
 * More requests at once wait for one of these connections: a service cuts off who has not shaken hands within ten seconds,
 * and a thousand handshakes take longer on a slow machine that makes both sides of each.
 */
const MOST_CONNECTIONS = 250;

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

/**
 * Somebody who calls a service over TLS, trusting its root and nothing else. A person among them carries an
 * authenticator and steps up by themselves when asked to, so that only tests of stepping up need to think of it.
 */
export class Visitor {
  private readonly agent: Agent;

  constructor(
    readonly place: Place,
    private readonly shown: Shown = {},
    private readonly stepsUp = true,
  ) {
    this.agent = shown.certificate ? agentFor(place, shown.certificate) : openAgentOf(place);
  }

  /** The same place, seen with other credentials. */
  as(shown: Shown): Visitor {
    return new Visitor(this.place, shown);
  }

  /** The same person without their authenticator: sees the refusals that ask them to step up. */
  plain(): Visitor {
    return new Visitor(this.place, this.shown, false);
  }

  /**
   * Sends one request; a body that is text or bytes goes as it is, anything else as JSON. Never throws for a status. A
   * person who is asked to step up does, and sends the same request again, once.
   */
  async call<Body = never>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Reply<Body>> {
    const reply = await this.send<Body>(method, path, body, headers);
    const asked = this.stepsUp && reply.status === 401 ? stepUpAskedIn(reply.body) : undefined;
    if (!asked || !(await this.prove(asked))) return reply;
    return this.send<Body>(method, path, body, {
      ...headers,
      ...(asked.bound && { [STEP_UP_HEADER]: asked.stepUpId }),
    });
  }

  private async send<Body>(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<Reply<Body>> {
    const response = await this.open(method, path, body, headers);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const isJson = /json$/.test((response.headers['content-type'] ?? '').split(';')[0]!);
    const parsed = (isJson && bytes.length > 0 ? JSON.parse(bytes.toString('utf8')) : undefined) as Body;
    return { status: response.statusCode!, headers: response.headers, bytes, body: parsed };
  }

  /**
   * Proves what was asked, with the authenticator that the person carries, enrolling it first where they must.
   *
   * @returns false when the person has an authenticator that is not the one they carry here
   */
  async prove(asked: StepUpAsked): Promise<boolean> {
    const plain = this.plain();
    try {
      const whoAmI = async () => (await plain.get<{ person: { id: string } }>('/v1/me')).person.id;
      const presence = await presenceOf(this.shown.token!, whoAmI);
      if (!asked.enrol && !presence.isEnrolled) return false;
      await presence.prove((path, sent) => plain.post(path, sent), asked);
      return true;
    } finally {
      plain.close();
    }
  }

  /** As {@link call} without any stepping up, with the answer as it comes: for streams, which end when the caller destroys them. */
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
    return new Promise((resolve, reject) => {
      const call = () => {
        const asked = request(options, resolve).on('error', (error: NodeJS.ErrnoException) =>
          // The service let go of a connection that was idle just when it was to be used again.
          asked.reusedSocket && error.code === 'ECONNRESET' ? call() : reject(error),
        );
        asked.end(sent);
      };
      call();
    });
  }

  /** As {@link call}, for steps that must succeed: the parsed answer. */
  async get<Body>(path: string): Promise<Body> {
    return succeeded(`GET ${path}`, await this.call<Body>('GET', path));
  }

  async post<Body>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Body> {
    return succeeded(`POST ${path}`, await this.call<Body>('POST', path, body, headers));
  }

  /** Ends the connections on which a certificate was shown; the others are shared, and the place ends them. */
  close(): void {
    if (this.shown.certificate) this.agent.destroy();
  }
}

function agentFor({ root }: Place, certificate?: Shown['certificate']): Agent {
  const shown = certificate && { key: certificate.key, cert: certificate.chain };
  return new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, ca: root, ...shown });
}

const openAgents = new WeakMap<Place, Agent>();

/** One for all who show no certificate there, as a connection says nothing of who they are: a handshake costs more than a request. */
function openAgentOf(place: Place): Agent {
  let agent = openAgents.get(place);
  // The root of a process is known once it is ready.
  if (agent?.options.ca !== place.root) openAgents.set(place, (agent = agentFor(place)));
  return agent;
}

function contentOf(body: unknown): string | Buffer | undefined {
  return body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

function succeeded<Body>(what: string, reply: Reply<Body>): Body {
  if (reply.status >= 200 && reply.status < 300) return reply.body;
  throw new Error(`${what} answered ${reply.status}: ${reply.bytes.toString('utf8').slice(0, 2000)}`);
}
