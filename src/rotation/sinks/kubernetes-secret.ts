import { z } from 'zod';
import type { Id } from '../../kernel/index.js';
import type { Delivery, Found, Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { type Fields, fieldsOf, inside } from './answer.js';
import { namedFieldsOf } from './form.js';
import type { SinkKind, Tools } from './kind.js';
import { baseUrl } from './url.js';

const NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;
const ROTATION = 'muster/rotation';
const VERSION = 'muster/version';
const KEYS = ['account', 'keyId', 'secret', 'version'];

const settings = z.strictObject({
  url: baseUrl.describe('The cluster’s API server.'),
  namespace: z.string().regex(NAME),
  name: z
    .string()
    .regex(NAME)
    .describe('Of the Secret; its keys account, secret, keyId and version are written, others stay.'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({ token: z.string().min(1).max(16_384) });
type Access = z.output<typeof access>;

/** A Secret of a Kubernetes cluster (core/v1), by its `resourceVersion`: who changed it meanwhile is not written over. */
export const kubernetesSecret: SinkKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url, namespace, name }) => `${new URL(url).host} ${namespace}/${name}`,
  open: (chosen, opens, rotation, tools) => new KubernetesSecretSink(chosen, opens, rotation, tools),
};

interface Seen extends Found {
  readonly resourceVersion: string;
}

class KubernetesSecretSink implements Sink {
  private readonly collection: string;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly rotation: Id<'rotation'>,
    private readonly tools: Tools,
  ) {
    this.collection = `${settings.url}/api/v1/namespaces/${settings.namespace}/secrets`;
  }

  async look(): Promise<Seen | undefined> {
    const answer = await this.ask('GET', `/${this.settings.name}`);
    if (answer.status === 404) return undefined;
    const secret = fieldsOf(answer, [200]);
    const annotations = inside(secret, 'metadata', 'annotations');
    const ours = inside(annotations, ROTATION) === this.rotation;
    return {
      revision: this.tools.digest(JSON.stringify(KEYS.map((key) => inside(secret, 'data', key) ?? null))),
      version: ours ? Number(inside(annotations, VERSION)) : null,
      resourceVersion: String(inside(secret, 'metadata', 'resourceVersion')),
    };
  }

  async write(delivery: Delivery, over: Found | undefined): Promise<void> {
    const { name } = this.settings;
    const data = Object.fromEntries(
      Object.entries(namedFieldsOf(delivery)).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
    );
    const annotations = { [ROTATION]: this.rotation, [VERSION]: String(delivery.version) };
    if (!over) {
      const made = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name, annotations }, data };
      fieldsOf(await this.ask('POST', '', made), [201]);
      return;
    }
    const { resourceVersion } = await this.unchanged(over);
    const change = { metadata: { resourceVersion, annotations }, data: { keyId: null, ...data } };
    fieldsOf(await this.ask('PATCH', `/${name}`, change), [200]);
  }

  private async unchanged(over: Found): Promise<Seen> {
    const seen = await this.look();
    if (seen?.revision === over.revision) return seen;
    throw new SinkError('changed_elsewhere', 'Somebody changed the Secret meanwhile: look, then deliver again.');
  }

  private ask(method: 'GET' | 'PATCH' | 'POST', path: string, body?: Fields) {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return this.tools.ask({
      method,
      url: `${this.collection}${path}`,
      headers: {
        authorization: `Bearer ${this.access.token}`,
        accept: 'application/json',
        ...(body && { 'content-type': type }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}
