import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type * as tls from 'node:tls';
import { contextWith } from './authorities.js';
import { EgressError } from './errors.js';
import type { EgressOptions } from './options.js';
import type { Target } from './target.js';

const MAX_HEADER_BYTES = 16_384;

export interface EgressResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Exchange extends Target {
  /** Judged already; the connection goes to one of them and nowhere else. */
  readonly addresses: readonly string[];
  readonly deadline: AbortSignal;
  readonly maxBytes: number;
  /** Longest silence on the connection. */
  readonly idleMs: number;
  readonly options: Pick<EgressOptions, 'body' | 'ca' | 'headers' | 'method'>;
}

/** One request and its whole answer over one new connection. */
export async function exchange(call: Exchange): Promise<EgressResponse> {
  try {
    return await carryOut(call);
  } catch (error) {
    throw asEgressError(error, call.hostname, call.deadline);
  }
}

function carryOut(call: Exchange): Promise<EgressResponse> {
  const { hostname, options } = call;
  return new Promise((resolve, reject) => {
    const request = start(call);
    const fail = (error: Error) => {
      request.destroy();
      reject(error);
    };
    request.on('error', fail);
    request.on('timeout', () => fail(new EgressError('egress_timeout', `${hostname} fell silent. Try again later.`)));
    request.on('response', (response) => {
      read(response, call).then(resolve, fail);
    });
    request.end(options.body);
  });
}

function start({ url, hostname, addresses, deadline, idleMs, options }: Exchange): ClientRequest {
  const secure = url.protocol === 'https:';
  const request = secure ? httpsRequest : httpRequest;
  const common: RequestOptions & tls.ConnectionOptions = {
    method: options.method ?? 'GET',
    headers: { 'user-agent': 'muster', ...options.headers, 'accept-encoding': 'identity' },
    agent: false,
    lookup: pinnedTo(addresses),
    maxHeaderSize: MAX_HEADER_BYTES,
    signal: deadline,
    timeout: idleMs,
  };
  if (!secure) return request(url, common);
  return request(url, {
    ...common,
    ...(options.ca === undefined ? { minVersion: 'TLSv1.2' } : { secureContext: contextWith(options.ca) }),
    rejectUnauthorized: true, // said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot unsay it
    servername: isIP(hostname) === 0 ? hostname : '',
  });
}

/** Answers every question for an address with those already judged, whatever name is asked for. */
function pinnedTo(addresses: readonly string[]): LookupFunction {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_hostname, { all }, callback) => {
    if (all) callback(null, pinned);
    else callback(null, pinned[0]!.address, pinned[0]!.family);
  };
}

async function read(response: IncomingMessage, { hostname, maxBytes }: Exchange): Promise<EgressResponse> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400 && status !== 304)
    throw new EgressError('egress_redirect_refused', `${hostname} redirects. Give the URL it redirects to.`);
  if (!['', 'identity'].includes(response.headers['content-encoding'] ?? ''))
    throw new EgressError('egress_response_invalid', `${hostname} compressed its answer although it was asked not to.`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(hostname, maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(hostname, maxBytes);
    chunks.push(chunk);
  }
  return { status, headers: flat(response.headers), body: Buffer.concat(chunks) };
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function tooLarge(hostname: string, maxBytes: number): EgressError {
  return new EgressError('egress_too_large', `${hostname} answered with more than ${maxBytes} bytes.`);
}

const UNREACHABLE = /^E(CONNREFUSED|HOST|NET|AI_|ADDR|NOTFOUND|TIMEDOUT)/;
const TLS = /^(ERR_(TLS|SSL)|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|EPROTO|INVALID_(CA|PURPOSE)|ERR_OSSL)/;

/** What Node says went wrong, by its code alone: its message may quote the answer. */
function asEgressError(error: unknown, hostname: string, deadline: AbortSignal): EgressError {
  if (error instanceof EgressError) return error;
  if (deadline.aborted) return new EgressError('egress_timeout', `${hostname} took too long. Try again later.`);
  const code = (error as { code?: string } | null)?.code ?? 'unknown';
  const options = { cause: code };
  if (code === 'HPE_HEADER_OVERFLOW')
    return new EgressError('egress_too_large', `${hostname} answered with too many headers.`, options);
  if (code.startsWith('HPE_'))
    return new EgressError('egress_response_invalid', `${hostname} does not answer in HTTP.`, options);
  if (TLS.test(code))
    return new EgressError(
      'egress_tls_failed',
      `The certificate of ${hostname} does not verify. Check its name, its dates and who issued it.`,
      options,
    );
  if (UNREACHABLE.test(code))
    return new EgressError('egress_unreachable', `${hostname} cannot be reached. Check that it is up.`, options);
  return new EgressError('egress_response_invalid', `${hostname} broke off its answer.`, options);
}
