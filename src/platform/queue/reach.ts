import { Redis } from 'ioredis';
import { errorsOf } from '../../kernel/index.js';

/** Ways in which the queue keeps the service from starting. */
export class QueueError extends errorsOf('QueueError', { redis_unreachable: 'unavailable' }) {}

const TIMEOUT_MILLISECONDS = 10_000;

const REASONS: Readonly<Record<string, string>> = {
  WRONGPASS: 'the server refuses its password',
  NOAUTH: 'the server asks for a password',
  NOPERM: 'the server does not let its user do what queues need',
  LOADING: 'the server is starting',
  MASTERDOWN: 'the server has lost the one it copies',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host has no address',
  EAI_AGAIN: 'its host’s address cannot be looked up now',
  ETIMEDOUT: 'its host does not answer',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its network cannot be reached',
};

/**
 * Tries an operator's Redis before anything is asked of it; later it may come and go.
 *
 * @throws QueueError `redis_unreachable`
 */
export async function checkRedis(url: string): Promise<void> {
  const options = { lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: TIMEOUT_MILLISECONDS };
  const redis = new Redis(url, { ...options, commandTimeout: TIMEOUT_MILLISECONDS, retryStrategy: () => null });
  let fault: unknown;
  redis.on('error', (error: unknown) => (fault ??= error));
  try {
    await redis.connect();
    await redis.info('server');
  } catch (error) {
    const cause = fault ?? error;
    throw new QueueError('redis_unreachable', `The Redis in REDIS_URL cannot be used: ${reasonOf(cause)}.`, { cause });
  } finally {
    redis.disconnect();
  }
}

/** A reply of Redis begins with its code; an error of the connection has one. */
function reasonOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const word = /^[A-Z]{4,}/.exec(String(message))?.[0];
  const found = word ?? (typeof code === 'string' ? code : 'unknown');
  return REASONS[found] ?? `connecting failed (${found})`;
}
