import { z } from 'zod';
import { type ApiCalls, jsonOf, refusedBy } from '../api-calls.js';
import { failed } from '../domain/refusals.js';
import type { NetworkAccess } from '../domain/network-access.js';

const LABEL = 'app.kubernetes.io/managed-by';
const OF_ACCOUNT = 'muster/service-account';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** What a token is bound to. */
interface Anchor {
  readonly name: string;
  readonly uid: string;
}

const anchorSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string().min(1),
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
});
const anchorsSchema = z.object({ items: z.array(anchorSchema) });
const tokenSchema = z.object({
  status: z.object({ token: z.string().min(1), expirationTimestamp: z.iso.datetime({ offset: true }) }),
});

/** The API of a Kubernetes cluster, as the bearer of one token. */
export class Cluster {
  constructor(
    private readonly calls: ApiCalls,
    private readonly access: NetworkAccess,
    private readonly token: string,
    private readonly audiences: readonly string[],
  ) {}

  async accountExists(of: ServiceAccount): Promise<boolean> {
    const { status } = await this.ask('GET', accountPath(of));
    if (status !== 200 && status !== 404) throw refusedBy(status);
    return status === 200;
  }

  /** Whether the cluster knows who asks; that one may not read the account is an answer to somebody it knows. */
  async knows(of: ServiceAccount): Promise<boolean> {
    const { status } = await this.ask('GET', accountPath(of));
    if (![200, 401, 403, 404].includes(status)) throw refusedBy(status);
    return status !== 401;
  }

  /** Names of what Muster's tokens of that account are bound to, in order. */
  async listAnchors(of: ServiceAccount): Promise<readonly string[]> {
    const selector = encodeURIComponent(`${LABEL}=muster,${OF_ACCOUNT}=${of.name}`);
    const answer = await this.ask('GET', `${secretsPath(of)}?labelSelector=${selector}`);
    if (answer.status !== 200) throw refusedBy(answer.status);
    const found = anchorsSchema.safeParse(jsonOf(answer));
    if (!found.success) throw failed('no-secrets');
    return found.data.items.map(({ metadata }) => metadata.name).sort();
  }

  /** Names of Secrets that hold a token of the account which never ends (“Manually create a long-lived API token”). */
  async listEndless(of: ServiceAccount): Promise<readonly string[]> {
    const selector = encodeURIComponent('type=kubernetes.io/service-account-token');
    const answer = await this.ask('GET', `${secretsPath(of)}?fieldSelector=${selector}`);
    if (answer.status !== 200) throw refusedBy(answer.status);
    const found = anchorsSchema.safeParse(jsonOf(answer));
    if (!found.success) throw failed('no-secrets');
    return found.data.items
      .filter(({ metadata }) => metadata.annotations?.['kubernetes.io/service-account.name'] === of.name)
      .map(({ metadata }) => metadata.name);
  }

  /** Makes what a token is bound to, or finds it as it was made before. @returns its uid */
  async makeAnchor(of: ServiceAccount, name: string): Promise<string> {
    const labels = { [LABEL]: 'muster', [OF_ACCOUNT]: of.name };
    const made = await this.ask('POST', secretsPath(of), {
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name, namespace: of.namespace, labels } },
    });
    if (made.status !== 201 && made.status !== 409) throw refusedBy(made.status);
    const answer = made.status === 201 ? made : await this.ask('GET', `${secretsPath(of)}/${name}`);
    if (answer.status !== 201 && answer.status !== 200) throw refusedBy(answer.status);
    const anchor = anchorSchema.safeParse(jsonOf(answer));
    // One that is there by chance, or by somebody's hand, is nobody's to bind to and to delete.
    if (!anchor.success || anchor.data.metadata.labels?.[OF_ACCOUNT] !== of.name) throw failed('no-secret');
    return anchor.data.metadata.uid;
  }

  async removeAnchor(of: ServiceAccount, name: string): Promise<void> {
    const { status } = await this.ask('DELETE', `${secretsPath(of)}/${encodeURIComponent(name)}`);
    if (![200, 202, 404].includes(status)) throw refusedBy(status);
  }

  /** A cluster may give less than is asked for; what it gave is what counts. */
  async requestToken(
    of: ServiceAccount,
    { name, uid }: Anchor,
    lifetimeSeconds: number,
  ): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    const answer = await this.ask('POST', `${accountPath(of)}/token`, {
      ...{ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' },
      spec: {
        audiences: this.audiences,
        expirationSeconds: lifetimeSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name, uid },
      },
    });
    if (answer.status !== 201) throw refusedBy(answer.status);
    const given = tokenSchema.safeParse(jsonOf(answer));
    if (!given.success) throw failed('no-token');
    const { token, expirationTimestamp } = given.data.status;
    return { token, expiresAt: new Date(expirationTimestamp) };
  }

  private ask(method: 'DELETE' | 'GET' | 'POST', path: string, body?: object) {
    return this.calls.ask(this.access, {
      ...{ method, path, headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' } },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

function accountPath({ namespace, name }: ServiceAccount): string {
  return `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`;
}

function secretsPath({ namespace }: ServiceAccount): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
