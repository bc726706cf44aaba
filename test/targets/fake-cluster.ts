import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { FakeApi, type Heard, type Said } from '../rotation/places/fake-api.js';

/**
 * TokenRequest and Secret as Kubernetes publishes them (`api/openapi-spec/v3/api__v1_openapi.json`), with the required fields of
 * it, and no others than are there: a field that the schema does not have is refused, as the API does with strict validation.
 */
const tokenRequest = z.strictObject({
  apiVersion: z.literal('authentication.k8s.io/v1').optional(),
  kind: z.literal('TokenRequest').optional(),
  spec: z.strictObject({
    audiences: z.array(z.string()),
    boundObjectRef: z
      .strictObject({
        apiVersion: z.literal('v1'),
        kind: z.enum(['Pod', 'Secret']),
        name: z.string().optional(),
        uid: z.string().optional(),
      })
      .optional(),
    // “may not specify a duration less than 10 minutes” (validation of TokenRequest)
    expirationSeconds: z.int().min(600).optional(),
  }),
});
const secret = z.strictObject({
  apiVersion: z.literal('v1').optional(),
  kind: z.literal('Secret').optional(),
  type: z.string().optional(),
  metadata: z.strictObject({
    name: z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/)).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});
type Secret = z.output<typeof secret> & { readonly metadata: { readonly uid: string } };

const PATH = /^\/api\/v1\/namespaces\/([a-z0-9-]+)\/(serviceaccounts|secrets)(?:\/([a-z0-9.-]+)(\/token)?)?$/;

/** What of a cluster's API concerns tokens of ServiceAccounts, with what such a token is worth. */
export class FakeCluster {
  readonly token = randomBytes(24).toString('base64url');
  readonly accounts = new Set<string>();
  readonly secrets = new Map<string, Secret>();
  readonly api = new FakeApi((heard) => this.answer(heard));
  private readonly tokens = new Map<string, { readonly secret: string; readonly uid: string }>();

  /** One from before there were others: it never ends. */
  addEndless(namespace: string, account: string, name: string): void {
    const annotations = { 'kubernetes.io/service-account.name': account };
    this.secrets.set(`${namespace}/${name}`, {
      type: 'kubernetes.io/service-account-token',
      metadata: { name, uid: randomUUID(), annotations },
    });
  }

  private answer(heard: Heard): Said {
    const bearer = /^Bearer (.+)$/.exec(heard.headers.authorization ?? '')?.[1] ?? '';
    const own = bearer === this.token;
    if (!own && !this.isAlive(bearer)) return { status: 401, body: { kind: 'Status', reason: 'Unauthorized' } };
    if (!own) return { status: 403, body: { kind: 'Status', reason: 'Forbidden' } };
    const [, namespace = '', kind, name, token] = PATH.exec(heard.path) ?? [];
    if (kind === 'secrets') return this.answerOfSecrets(heard, namespace, name);
    if (kind !== 'serviceaccounts' || !this.accounts.has(`${namespace}/${name ?? ''}`))
      return { status: 404, body: {} };
    if (token === undefined) return { status: 200, body: { kind: 'ServiceAccount', metadata: { name, namespace } } };
    return this.issue(heard, namespace);
  }

  private issue({ method, body }: Heard, namespace: string): Said {
    const asked = tokenRequest.safeParse(body);
    if (method !== 'POST' || !asked.success) return { status: 422, body: { kind: 'Status', reason: 'Invalid' } };
    const { boundObjectRef, expirationSeconds = 3600 } = asked.data.spec;
    const place = `${namespace}/${boundObjectRef?.name ?? ''}`;
    const uid = this.secrets.get(place)?.metadata.uid;
    if (boundObjectRef && uid !== boundObjectRef.uid)
      return { status: 409, body: { kind: 'Status', reason: 'Conflict' } };
    const token = randomBytes(48).toString('base64url');
    this.tokens.set(token, { secret: place, uid: uid ?? '' });
    const expirationTimestamp = new Date(Date.now() + expirationSeconds * 1000).toISOString();
    return {
      status: 201,
      body: { kind: 'TokenRequest', spec: asked.data.spec, status: { token, expirationTimestamp } },
    };
  }

  private answerOfSecrets({ method, query, body }: Heard, namespace: string, name: string | undefined): Said {
    if (name === undefined && method === 'GET')
      return { status: 200, body: { kind: 'SecretList', items: this.list(query) } };
    if (name === undefined) return this.make(body, namespace);
    const place = `${namespace}/${name}`;
    const found = this.secrets.get(place);
    if (!found) return { status: 404, body: { kind: 'Status', reason: 'NotFound' } };
    if (method === 'DELETE') this.secrets.delete(place);
    return { status: 200, body: method === 'DELETE' ? { kind: 'Status', status: 'Success' } : found };
  }

  private make(body: object, namespace: string): Said {
    const wanted = secret.safeParse(body);
    if (!wanted.success) return { status: 422, body: { kind: 'Status', reason: 'Invalid' } };
    const place = `${namespace}/${wanted.data.metadata.name}`;
    if (this.secrets.has(place)) return { status: 409, body: { kind: 'Status', reason: 'AlreadyExists' } };
    const made = { ...wanted.data, metadata: { ...wanted.data.metadata, uid: randomUUID() } };
    this.secrets.set(place, made);
    return { status: 201, body: made };
  }

  private list(query: URLSearchParams): Secret[] {
    const labels = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
    const type = /^type=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
    return [...this.secrets.values()].filter(
      ({ metadata, type: of }) =>
        (type === undefined || of === type) &&
        labels.every((one) => metadata.labels?.[one.split('=')[0]!] === one.split('=')[1]),
    );
  }

  /** It ends with what it is bound to, also where another of that name is there later. */
  private isAlive(token: string): boolean {
    const bound = this.tokens.get(token);
    return bound !== undefined && this.secrets.get(bound.secret)?.metadata.uid === bound.uid;
  }
}
