import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { canonicalSecret, innerDigest, isGuessable } from '../domain/fingerprint.js';
import type { CredentialSeen } from '../domain/observation.js';
import { readStructures } from '../structures/index.js';
import { heard, jsonOf, refusalOf } from './answers.js';
import { baseUrl } from './base-url.js';
import { credentialSeen } from './credentials.js';
import { SourceError } from './errors.js';
import { listAt, textAt } from './fields.js';
import type { SourceKind, Tools } from './kind.js';
import { KubernetesObjects } from './kubernetes-objects.js';
import type { Said, Source } from './source.js';

const settings = z.strictObject({
  url: baseUrl.describe('Of the cluster’s API.'),
  issuer: z
    .string()
    .max(500)
    .optional()
    .describe('Of the cluster’s tokens (`iss`): by it, accounts are known in tokens that leaked.'),
  secrets: z
    .boolean()
    .default(false)
    .describe('Whether what Secrets hold is read for its fingerprints; otherwise their names alone are asked for.'),
});
type Settings = z.output<typeof settings>;
const access = z.strictObject({ token: z.string().regex(/^[!-~]{1,16384}$/) });
type Access = z.output<typeof access>;

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const LISTS = [
  ['ServiceAccount', '/api/v1/serviceaccounts'],
  ['Role', `${RBAC}/roles`],
  ['ClusterRole', `${RBAC}/clusterroles`],
  ['RoleBinding', `${RBAC}/rolebindings`],
  ['ClusterRoleBinding', `${RBAC}/clusterrolebindings`],
] as const;
const PAGE = 500;
const MOST_PAGES = 2000;
/** Without what objects hold (“Metadata-only fetches”). */
const METADATA = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io';

/** Service accounts of a cluster with what is bound to them, by its API. */
export const kubernetes: SourceKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url }) => url,
  isPlain: ({ url }) => url.startsWith('http:'),
  lists: true,
  open: (chosen, opens, tools) => new KubernetesSource(chosen, opens, tools),
};

class KubernetesSource implements Source {
  readonly kind = 'kubernetes';

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    const objects = new KubernetesObjects(this.settings.issuer ?? this.tools.name);
    for (const [kind, list] of LISTS) {
      for await (const page of this.pages(list, 'application/json', signal))
        for (const item of listAt(page, 'items')) objects.take(item, `${kind}/${pathOf(item)}`, kind);
      yield { kind: 'progress', done: objects.count, all: null };
    }
    const reads = this.settings.secrets;
    let secrets = 0;
    for await (const page of this.pages('/api/v1/secrets', reads ? 'application/json' : METADATA, signal))
      for (const item of listAt(page, 'items')) {
        secrets++;
        const isToken = textAt(item, 'metadata', 'annotations', 'kubernetes.io/service-account.name') !== null;
        const type = isToken ? { type: 'kubernetes.io/service-account-token' } : {};
        objects.take({ ...(item as object), ...type }, `Secret/${pathOf(item)}`, 'Secret');
        if (reads) yield* this.valuesOf(item);
      }
    yield* objects.seen();
    yield {
      kind: 'end',
      cursor: null,
      complete: true,
      coverage: `${counted(objects.count, 'object')}, ${counted(secrets, 'Secret')}`,
    };
  }

  /** What a Secret holds, by the reader of manifests: the values are forgotten with it. */
  private *valuesOf(secret: unknown): Iterable<CredentialSeen> {
    const manifest = Buffer.from(JSON.stringify({ ...(secret as object), kind: 'Secret' }));
    for (const { rule, secret: value, clues } of readStructures(manifest, 'secret.json', this.tools.now())) {
      const canonical = canonicalSecret(value);
      const spki = rule.kind === 'private-key' ? clues.flatMap(({ facts }) => facts['spkiSha256'] ?? [])[0] : undefined;
      yield credentialSeen({
        ...{ rule: rule.id, vendor: rule.vendor, name: rule.name, secretKind: rule.kind, clues },
        digest: (spki === undefined ? innerDigest(canonical) : Buffer.from(spki, 'hex')).toString('base64url'),
        guessable: isGuessable(rule.kind, canonical),
        publicKey: spki ?? null,
        because: ['A Secret of the cluster holds it.'],
        path: `Secret/${pathOf(secret)}`,
      });
    }
  }

  private async *pages(list: string, accept: string, signal: AbortSignal): AsyncGenerator<unknown, void> {
    let next = '';
    for (let page = 0; page < MOST_PAGES; page++) {
      const query = new URLSearchParams({ limit: String(PAGE), ...(next !== '' && { continue: next }) });
      const headers = { authorization: `Bearer ${this.access.token}`, accept };
      const answer = await heard(
        this.tools,
        { url: `${this.settings.url}${list}?${query.toString()}`, headers },
        signal,
      );
      if (answer.status !== 200) throw refusalOf(answer.status);
      const body = jsonOf(answer);
      yield body;
      const marker = (body as { metadata?: { continue?: unknown } }).metadata?.continue;
      next = typeof marker === 'string' ? marker : '';
      if (next === '') return;
    }
    throw new SourceError('source_too_large', 'The cluster has more objects than are read.');
  }
}

function pathOf(item: unknown): string {
  const [namespace, name] = [textAt(item, 'metadata', 'namespace'), textAt(item, 'metadata', 'name')];
  return namespace === null ? `${name}` : `${namespace}/${name}`;
}
