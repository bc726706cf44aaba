import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, type JWK, SignJWT } from 'jose';
import { makeLoopbackTls } from './loopback-ca.js';

/** A key that the issuer signs with. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A new RSA key of 2048 bits for RS256, as GitHub's are. */
export function newIssuerKey(kid: string = randomUUID()): IssuerKey {
  return { kid, alg: 'RS256', ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

/**
 * An OpenID Connect issuer on loopback: discovery document and key set over HTTPS under an authority of its own, and
 * tokens signed with its key. It stands in for a CI system where none can be reached.
 */
export class CiIssuer {
  /** How often its documents were asked for, by path. */
  readonly asked = new Map<string, number>();
  private published: JWK[] = [];
  private announced: Readonly<Record<string, unknown>> = {};
  private answer: 'well' | 'error' = 'well';

  private constructor(
    private readonly server: Server,
    /** PEM of the authority behind its TLS certificate. */
    readonly caPem: string,
    private current: IssuerKey,
  ) {
    server.on('request', (request, response) => this.serve(request.url ?? '/', response));
  }

  /** Starts on a free port of 127.0.0.1. */
  static async start(key: IssuerKey = newIssuerKey()): Promise<CiIssuer> {
    const { caPem, certificatePem, keyPem } = await makeLoopbackTls();
    const server = createServer({ cert: certificatePem, key: keyPem, minVersion: 'TLSv1.2' });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new CiIssuer(server, caPem, key);
    await issuer.publish([key]);
    return issuer;
  }

  /** The `iss` of its tokens. */
  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The key it signs with now. */
  get key(): IssuerKey {
    return this.current;
  }

  /** Signs claims with its key, or with another that is given. */
  sign(claims: Record<string, unknown>, key: IssuerKey = this.current): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: key.alg, kid: key.kid }).sign(key.privateKey);
  }

  /** Signs with another key from now on and publishes that one only, unless the old ones shall stay a while. */
  async rollOver(key: IssuerKey = newIssuerKey(), keep: 'none' | 'old' = 'none'): Promise<void> {
    const old = keep === 'old' ? this.published : [];
    this.current = key;
    this.published = [...old, await jwkOf(key)];
  }

  /** Publishes exactly these keys. */
  async publish(keys: readonly IssuerKey[], further: readonly JWK[] = []): Promise<void> {
    this.published = [...(await Promise.all(keys.map(jwkOf))), ...further];
  }

  /** Says something else in its discovery document. */
  announce(change: Readonly<Record<string, unknown>>): void {
    this.announced = change;
  }

  /** Answers 503 from now on, as an issuer that is down behind its proxy. */
  fail(): void {
    this.answer = 'error';
  }

  recover(): void {
    this.answer = 'well';
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(path: string, response: ServerResponse): void {
    this.asked.set(path, (this.asked.get(path) ?? 0) + 1);
    const document = this.documentAt(path);
    const status = this.answer === 'error' ? 503 : document ? 200 : 404;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 200 ? JSON.stringify(document) : '{}');
  }

  private documentAt(path: string): object | undefined {
    if (path === '/.well-known/jwks') return { keys: this.published };
    if (path !== '/.well-known/openid-configuration') return undefined;
    return {
      issuer: this.url,
      jwks_uri: `${this.url}/.well-known/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
      ...this.announced,
    };
  }
}

async function jwkOf({ kid, alg, publicKey }: IssuerKey): Promise<JWK> {
  return { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
}
