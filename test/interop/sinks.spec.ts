import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EgressClient, Resolver } from '../../src/platform/index.js';
import { mayWrite } from '../../src/rotation/domain/sink.js';
import { awsSecretsManager } from '../../src/rotation/sinks/aws-secrets-manager.js';
import type { Tools } from '../../src/rotation/sinks/kind.js';
import { sealFor } from '../../src/rotation/sinks/sealed-box.js';
import { vaultKv } from '../../src/rotation/sinks/vault-kv.js';
import { freePort } from '../harness/ports.js';
import { deliveryOf, keepsToTheSinkContract, type Place, ROTATION_ID, testTools } from '../rotation/sink-contract.js';
import { selfSigned } from '../targets/certificate.js';
import { Judge } from './judge.js';
import { MotoServer } from './moto-server.js';

jest.setTimeout(120_000);

const START_MILLISECONDS = 60_000;
const VENV = process.env.INTEROP_VENV ?? '/tmp/muster-interop';
const VAULT = process.env.INTEROP_VAULT ?? 'vault';
const python = new Judge(path.join(VENV, 'bin/python'), "its pip install pynacl 'moto[server,secretsmanager]'");
const vault = new Judge(
  VAULT,
  'developer.hashicorp.com/vault/install; INTEROP_VAULT names it where it is not on the PATH',
);

/** A Vault of the test's own, in memory and over TLS, with a role that may do what the guide says and no more. */
class VaultServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly port: number,
    /** PEM of the authority that it is believed by. */
    readonly authority: string,
  ) {}

  static async start(): Promise<VaultServer> {
    const port = await freePort();
    const folder = await mkdtemp(path.join(tmpdir(), 'muster-vault-'));
    const words = ['server', '-dev', '-dev-root-token-id=root', `-dev-listen-address=127.0.0.1:${port}`];
    const child = spawn(VAULT, [...words, '-dev-tls', `-dev-tls-cert-dir=${folder}`], {
      ...{ stdio: 'ignore', env: { PATH: process.env.PATH, HOME: folder } },
    });
    for (const giveUpAt = Date.now() + START_MILLISECONDS; Date.now() < giveUpAt && child.exitCode === null;) {
      const authority = await readFile(path.join(folder, 'vault-ca.pem'), 'utf8').catch(() => '');
      const server = new VaultServer(child, folder, port, authority);
      if (authority !== '' && (await server.isUp())) return server;
      await sleep(100);
    }
    throw new Error('Vault did not start.');
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  private isUp(): Promise<boolean> {
    return this.ask('GET', 'sys/health').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  async call(method: string, where: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const { status, text } = await this.ask(method, where, body);
    if (status === 404) return {};
    if (status >= 300) throw new Error(`${where}: ${status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
  }

  private ask(method: string, where: string, body?: object): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const options = { method, ca: this.authority, headers: { 'x-vault-token': 'root' } };
      const sent = request(`${this.url}/v1/${where}`, options, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
    await rm(this.folder, { recursive: true, force: true });
  }
}

const egress = new EgressClient({ allowedNetworks: [], plainHttp: [] }, new Resolver());

/** As the service calls a place in a network of its own. @param ca the authorities that are believed there */
function toolsBelieving(ca: string | null): Tools {
  return testTools({
    ask: ({ url, ...options }) =>
      egress.request('sink', url, {
        ...options,
        ...{ allowPrivate: true, plainOnOwnNetwork: true },
        ...(ca !== null && { ca }),
      }),
  });
}

/** As docs/guides/rotation-sinks.md has it. */
const POLICY = `
  path "kv/data/orders/database" { capabilities = ["create", "update"] }
  path "kv/metadata/orders/database" { capabilities = ["read", "patch"] }`;

let server: VaultServer;

async function vaultPlace(): Promise<Place> {
  await vault.introduce('Vault', ['version']);
  server = await VaultServer.start();
  await server.call('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } });
  await server.call('POST', 'sys/auth/approle', { type: 'approle' });
  await server.call('PUT', 'sys/policies/acl/muster', { policy: POLICY });
  await server.call('POST', 'auth/approle/role/muster', { token_policies: 'muster', token_ttl: '10m' });
  const inside = async (where: string, body?: object) =>
    (await server.call(body ? 'POST' : 'GET', where, body))['data'] as Readonly<Record<string, string>>;
  const roleId = (await inside('auth/approle/role/muster/role-id'))['role_id']!;
  const secretId = (await inside('auth/approle/role/muster/secret-id', {}))['secret_id']!;
  const settings = vaultKv.settings.parse({ url: server.url, mount: 'kv', path: 'orders/database' });
  const standing = async () => {
    const { data } = await server.call('GET', 'kv/data/orders/database');
    return (data as { data: { secret: string } } | undefined)?.data.secret;
  };
  return {
    empty: async () => void (await server.call('DELETE', 'kv/metadata/orders/database')),
    sink: () => vaultKv.open(settings, { roleId, secretId }, ROTATION_ID, toolsBelieving(server.authority)),
    standing,
    meddle: async () => void (await server.call('POST', 'kv/data/orders/database', { data: { secret: 'theirs' } })),
    refused: async () =>
      vaultKv.open(settings, { token: 'not-a-token' }, ROTATION_ID, toolsBelieving(server.authority)),
    ...{ marks: true, checks: true },
    close: () => server.stop(),
  };
}

async function awsPlace(): Promise<Place> {
  await python.introduce('moto', ['-c', 'import moto; print(moto.__version__)']);
  const moto = await MotoServer.start();
  const settings = awsSecretsManager.settings.parse({
    ...{ region: 'eu-central-1', secretId: 'orders/database', endpoint: moto.url },
  });
  const access = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' };
  const call = async (operation: string, parameters: object) => {
    const headers = {
      ...{ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` },
      authorization: 'AWS4-HMAC-SHA256 Credential=x/20260101/eu-central-1/secretsmanager/aws4_request',
    };
    const answer = await fetch(moto.url, { method: 'POST', headers, body: JSON.stringify(parameters) });
    return (await answer.json()) as { readonly SecretString?: string };
  };
  const SecretId = 'orders/database';
  return {
    empty: async () => void (await call('DeleteSecret', { SecretId, ForceDeleteWithoutRecovery: true })),
    sink: () => awsSecretsManager.open(settings, access, ROTATION_ID, testTools()),
    standing: async () => {
      // Named, for moto does not move what it answers without.
      const { SecretString } = await call('GetSecretValue', { SecretId, VersionStage: 'AWSCURRENT' });
      return SecretString && (JSON.parse(SecretString) as { password: string }).password;
    },
    meddle: async () => void (await call('PutSecretValue', { SecretId, SecretString: '{"password":"theirs"}' })),
    ...{ marks: true, checks: true },
    close: () => moto.remove(),
  };
}

