import { connect, refusalFrom } from '../client/index.js';
import { withDeadline } from '../kernel/index.js';
import type { Certificate } from './domain/answers.js';
import type { Service } from './options.js';

const TIMEOUT_MILLISECONDS = 10_000;

/**
 * One call over a connection of its own, so that a renewed certificate is shown from the next one on.
 *
 * @returns what was answered in JSON; undefined where nothing was
 * @throws ServiceRefusal, ClientError `unreachable`
 */
export async function callService(
  { mutualUrl, root }: Service,
  certificate: Certificate,
  { method, path, body }: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object },
  signal: AbortSignal,
): Promise<unknown> {
  const connection = connect({ url: mutualUrl, root, certificate });
  try {
    return await withDeadline(signal, TIMEOUT_MILLISECONDS, async (ending) => {
      const answer = await connection.fetch(path, {
        ...{ method, signal: ending },
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      if (!answer.ok) throw await refusalFrom(answer);
      const text = await answer.text();
      return text === '' ? undefined : (JSON.parse(text) as unknown);
    });
  } finally {
    await connection.close();
  }
}
