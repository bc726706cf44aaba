import { z } from 'zod';
import type { Id } from '../../kernel/index.js';
import type { Delivery, Found, Sink } from '../domain/sink.js';
import { SinkError } from '../domain/sink-errors.js';
import { type Fields, fieldsOf, inside, refusalOf } from './answer.js';
import { namedFieldsOf } from './form.js';
import type { SinkKind, Tools } from './kind.js';
import { baseUrl } from './url.js';

const PATH = /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

const settings = z.strictObject({
  url: baseUrl.describe('Of Vault or OpenBao.'),
  namespace: z.string().regex(PATH).max(500).nullable().default(null),
  mount: z.string().regex(PATH).max(200).default('secret').describe('Of a KV engine, version 2.'),
  path: z.string().regex(PATH).max(500),
});
type Settings = z.output<typeof settings>;
const access = z.union([
  z.strictObject({ token: z.string().min(1).max(4096) }),
  z.strictObject({ roleId: z.string().min(1).max(4096), secretId: z.string().min(1).max(4096) }),
]);
type Access = z.output<typeof access>;

/** A secret of a KV engine, version 2, by check-and-set: who wrote a version meanwhile is not written over. */
export const vaultKv: SinkKind<Settings, Access> = {
  settings,
  access,
  placeOf: ({ url, mount, path }) => `${new URL(url).host} ${mount}/${path}`,
  open: (chosen, opens, rotation, tools) => new VaultKvSink(chosen, opens, rotation, tools),
};

/** Under which our mark stands beside the data: which version of it it is about, and what of ours that is. */
const MARK = { rotation: 'muster_rotation', version: 'muster_version', about: 'muster_kv_version' };

class VaultKvSink implements Sink {
  private token: string | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly rotation: Id<'rotation'>,
    private readonly tools: Tools,
  ) {}

  /** By the metadata alone: what the secret is, nobody has to be let read. */
  async look(): Promise<Found | undefined> {
    const answer = await this.ask('GET', 'metadata');
    if (answer.status === 404) return undefined;
    const data = inside(fieldsOf(answer, [200]), 'data');
    const revision = String(inside(data, 'current_version'));
    const mark = inside(data, 'custom_metadata');
    const ours = inside(mark, MARK.rotation) === this.rotation && inside(mark, MARK.about) === revision;
    return { revision, version: ours ? Number(inside(mark, MARK.version)) : null };
  }

  async write(delivery: Delivery, over: Found | undefined): Promise<void> {
    const options = { cas: Number(over?.revision ?? 0) };
    const answer = await this.ask('POST', 'data', { options, data: namedFieldsOf(delivery) });
    if (answer.status === 400 && answer.body.includes('check-and-set'))
      throw new SinkError('changed_elsewhere', 'Somebody wrote there meanwhile: look, then deliver again.');
    const about = String(inside(fieldsOf(answer, [200]), 'data', 'version'));
    const mark = {
      [MARK.rotation]: this.rotation,
      [MARK.version]: String(delivery.version),
      [MARK.about]: about,
    };
    const marked = await this.ask('PATCH', 'metadata', { custom_metadata: mark });
    if (marked.status !== 204 && marked.status !== 200) throw refusalOf(marked.status);
  }

  private async ask(method: 'GET' | 'PATCH' | 'POST', part: 'data' | 'metadata', body?: Fields) {
    const { mount, path } = this.settings;
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    return this.send(method, `${mount}/${part}/${path}`, type, body, { 'x-vault-token': await this.entry() });
  }

  private send(
    method: 'GET' | 'PATCH' | 'POST',
    path: string,
    type: string,
    body: Fields | undefined,
    headers: Readonly<Record<string, string>>,
  ) {
    const { url, namespace } = this.settings;
    return this.tools.ask({
      method,
      url: `${url}/v1/${path}`,
      headers: {
        ...headers,
        'x-vault-request': 'true',
        ...(namespace !== null && { 'x-vault-namespace': namespace }),
        ...(body && { 'content-type': type }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  /** A token, or one that the role gives: once for each look and each delivery. */
  private async entry(): Promise<string> {
    if ('token' in this.access) return this.access.token;
    if (this.token !== undefined) return this.token;
    const { roleId, secretId } = this.access;
    const ask = { role_id: roleId, secret_id: secretId };
    const answer = await this.send('POST', 'auth/approle/login', 'application/json', ask, {});
    if (answer.status === 400) throw refusalOf(403);
    const token = inside(fieldsOf(answer, [200]), 'auth', 'client_token');
    if (typeof token !== 'string') throw refusalOf(403);
    return (this.token = token);
  }
}
