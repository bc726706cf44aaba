import { kubernetesSecret } from '../../../src/rotation/sinks/kubernetes-secret.js';
import { type Place, ROTATION_ID, testTools } from '../sink-contract.js';
import { FakeApi, type Heard, type Said } from './fake-api.js';

interface Secret {
  readonly metadata: {
    readonly name: string;
    readonly annotations: Record<string, string>;
    readonly resourceVersion: string;
  };
  readonly data: Record<string, string>;
}

const COLLECTION = '/api/v1/namespaces/orders/secrets';

/** The part of the API of core/v1 Secrets that is used (Kubernetes API conventions: concurrency control, merge patch). */
export class FakeKubernetes {
  secret: Secret | undefined;
  readonly api = new FakeApi((heard) => this.answer(heard));
  private revision = 100;

  private answer({ method, path, headers, body }: Heard): Said {
    if (headers.authorization !== 'Bearer good')
      return { status: 401, body: { kind: 'Status', reason: 'Unauthorized' } };
    if (method === 'POST' && path === COLLECTION) {
      if (this.secret) return { status: 409, body: { kind: 'Status', reason: 'AlreadyExists' } };
      return { status: 201, body: this.put(body as never) };
    }
    if (path !== `${COLLECTION}/database` || !this.secret) return { status: 404, body: { reason: 'NotFound' } };
    if (method === 'GET') return { status: 200, body: this.secret };
    if (headers['content-type'] !== 'application/merge-patch+json') return { status: 415 };
    return this.patch(body as never);
  }

  private patch(patch: Secret): Said {
    if (patch.metadata.resourceVersion !== this.secret!.metadata.resourceVersion)
      return { status: 409, body: { kind: 'Status', reason: 'Conflict' } };
    const annotations = { ...this.secret!.metadata.annotations, ...patch.metadata.annotations };
    const merged = Object.entries({ ...this.secret!.data, ...patch.data }).filter(([, value]) => value !== null);
    const metadata = { ...this.secret!.metadata, annotations };
    return { status: 200, body: this.put({ metadata, data: Object.fromEntries(merged) }) };
  }

  put(secret: Secret): Secret {
    this.revision += 1;
    this.secret = { ...secret, metadata: { ...secret.metadata, resourceVersion: String(this.revision) } };
    return this.secret;
  }
}

export async function kubernetesPlace(): Promise<Place & { readonly cluster: FakeKubernetes }> {
  const cluster = new FakeKubernetes();
  const url = await cluster.api.start();
  const open = (token: string) => {
    const settings = kubernetesSecret.settings.parse({ url, namespace: 'orders', name: 'database' });
    return kubernetesSecret.open(settings, { token }, ROTATION_ID, testTools());
  };
  const decoded = (text: string | undefined) => text && Buffer.from(text, 'base64').toString();
  return {
    cluster,
    empty: async () => {
      [cluster.secret, cluster.api.broken] = [undefined, undefined];
    },
    sink: () => open('good'),
    standing: async () => decoded(cluster.secret?.data['secret']),
    meddle: async () => {
      const secret = cluster.secret!;
      cluster.put({ ...secret, data: { ...secret.data, secret: Buffer.from('theirs').toString('base64') } });
    },
    refused: async () => open('bad'),
    away: async () => {
      cluster.api.broken = 503;
      return open('good');
    },
    ...{ marks: true, checks: true },
    close: () => cluster.api.stop(),
  };
}
