import { isIP } from 'node:net';
import * as tls from 'node:tls';
import { Redis, type RedisOptions } from 'ioredis';
import type { Way } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import type { NetworkAccess } from '../domain/network-access.js';
import { failed, type REFUSALS, refused } from '../domain/refusals.js';

const CONNECT_MILLISECONDS = 5_000;
const COMMAND_MILLISECONDS = 10_000;

/** What is said to the server, and what it says: each word apart, so that nothing in one means anything else. */
export type Say = (...words: string[]) => Promise<unknown>;

/**
 * Opens a connection to one of the addresses that were judged, signs in, does the work, and closes it.
 *
 * @throws TargetError
 */
export async function withConnection<Result>(
  access: NetworkAccess,
  way: Way,
  work: (say: Say) => Promise<Result>,
): Promise<Result> {
  const client = await connected(access, way);
  const say: Say = (command = '', ...words) => client.call(command, ...words);
  try {
    await say('AUTH', access.user, access.password);
    return await work(say);
  } catch (error) {
    throw asTargetError(error);
  } finally {
    client.disconnect();
  }
}

async function connected(access: NetworkAccess, way: Way): Promise<Redis> {
  let failure: unknown;
  for (const address of way.addresses) {
    const client = new Redis(optionsOf(access, way, address));
    client.on('error', (error) => (failure = error));
    try {
      await client.connect();
      return client;
    } catch (error) {
      failure ??= error;
      client.disconnect();
    }
  }
  throw asTargetError(failure);
}

/** Nothing is tried again here, and nobody is signed in by the library, which says more of a refusal than is to be said. */
function optionsOf({ host, port, verified }: NetworkAccess, way: Way, address: string): RedisOptions {
  return {
    ...{ host: address, port, lazyConnect: true, enableReadyCheck: false, disableClientInfo: true },
    ...{ retryStrategy: () => null, maxRetriesPerRequest: 0, autoResubscribe: false, enableOfflineQueue: false },
    ...{ connectTimeout: CONNECT_MILLISECONDS, commandTimeout: COMMAND_MILLISECONDS },
    ...(verified && { tls: encryption(host, way.caCertificates) }),
  };
}

function encryption(host: string, caCertificates: string | null): tls.ConnectionOptions {
  return {
    ...(isIP(host) === 0 && { servername: host }),
    ...(caCertificates !== null && { ca: [...tls.rootCertificates, caCertificates] }),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true, // said, so that NODE_TLS_REJECT_UNAUTHORIZED cannot unsay it
  };
}

/** By the first word of an answer (RESP, errors), or what Node calls it. */
const WORDS: Readonly<Record<string, keyof typeof REFUSALS>> = {
  WRONGPASS: 'accessRefused',
  NOAUTH: 'accessRefused',
  NOPERM: 'notPermitted',
  LOADING: 'busy',
  BUSY: 'busy',
  TRYAGAIN: 'busy',
  MASTERDOWN: 'busy',
};
const TLS = /^(ERR_(TLS|SSL|OSSL)|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_|EPROTO|INVALID_(CA|PURPOSE))/;

/** What went wrong, by its first word alone: an answer may quote what was said, and the library keeps what was. */
function asTargetError(error: unknown): TargetError {
  if (error instanceof TargetError) return error;
  const { code, message, name } = error as Readonly<Record<'code' | 'message' | 'name', unknown>>;
  const state = typeof code === 'string' ? code : '';
  if (name === 'ReplyError') {
    const word = /^[A-Z]+/.exec(String(message))?.[0] ?? 'unknown';
    if (/^ERR max number of clients/.test(String(message))) return refused('busy', word);
    return Object.hasOwn(WORDS, word) ? refused(WORDS[word]!, word) : failed(word);
  }
  if (TLS.test(state)) return refused('untrusted', state);
  if (/^Command timed out/.test(String(message))) return refused('busy', 'timeout');
  return refused('unreachable', state === '' ? 'no code' : state);
}
