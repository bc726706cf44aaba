import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { makeLoopbackTls } from '../../src/cli/tour/loopback-ca.js';

/** Somebody at the provider, as they sign in there next. */
export interface ProviderAccount {
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly acr?: string;
  readonly amr?: readonly string[];
}

export const SSO_CLIENT = { id: 'muster', secret: 'what-the-provider-and-muster-share' } as const;

/**
 * A real OpenID provider on loopback, over HTTPS under an authority of its own. Nobody types a password there: whoever
 * `account` names is signed in when they arrive.
 */
export class OpenIdProvider {
  account: ProviderAccount = { subject: 'nobody', email: 'nobody@example.com', emailVerified: true };

  private constructor(
    private readonly server: Server,
    /** PEM. */
    readonly caPem: string,
  ) {}

  /** @param redirectUri where Muster takes browsers back */
  static async start(redirectUri: string): Promise<OpenIdProvider> {
    const { caPem, certificatePem, keyPem } = await makeLoopbackTls();
    const server = createServer({ cert: certificatePem, key: keyPem });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const provider = new OpenIdProvider(server, caPem);
    provider.serve(redirectUri);
    return provider;
  }

  get issuer(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** A browser's visit: from the address that Muster sent it to, to the one that the provider sends it back to. */
  async visit(address: string): Promise<string> {
    const jar = new Map<string, string>();
    for (let url = address, hops = 0; hops < 10; hops += 1) {
      const { location, cookies } = await this.get(url, jar);
      for (const cookie of cookies) {
        const [name, value] = cookie.split(';')[0]!.split(/=(.*)/s) as [string, string];
        jar.set(name, value);
      }
      url = new URL(location, url).href;
      if (!url.startsWith(this.issuer)) return url;
    }
    throw new Error('The provider sends its visitor round in circles.');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(redirectUri: string): void {
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: SSO_CLIENT.id, client_secret: SSO_CLIENT.secret, redirect_uris: [redirectUri] }],
      cookies: { keys: ['of a test'] },
      acrValues: ['mfa', 'phr'],
      claims: { openid: ['sub'], email: ['email', 'email_verified'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, { uid }) => `/here/${uid}` },
      findAccount: (_context, id) => ({ accountId: id, claims: () => Promise.resolve(this.claimsOf(id)) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email');
        await grant.save();
        return grant;
      },
    });
    const callback = provider.callback();
    this.server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      if (!incoming.url!.startsWith('/here/')) return void callback(incoming, outgoing);
      const { subject, acr, amr } = this.account;
      const login = { accountId: subject, ...(acr !== undefined && { acr }), ...(amr && { amr: [...amr] }) };
      provider.interactionFinished(incoming, outgoing, { login }).catch((error: Error) => outgoing.destroy(error));
    });
  }

  private claimsOf(sub: string) {
    return { sub, email: this.account.email, email_verified: this.account.emailVerified };
  }

  private get(url: string, jar: ReadonlyMap<string, string>): Promise<{ location: string; cookies: string[] }> {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Promise((resolve, reject) => {
      const asking = request(url, { ca: this.caPem, headers: { cookie } }, (response) => {
        response.resume();
        const { location, 'set-cookie': cookies = [] } = response.headers;
        if (location === undefined) reject(new Error(`The provider answered ${response.statusCode} to ${url}.`));
        else resolve({ location, cookies });
      });
      asking.on('error', reject).end();
    });
  }
}
