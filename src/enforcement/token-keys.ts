import {
  createLocalJWKSet,
  type CryptoKey,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import type { Settings } from './options.js';
import { requireOk, type ServiceClient } from './service-client.js';

type KeySet = ReturnType<typeof createLocalJWKSet>;

const MAX_AGE_MILLISECONDS = 10 * 60_000;
/** An unknown key id is the caller's to choose: they must not make us ask the service for each. */
const COOL_DOWN_MILLISECONDS = 5000;

/** The keys that sign access tokens, fetched from the service; asked for anew when one is unknown, but not each time. */
export class TokenKeys {
  private current: { readonly keys: KeySet; readonly at: number } | undefined;
  private fetching: Promise<KeySet> | undefined;
  private attemptedAt = -Infinity;

  constructor(
    private readonly client: Pick<ServiceClient, 'getPublic'>,
    private readonly settings: Pick<Settings, 'instruments'>,
  ) {}

  /** @throws errors of jose's or the client's where there is no such key */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const now = this.settings.instruments.monotonic();
    const held = this.current && now - this.current.at < MAX_AGE_MILLISECONDS ? this.current.keys : undefined;
    const keys = held ?? (await this.fetch(now));
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || now - this.attemptedAt < COOL_DOWN_MILLISECONDS) throw error;
      return (await this.fetch(now))(header, token);
    }
  }

  private fetch(now: number): Promise<KeySet> {
    this.attemptedAt = now;
    this.fetching ??= this.load(now).finally(() => (this.fetching = undefined));
    return this.fetching;
  }

  private async load(now: number): Promise<KeySet> {
    const answer = await this.client.getPublic('/.well-known/jwks.json');
    requireOk(answer, 'the keys of tokens');
    const keys = createLocalJWKSet(JSON.parse(answer.body) as JSONWebKeySet);
    this.current = { keys, at: now };
    return keys;
  }
}
