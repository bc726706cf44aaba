import { Client } from 'undici';
import type { Place } from '../harness/visitor.js';
import type { HeldCertificate } from './scene.js';

/** One client: one TLS connection that is kept open, with one request on it at a time. */
export class BenchConnection {
  private readonly client: Client;

  /** @param certificate shown to the listener that requires one, which is then the one called */
  constructor({ ports, root }: Place, certificate?: HeldCertificate) {
    const port = certificate ? ports.mutual : ports.open;
    const shown = certificate && { key: certificate.key, cert: certificate.chain };
    this.client = new Client(`https://127.0.0.1:${port}`, {
      connect: { ca: root, servername: 'localhost', ...shown },
      keepAliveTimeout: 60_000,
      pipelining: 1,
    });
  }

  /** @throws Error for any answer but a 2xx, quoting it */
  async post(path: string, type: string, body: string): Promise<void> {
    const answer = await this.client.request({ method: 'POST', path, body, headers: { 'content-type': type } });
    const text = await answer.body.text();
    if (answer.statusCode < 200 || answer.statusCode > 299)
      throw new Error(`POST ${path} answered ${answer.statusCode}: ${text.slice(0, 500)}`);
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
