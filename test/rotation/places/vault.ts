import { vaultKv } from '../../../src/rotation/sinks/vault-kv.js';
import { type Place, ROTATION_ID, testTools } from '../sink-contract.js';
import { FakeApi, type Heard, type Said } from './fake-api.js';

/** The part of Vault's KV engine, version 2, that is used; the real one judges in `npm run test:interop`. */
export class FakeVault {
  versions: Readonly<Record<string, string>>[] = [];
  private mark: Record<string, string> = {};
  readonly api = new FakeApi((heard) => this.answer(heard));

  empty(): void {
    [this.versions, this.mark, this.api.broken] = [[], {}, undefined];
  }

  private answer({ method, path, headers, body }: Heard): Said {
    if (path === '/v1/auth/approle/login') {
      if (body['secret_id'] !== 'good') return { status: 400, body: { errors: ['invalid role or secret ID'] } };
      return { status: 200, body: { auth: { client_token: 'good' } } };
    }
    if (headers['x-vault-token'] !== 'good') return { status: 403, body: { errors: ['permission denied'] } };
    if (path === '/v1/kv/data/orders/database' && method === 'POST') return this.write(body as never);
    if (path !== '/v1/kv/metadata/orders/database') return { status: 404, body: { errors: [] } };
    if (method === 'PATCH') {
      Object.assign(this.mark, body['custom_metadata']);
      return { status: 204 };
    }
    if (this.versions.length === 0) return { status: 404, body: { errors: [] } };
    return { status: 200, body: { data: { current_version: this.versions.length, custom_metadata: this.mark } } };
  }

  private write({ options, data }: { options: { cas: number }; data: Record<string, string> }): Said {
    if (options.cas !== this.versions.length) {
      const words = 'check-and-set parameter did not match the current version';
      return { status: 400, body: { errors: [words] } };
    }
    this.versions.push(data);
    return { status: 200, body: { data: { version: this.versions.length } } };
  }
}

export async function vaultPlace(): Promise<Place> {
  const vault = new FakeVault();
  const url = await vault.api.start();
  const settings = vaultKv.settings.parse({ url, mount: 'kv', path: 'orders/database' });
  const open = (secretId: string) => vaultKv.open(settings, { roleId: 'orders', secretId }, ROTATION_ID, testTools());
  return {
    empty: async () => vault.empty(),
    sink: () => open('good'),
    standing: async () => vault.versions.at(-1)?.['secret'],
    meddle: async () => void vault.versions.push({ secret: 'theirs' }),
    refused: async () => open('bad'),
    away: async () => {
      vault.api.broken = 503;
      return open('good');
    },
    ...{ marks: true, checks: true },
    close: () => vault.api.stop(),
  };
}
