import { EgressError, type EgressClient, type EgressResponse } from '../platform/index.js';
import type { Way } from './domain/adapter.js';
import { failed, type REFUSALS, refused } from './domain/refusals.js';
import type { NetworkAccess } from './domain/network-access.js';

/** One call of a system's API. */
export interface ApiCall {
  readonly method: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** From the root, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Calls the HTTP API of a target by the one client for everything that others steer: each address is judged anew, no redirect is
 * followed, and what is not encrypted goes to a network of one's own alone.
 */
export class ApiCalls {
  constructor(
    private readonly egress: EgressClient,
    private readonly way: Way,
  ) {}

  /**
   * @returns any answer, whatever its status
   * @throws TargetError where there was none; EgressError `egress_address_refused`
   */
  async ask(access: NetworkAccess, { method, path, headers = {}, body }: ApiCall): Promise<EgressResponse> {
    const { caCertificates, ownNetwork } = this.way;
    try {
      return await this.egress.request('target', originOf(access) + path, {
        ...{ method, headers, allowPrivate: ownNetwork, plainOnOwnNetwork: ownNetwork && !access.verified },
        ...(body !== undefined && { body }),
        ...(caCertificates !== null && { ca: caCertificates }),
      });
    } catch (error) {
      throw asTargetError(error);
    }
  }
}

export function originOf({ host, port, verified }: NetworkAccess): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return `${verified ? 'https' : 'http'}://${name}:${port}`;
}

/** What an answer's status says where it says no. */
export function refusedBy(status: number): ReturnType<typeof refused> {
  if (status === 401) return refused('accessRefused', '401');
  if (status === 403) return refused('notPermitted', '403');
  if (status === 429 || status === 502 || status === 503 || status === 504) return refused('busy', String(status));
  return failed(String(status));
}

/** The JSON of an answer; undefined where it is none. What is in it is the target's word, and looked at before it is used. */
export function jsonOf({ body }: Pick<EgressResponse, 'body'>): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const CODES: Readonly<Record<string, keyof typeof REFUSALS>> = {
  egress_timeout: 'busy',
  egress_tls_failed: 'untrusted',
  egress_unreachable: 'unreachable',
};

function asTargetError(error: unknown): unknown {
  if (!(error instanceof EgressError)) return error;
  if (Object.hasOwn(CODES, error.code)) return refused(CODES[error.code]!, error.code);
  return error.kind === 'unavailable' ? failed(error.code) : error;
}
