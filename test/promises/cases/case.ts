import type { RecordType } from '../../../src/kernel/index.js';
import type { Reply, Visitor } from '../../harness/visitor.js';
import type { Scene } from './scene.js';

/** A request that is valid, and can be sent: by whom, to what, with what. */
export interface Ready {
  readonly by: Visitor;
  /** Values of the path's parameters. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; as a form where the route takes one. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Sent as If-Match. */
  readonly version?: number;
  /** A browser's. */
  readonly cookie?: string;
}

/** One way in which a route is called rightly. Every route of the OpenAPI document has at least one. */
export interface Case {
  /** As the document names it, for example `POST /v1/teams/{id}`. */
  readonly route: string;
  /** What is special about this way; the ordinary one has none. */
  readonly when?: string;
  /** The status it answers. */
  readonly status: number;
  /** The records it appends, each once. */
  readonly records: readonly RecordType[];
  /** Makes, by the front doors, everything that the call needs. */
  readonly prepare: (scene: Scene) => Promise<Ready>;
}

export function nameOf({ route, when }: Case): string {
  return when === undefined ? route : `${route}, ${when}`;
}

export function methodOf({ route }: Case): string {
  return route.split(' ')[0]!;
}

/** A browser that OAuth sends back by GET (RFC 6749 §4.1.2): it brings a state that is good once, and its own cookie. */
export const RETURNS = ['GET /v1/sign-in/sso/callback'];

/** They change nothing but the log, which says that something left the house. */
export const EXPORTS = ['POST /v1/audit/exports', 'POST /v1/review-campaigns/{id}/exports'];

/** Whether the case only asks. */
export function isReading(one: Case): boolean {
  return methodOf(one) === 'GET' && !RETURNS.includes(one.route);
}

/** What of a call to change before it is sent. */
export interface Otherwise {
  readonly by?: Visitor;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: string;
  /** Sent as it is, whatever it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const STREAMS = ['GET /v1/feed'];
const FORMS = ['POST /v1/token', 'POST /v1/device-authorizations', 'POST /v1/device-token'];

export function takesForm({ route }: Case): boolean {
  return FORMS.includes(route);
}

/** Sends a prepared call, or what a test makes of it. Of a stream the first piece is the answer. */
export async function send(one: Case, ready: Ready, otherwise: Otherwise = {}): Promise<Reply> {
  const visitor = otherwise.by ?? ready.by;
  const target = targetOf(one, ready, otherwise);
  const { content, type } = contentOf(one, ready, otherwise);
  const headers = {
    ...(type !== undefined && { 'content-type': type }),
    ...(ready.version !== undefined && { 'if-match': `"v${ready.version}"` }),
    ...(ready.cookie !== undefined && { cookie: ready.cookie }),
    ...otherwise.headers,
  };
  const whole = () => visitor.call(methodOf(one), target, content, headers);
  if (!STREAMS.includes(one.route)) return whole();
  const response = await visitor.open(methodOf(one), target, content, headers);
  if (response.statusCode !== 200) {
    response.destroy();
    return whole();
  }
  for await (const piece of response) {
    response.destroy();
    return { status: response.statusCode, headers: response.headers, bytes: piece as Buffer, body: undefined };
  }
  throw new Error(`${one.route} ended without a line.`);
}

function targetOf({ route }: Case, ready: Ready, otherwise: Otherwise): string {
  const values = { ...ready.path, ...otherwise.path };
  const path = route.split(' ')[1]!.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${route} needs a value for ${name}.`);
    return value;
  });
  const query = otherwise.query ?? new URLSearchParams(ready.query).toString();
  return query === '' ? path : `${path}?${query}`;
}

function contentOf(one: Case, ready: Ready, otherwise: Otherwise): { content?: unknown; type?: string } {
  const body = 'body' in otherwise ? otherwise.body : ready.body;
  if (body === undefined) return {};
  const form = takesForm(one);
  const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const plain = typeof body === 'string' || Buffer.isBuffer(body);
  if (!form || plain) return { content: plain ? body : JSON.stringify(body), type };
  return { content: new URLSearchParams(body as Record<string, string>).toString(), type };
}

/** Fails with what was answered, so that the reader sees why. */
export function expectStatus(reply: Reply, status: number): void {
  if (reply.status === status) return;
  throw new Error(`Answered ${reply.status}, not ${status}: ${reply.bytes.toString('utf8').slice(0, 1000)}`);
}
