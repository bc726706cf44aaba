import type { IncomingMessage } from 'node:http';
import { request, type RequestOptions } from 'node:https';
import { EnforcementError } from './domain/errors.js';
import type { Settings } from './options.js';

const TIMEOUT_MILLISECONDS = 5000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Speaks to the service: over TLS to the pinned root alone, and with the point's own certificate where it must. */
export class ServiceClient {
  constructor(private readonly settings: Pick<Settings, 'service' | 'root' | 'credentials'>) {}

  /** A public document, from the listener without client certificates. */
  async getPublic(path: string): Promise<Answer> {
    return readWhole(await this.send(new URL(path, this.settings.service.url), { method: 'GET' }));
  }

  async get(path: string): Promise<Answer> {
    return readWhole(await this.sendMutual(path, { method: 'GET' }));
  }

  async post(path: string, body: unknown): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return readWhole(await this.sendMutual(path, { method: 'POST', headers }, JSON.stringify(body)));
  }

  /** An answer that goes on; the caller reads and destroys it. */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.sendMutual(path, { method: 'GET', headers: { accept: 'application/x-ndjson' }, signal });
  }

  private async sendMutual(path: string, options: RequestOptions, body?: string): Promise<IncomingMessage> {
    const { certificate, key } = await this.settings.credentials();
    return this.send(new URL(path, this.settings.service.mutualUrl), { ...options, cert: certificate, key }, body);
  }

  /** Each request opens a connection of its own: a certificate that was renewed is used from the next one on. */
  private send(url: URL, options: RequestOptions, body?: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(
        url,
        { ...options, ca: this.settings.root, agent: false, minVersion: 'TLSv1.2' },
        (answer) => {
          sent.setTimeout(0);
          resolve(answer);
        },
      );
      sent.setTimeout(TIMEOUT_MILLISECONDS, () => sent.destroy(new Error('The service did not answer in time.')));
      sent.on('error', (cause) => {
        const message = `The service cannot be reached at ${url.origin}: ${cause.message}`;
        reject(new EnforcementError('service_unreachable', message, { cause }));
      });
      sent.end(body);
    });
  }
}

async function readWhole(answer: IncomingMessage): Promise<Answer> {
  answer.setTimeout(TIMEOUT_MILLISECONDS, () => answer.destroy(new Error('The service stopped answering.')));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if ((length += chunk.length) > MAX_ANSWER_BYTES) throw new Error('The answer is too long.');
      chunks.push(chunk);
    }
  } catch (cause) {
    answer.destroy();
    throw new EnforcementError('service_unreachable', 'The service broke off its answer: try again.', { cause });
  }
  return { status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}

/** @throws EnforcementError `service_refused` unless the status is 200 */
export function requireOk(answer: { readonly status: number }, what: string): void {
  if (answer.status === 200) return;
  const message = `The service answered ${answer.status} for ${what}: check the point's certificate and its grant.`;
  throw new EnforcementError('service_refused', message);
}
