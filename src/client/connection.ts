import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { Agent, fetch as undiciFetch, Headers as UndiciHeaders, type RequestInit as UndiciInit } from 'undici';
import { ClientError, ServiceRefusal } from './errors.js';
import type { paths } from './schema.js';
import { STEP_UP_HEADER, type StepUpAsked, stepUpAskedIn } from './step-up.js';

/** A certificate with its key, as a workload shows it on 8444; PEM. */
export interface ClientCertificate {
  /** The leaf, followed by its issuers. */
  readonly chain: string;
  readonly key: string;
}

export interface ConnectionOptions {
  /** For example `https://localhost:8443`. */
  readonly url: string;
  /** The service's root, PEM: the only one trusted on this connection. */
  readonly root: string;
  /** A session or access token. */
  readonly token?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  /**
   * Sees to it that the person proves what a refused call asks for, by other means; the call is then repeated, byte for
   * byte, once. Without it the refusal is thrown like any other.
   */
  readonly stepUp?: ((asked: StepUpAsked) => Promise<void>) | undefined;
}

/** A service as a program sees it: typed calls that answer data or throw a {@link ServiceRefusal}. */
export interface Connection {
  readonly api: Client<paths>;
  /** A plain fetch over the same trust, for documents that are not JSON. */
  readonly fetch: (path: string, init?: UndiciInit) => Promise<Response>;
  close(): Promise<void>;
}

/** Opens a connection; nothing is sent until the first call. */
export function connect(options: ConnectionOptions): Connection {
  const dispatcher = new Agent({
    connect: {
      ca: options.root,
      ...(options.certificate && { cert: options.certificate.chain, key: options.certificate.key }),
    },
  });
  const send = async (url: string, init: UndiciInit): Promise<Response> => {
    try {
      return await undiciFetch(url, { ...init, dispatcher, redirect: 'error' });
    } catch (cause) {
      throw unreachable(options.url, cause);
    }
  };
  const sendProved = async (url: string, init: UndiciInit): Promise<Response> => {
    const response = await send(url, init);
    const asked = options.stepUp && response.status === 401 ? stepUpAskedIn(await problemIn(response)) : undefined;
    if (!asked) return response;
    await options.stepUp!(asked);
    const headers = new UndiciHeaders(init.headers);
    if (asked.bound) headers.set(STEP_UP_HEADER, asked.stepUpId);
    return send(url, { ...init, headers: [...headers] });
  };
  const api = createClient<paths>({
    baseUrl: options.url,
    fetch: async (request: Request) => sendProved(request.url, await initOf(request)),
    ...(options.token !== undefined && { headers: { authorization: `Bearer ${options.token}` } }),
  });
  api.use(REFUSALS);
  const authorization = options.token === undefined ? {} : { authorization: `Bearer ${options.token}` };
  return {
    api,
    fetch: (path, init = {}) =>
      sendProved(new URL(path, options.url).href, {
        ...init,
        headers: { ...authorization, ...(init.headers as object | undefined) },
      }),
    close: () => dispatcher.destroy(),
  };
}

/** What a refusal says, read from a copy so that it can be read again. */
async function problemIn(response: Response): Promise<unknown> {
  return parse(await response.clone().text());
}

async function initOf(request: Request): Promise<UndiciInit> {
  const body = request.body ? Buffer.from(await request.arrayBuffer()) : undefined;
  return { method: request.method, headers: [...request.headers], ...(body && { body }) };
}

const REFUSALS: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    throw await refusalFrom(response);
  },
};

/** Reads the problem details out of a refusal; an answer without any becomes `answer_unreadable`. */
export async function refusalFrom(response: Response): Promise<ServiceRefusal> {
  const text = await response.text();
  const problem = parse(text);
  const code = stringIn(problem, 'code') ?? stringIn(problem, 'error') ?? 'answer_unreadable';
  const detail =
    stringIn(problem, 'detail') ?? stringIn(problem, 'error_description') ?? `The service answered ${response.status}.`;
  const requestId = stringIn(problem, 'requestId') ?? response.headers.get('x-request-id') ?? '';
  return new ServiceRefusal(response.status, code, detail, requestId, problem);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function stringIn(problem: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = problem[key];
  return typeof value === 'string' ? value : undefined;
}

function unreachable(url: string, cause: unknown): ClientError {
  const code = (cause as { cause?: { code?: unknown } } | null)?.cause?.code;
  const why = typeof code === 'string' ? ` (${code})` : '';
  return new ClientError(
    'unreachable',
    `${url} does not answer${why}. Is the service running, and is its root the one you pinned?`,
    {
      cause,
    },
  );
}
