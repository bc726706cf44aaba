import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, jest } from '@jest/globals';
import { awsSecretsManager } from '../../src/rotation/sinks/aws-secrets-manager.js';
import { sealFor } from '../../src/rotation/sinks/sealed-box.js';
import { vaultKv } from '../../src/rotation/sinks/vault-kv.js';
import { freePort } from '../harness/ports.js';
import { keepsToTheSinkContract, type Place, ROTATION_ID, testTools } from '../rotation/sink-contract.js';
import { Judge } from './judge.js';
import { MotoServer } from './moto-server.js';

jest.setTimeout(120_000);

const VENV = process.env.INTEROP_VENV ?? '/tmp/muster-interop';
const VAULT = process.env.INTEROP_VAULT ?? 'vault';
const python = new Judge(path.join(VENV, 'bin/python'), "its pip install pynacl 'moto[server,secretsmanager]'");
const vault = new Judge(
  VAULT,
  'developer.hashicorp.com/vault/install; INTEROP_VAULT names it where it is not on the PATH',
);

/** A Vault of the test's own, in memory, with a role that may do what the guide says and no more. */
class VaultServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<VaultServer> {
    const port = await freePort();
    const words = ['server', '-dev', '-dev-root-token-id=root', `-dev-listen-address=127.0.0.1:${port}`];
    const child = spawn(VAULT, words, { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: '/nonexistent' } });
    const server = new VaultServer(child, `http://127.0.0.1:${port}`);
    while (!(await server.isUp())) await sleep(100);
    return server;
  }

  private async isUp(): Promise<boolean> {
    if (this.child.exitCode !== null) throw new Error('Vault did not start.');
    return fetch(`${this.url}/v1/sys/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  async call(method: string, where: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const headers = { 'x-vault-token': 'root' };
    const answer = await fetch(`${this.url}/v1/${where}`, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (answer.status === 404) return {};
    if (!answer.ok) throw new Error(`${where}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? {} : await answer.json()) as Readonly<Record<string, unknown>>;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    if (this.child.exitCode === null) await once(this.child, 'exit');
  }
}

/** As docs/guides/rotation-sinks.md has it. */
const POLICY = `
  path "kv/data/orders/database" { capabilities = ["create", "update"] }
  path "kv/metadata/orders/database" { capabilities = ["read", "patch"] }`;

async function vaultPlace(): Promise<Place> {
  await vault.introduce('Vault', ['version']);
  const server = await VaultServer.start();
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
    sink: () => vaultKv.open(settings, { roleId, secretId }, ROTATION_ID, testTools()),
    standing,
    meddle: async () => void (await server.call('POST', 'kv/data/orders/database', { data: { secret: 'theirs' } })),
    refused: async () => vaultKv.open(settings, { token: 'not-a-token' }, ROTATION_ID, testTools()),
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