keepsToTheSinkContract('moto’s AWS Secrets Manager', awsPlace);
keepsToTheSinkContract('a real Vault', vaultPlace);

describe('a real Vault', () => {
  let own: VaultServer;
  beforeAll(async () => {
    own = await VaultServer.start();
    await own.call('POST', 'sys/mounts/kv', { type: 'kv', options: { version: '2' } });
  });
  afterAll(() => own?.stop());
  const open = (ca: string | null, path = 'orders/database') =>
    vaultKv.open(
      vaultKv.settings.parse({ url: own.url, mount: 'kv', path }),
      { token: 'root' },
      ROTATION_ID,
      toolsBelieving(ca),
    );

  it('is told nothing where it proves itself by no authority that is believed there', async () => {
    const { cert } = await selfSigned('vault.muster.test');
    for (const ca of [null, cert]) {
      await expect(open(ca).look()).rejects.toMatchObject({ code: 'egress_tls_failed' });
      await expect(open(ca).write(deliveryOf(1), undefined)).rejects.toMatchObject({ code: 'egress_tls_failed' });
    }
    expect(await open(own.authority).look()).toBeUndefined();
  });

  it('keeps what was there first, and what a person put back: neither is Muster’s any more', async () => {
    await own.call('POST', 'kv/data/theirs', { data: { secret: 'theirs' } });
    const sink = open(own.authority, 'theirs');
    const found = await sink.look();
    expect(found).toMatchObject({ revision: '1', version: null });
    expect(mayWrite(found, { version: null, revision: null }, 1, false)).toBe('place_occupied');
    await expect(sink.write(deliveryOf(1), undefined)).rejects.toMatchObject({ code: 'changed_elsewhere' });
    await sink.write(deliveryOf(1), found);
    const ours = (await sink.look())!;
    expect(ours).toMatchObject({ revision: '2', version: 1 });
    await own.call('POST', 'kv/data/theirs', { data: { secret: 'put back' } });
    const changed = await sink.look();
    expect(changed).toMatchObject({ revision: '3', version: null });
    expect(mayWrite(changed, { version: 1, revision: ours.revision }, 2, false)).toBe('changed_elsewhere');
  });
});

describe('what is sealed for GitHub', () => {
  it('is opened by libsodium’s crypto_box_seal_open, and by its key alone', async () => {
    await python.introduce('PyNaCl (libsodium)', ['-c', 'import nacl; print(nacl.__version__)']);
    const program = `
import base64, sys
from nacl.public import PrivateKey, SealedBox
key = PrivateKey(bytes(range(32)))
if sys.argv[1] == 'key': print(base64.b64encode(bytes(key.public_key)).decode())
else: print(SealedBox(key).decrypt(base64.b64decode(sys.argv[1])).decode())`;
    const key = Buffer.from((await python.hear(['-c', program, 'key'])).said.trim(), 'base64');
    const sealed = sealFor(key, 'pässwörd').toString('base64');
    expect((await python.hear(['-c', program, sealed])).said.trim()).toBe('pässwörd');
    const forAnother = sealFor(Buffer.alloc(32, 9), 'pässwörd').toString('base64');
    expect((await python.hear(['-c', program, forAnother])).said).toContain('CryptoError');
  });
});
