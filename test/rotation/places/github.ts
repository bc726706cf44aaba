import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa';
import { blake2b } from '@noble/hashes/blake2.js';
import { githubActions } from '../../../src/rotation/sinks/github-actions.js';
import { boxKey } from '../../../src/rotation/sinks/sealed-box.js';
import { type Place, ROTATION_ID, testTools } from '../sink-contract.js';
import { FakeApi, type Heard, type Said } from './fake-api.js';

const SPKI = Buffer.from('302a300506032b656e032100', 'hex');
const SECRETS = '/repos/acme/orders/actions/secrets';

/** The part of GitHub's REST API for Actions secrets that is used (version 2022-11-28), with the key of a repository. */
export class FakeGithub {
  secret: { readonly value: string; readonly changed: number } | undefined;
  readonly api = new FakeApi((heard) => this.answer(heard));
  private readonly keys = generateKeyPairSync('x25519');
  private changes = 0;

  get publicKey(): Buffer {
    return this.keys.publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI.length);
  }

  /** As the runner opens it: `crypto_box_seal_open`. */
  unsealed(sealed: Buffer): string {
    const [theirs, rest] = [sealed.subarray(0, 32), sealed.subarray(32)];
    const publicKey = createPublicKey({ key: Buffer.concat([SPKI, theirs]), format: 'der', type: 'spki' });
    const privateKey = createPrivateKey(this.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const nonce = blake2b(Buffer.concat([theirs, this.publicKey]), { dkLen: 24 });
    return Buffer.from(
      xsalsa20poly1305(boxKey(diffieHellman({ privateKey, publicKey })), nonce).decrypt(rest),
    ).toString();
  }

  put(value: string): boolean {
    const made = this.secret === undefined;
    this.secret = { value, changed: (this.changes += 1) };
    return made;
  }

  private answer({ method, path, headers, body }: Heard): Said {
    if (headers.authorization !== 'Bearer good') return { status: 401, body: { message: 'Bad credentials' } };
    if (path === `${SECRETS}/public-key`)
      return { status: 200, body: { key_id: '568250167242549743', key: this.publicKey.toString('base64') } };
    if (path !== `${SECRETS}/DATABASE_PASSWORD`) return { status: 404, body: { message: 'Not Found' } };
    if (method === 'PUT') {
      const { encrypted_value, key_id } = body as Readonly<Record<string, string>>;
      if (key_id !== '568250167242549743') return { status: 422 };
      return this.put(this.unsealed(Buffer.from(encrypted_value!, 'base64')))
        ? { status: 201, body: {} }
        : { status: 204 };
    }
    if (!this.secret) return { status: 404, body: { message: 'Not Found' } };
    const updated_at = new Date(1_700_000_000_000 + this.secret.changed * 1000).toISOString();
    return { status: 200, body: { name: 'DATABASE_PASSWORD', updated_at } };
  }
}

export async function githubPlace(): Promise<Place & { readonly github: FakeGithub }> {
  const github = new FakeGithub();
  const url = await github.api.start();
  const settings = githubActions.settings.parse({ url, repository: 'acme/orders', name: 'DATABASE_PASSWORD' });
  const open = (token: string) => githubActions.open(settings, { token }, ROTATION_ID, testTools());
  return {
    github,
    empty: async () => {
      [github.secret, github.api.broken] = [undefined, undefined];
    },
    sink: () => open('good'),
    standing: async () => github.secret?.value,
    meddle: async () => void github.put('theirs'),
    refused: async () => open('bad'),
    away: async () => {
      github.api.broken = 502;
      return open('good');
    },
    ...{ marks: false, checks: true },
    close: () => github.api.stop(),
  };
}
