import { readFile } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import * as client from 'openid-client';
import { Config, EgressClient, type SingleSignOnSettings } from '../../platform/index.js';
import { CustodyError } from '../domain/errors.js';
import { type ProviderClaims, readClaims } from '../domain/single-sign-on.js';
import { SESSION_LIFE_SECONDS } from '../domain/session.js';

/** How long what the provider says of itself is believed. */
const DISCOVERY_MS = 600_000;
const SCOPE = 'openid email';

/** What is kept here while the browser is at the provider. */
export interface Departure {
  readonly codeVerifier: string;
  readonly nonce: string;
  /** The page of ours that it came from. */
  readonly page: string;
}

/**
 * The firm's OpenID provider: authorization code flow with PKCE, state and nonce (RFC 9700 §2.1), the issuer in the answer
 * (RFC 9207), the ID token's signature and age verified. Every call to it goes through the egress client.
 */
@Injectable()
export class Provider {
  private discovered: { readonly configuration: Promise<client.Configuration>; readonly until: number } | undefined;
  readonly settings: SingleSignOnSettings | null;
  private readonly redirectUri: string;

  constructor(
    { singleSignOn, publicUrl }: Config,
    private readonly egress: EgressClient,
  ) {
    this.settings = singleSignOn ?? null;
    this.redirectUri = `${publicUrl}/v1/sign-in/sso/callback`;
  }

  /** Where to send a browser. @throws CustodyError `single_sign_on_unavailable` */
  async address(state: string, { codeVerifier, nonce }: Departure): Promise<string> {
    return this.calling(async (configuration, { levels }) => {
      const url = client.buildAuthorizationUrl(configuration, {
        redirect_uri: this.redirectUri,
        scope: SCOPE,
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
        max_age: String(SESSION_LIFE_SECONDS),
        ...(levels.size > 0 && { acr_values: [...levels.keys()].join(' ') }),
      });
      return url.href;
    });
  }

  /**
   * Who came back, by the code that the browser brought.
   *
   * @param query as the browser brought it; attacker-controlled
   * @throws CustodyError `single_sign_on_refused`, `single_sign_on_unavailable`
   */
  async redeem(query: string, state: string, { codeVerifier, nonce }: Departure): Promise<ProviderClaims> {
    return this.calling(async (configuration) => {
      const url = new URL(`${this.redirectUri}?${query}`);
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        maxAge: SESSION_LIFE_SECONDS,
        idTokenExpected: true,
      });
      const said = tokens.claims();
      const claims = said && readClaims({ ...(await emailOf(configuration, tokens.access_token, said)), ...said });
      if (claims) return claims;
      throw refused(new Error('The ID token lacks a claim that was asked for.'));
    });
  }

  private async calling<Result>(
    work: (configuration: client.Configuration, settings: SingleSignOnSettings) => Promise<Result>,
  ): Promise<Result> {
    const { settings } = this;
    if (!settings) throw unavailable(undefined);
    const configuration = await this.discover(settings).catch((cause: unknown) => {
      this.discovered = undefined;
      throw unavailable(cause);
    });
    return work(configuration, settings).catch((cause: unknown) => {
      throw cause instanceof CustodyError ? cause : refused(cause);
    });
  }

  private discover(settings: SingleSignOnSettings): Promise<client.Configuration> {
    if (!this.discovered || this.discovered.until < performance.now())
      this.discovered = { configuration: this.ask(settings), until: performance.now() + DISCOVERY_MS };
    return this.discovered.configuration;
  }

  private async ask(settings: SingleSignOnSettings): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret, caFile } = settings;
    const ca = caFile === null ? undefined : await readFile(caFile, 'utf8');
    const authentication = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret);
    const configuration = await client.discovery(new URL(issuer), clientId, undefined, authentication, {
      [client.customFetch]: this.fetchWith(settings, ca),
    });
    client.enableNonRepudiationChecks(configuration);
    return configuration;
  }

  private fetchWith({ allowPrivate }: SingleSignOnSettings, ca: string | undefined): client.CustomFetch {
    return async (url, { method, headers, body }) => {
      const sent = body instanceof URLSearchParams ? body.toString() : body;
      const answer = await this.egress.request('sign-in-provider', url, {
        method: method as 'GET' | 'POST',
        headers,
        allowPrivate,
        ...(typeof sent === 'string' && { body: sent }),
        ...(ca !== undefined && { ca }),
      });
      const bytes = answer.body.length === 0 ? null : new Uint8Array(answer.body);
      return new Response(bytes, { status: answer.status, headers: answer.headers });
    };
  }
}

/** What most providers put into the ID token, and some tell only when asked (OpenID Connect Core 1.0 §5.4). */
async function emailOf(configuration: client.Configuration, accessToken: string, said: client.IDToken) {
  if (said['email'] !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return {};
  const { email, email_verified } = await client.fetchUserInfo(configuration, accessToken, said.sub);
  return { email, email_verified };
}

function refused(cause: unknown): CustodyError {
  return new CustodyError('single_sign_on_refused', 'The provider did not let you in; try again.', {
    cause: kindOf(cause),
  });
}

function unavailable(cause: unknown): CustodyError {
  const text = 'Single sign-on does not work now; sign in another way, or ask your operator.';
  return new CustodyError('single_sign_on_unavailable', text, { cause: kindOf(cause) });
}

/** What went wrong, by its kind and code: a message, or an answer, could quote a token or an address. */
function kindOf(cause: unknown): string {
  const { name, code, error, cause: deeper } = (cause ?? {}) as Record<string, unknown>;
  const words = [name, code, error, (deeper as { code?: unknown } | undefined)?.code];
  return words.filter((word) => typeof word === 'string' && /^[\w.-]{1,80}$/.test(word)).join(' ');
}
