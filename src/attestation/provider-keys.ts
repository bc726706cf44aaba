import { Injectable, Logger } from '@nestjs/common';
import { DAY_SECONDS, MINUTE_SECONDS, secondsBetween } from '../kernel/index.js';
import { EgressClient, type EgressPurpose, SystemClock } from '../platform/index.js';
import { discoveryUrl, mayBePrivate, type Provider } from './domain/provider.js';
import { type KeySet, MAX_JWKS_BYTES, parseKeySet, type VerificationKey } from './domain/key-set.js';
import { Refusal } from './domain/refusal.js';

/** Keys older than this are fetched again when they are next asked for. */
const FRESH_SECONDS = 10 * MINUTE_SECONDS;
/** An issuer that cannot be reached leaves its last keys valid this long; then nothing it signs is believed. */
const STALE_SECONDS = DAY_SECONDS;
/** However many unknown `kid`s strangers invent, an issuer is asked no oftener. */
const RETRY_SECONDS = 30;
const FETCH_TIMEOUT_MS = 5000;
const MAX_DISCOVERY_BYTES = 64 * 1024;
const MAX_URL = 1024;

interface Entry {
  readonly version: number;
  keys: KeySet | undefined;
  fetchedAt: Date | undefined;
  attemptedAt: Date | undefined;
  failed: boolean;
  fetching: Promise<void> | undefined;
}

/**
 * The public keys of providers, kept in memory.
 *
 * Guarantees: an issuer is asked at most once in 30 s, whatever strangers send; keys are at most ten minutes old while
 * the issuer answers, and at most a day while it does not; a changed provider starts anew; nothing is fetched while a
 * transaction is open.
 */
@Injectable()
export class ProviderKeys {
  private readonly logger = new Logger(ProviderKeys.name);
  private readonly entries = new Map<string, Entry>();

  constructor(
    private readonly egress: EgressClient,
    private readonly clock: SystemClock,
  ) {}

  /**
   * Finds a provider's key by its `kid`. An unknown one may be new (roll-over), so the provider is asked again, within
   * the limit.
   *
   * @throws Refusal `jwks_unavailable`, `kid_unknown`
   */
  async get(provider: Provider, kid: string): Promise<VerificationKey> {
    const entry = this.entryOf(provider);
    if (!this.isFresh(entry)) await this.refresh(entry, provider);
    if (!this.find(entry, kid)) await this.fetchAgain(entry, provider);
    const key = this.find(entry, kid);
    if (key) return key;
    throw new Refusal(this.usable(entry) && !entry.failed ? 'kid_unknown' : 'jwks_unavailable');
  }

  private entryOf(provider: Provider): Entry {
    const known = this.entries.get(provider.id);
    if (known && known.version >= provider.version) return known;
    const entry: Entry = {
      version: provider.version,
      keys: undefined,
      fetchedAt: undefined,
      attemptedAt: undefined,
      failed: false,
      fetching: undefined,
    };
    this.entries.set(provider.id, entry);
    return entry;
  }

  /** While the issuer fails, callers are served the last keys at once and the next attempt goes on behind them. */
  private async refresh(entry: Entry, provider: Provider): Promise<void> {
    const attempt = this.fetchAgain(entry, provider);
    if (!(entry.failed && this.usable(entry))) await attempt;
  }

  private fetchAgain(entry: Entry, provider: Provider): Promise<void> {
    if (entry.fetching) return entry.fetching;
    if (age(entry.attemptedAt, this.clock.now()) < RETRY_SECONDS) return Promise.resolve();
    entry.attemptedAt = this.clock.now();
    entry.fetching = this.fetchInto(entry, provider).finally(() => (entry.fetching = undefined));
    return entry.fetching;
  }

  private async fetchInto(entry: Entry, provider: Provider): Promise<void> {
    try {
      entry.keys = await this.fetchKeys(provider);
      entry.fetchedAt = this.clock.now();
      entry.failed = false;
    } catch (error) {
      entry.failed = true;
      this.logger.warn(`The keys of provider ${provider.id} could not be fetched: ${wordsOf(error)}`);
    }
  }

  private async fetchKeys(provider: Provider): Promise<KeySet> {
    const url = provider.jwksUri ?? (await this.discover(provider));
    const keys = parseKeySet(await this.fetch('jwks', provider, url, MAX_JWKS_BYTES));
    if (!keys) throw new Error('what it serves is not a JSON Web Key Set');
    return keys;
  }

  private async discover(provider: Provider): Promise<string> {
    const body = await this.fetch('oidc-issuer', provider, discoveryUrl(provider.issuer), MAX_DISCOVERY_BYTES);
    const document = JSON.parse(body.toString('utf8')) as { issuer?: unknown; jwks_uri?: unknown } | null;
    // OpenID Connect Discovery 1.0 §4.3: another issuer's document says nothing about this one.
    if (document?.issuer !== provider.issuer) throw new Error('its discovery document names another issuer');
    const uri = document.jwks_uri;
    if (typeof uri !== 'string' || uri.length > MAX_URL || !uri.startsWith('https://') || !URL.canParse(uri))
      throw new Error('its discovery document has no https jwks_uri');
    return uri;
  }

  private async fetch(purpose: EgressPurpose, provider: Provider, url: string, maxBytes: number): Promise<Buffer> {
    const { status, body } = await this.egress.request(purpose, url, {
      headers: { accept: 'application/json' },
      allowPrivate: mayBePrivate(provider, url),
      maxBytes,
      timeoutMs: FETCH_TIMEOUT_MS,
      ...(provider.caCertificates === null ? {} : { ca: provider.caCertificates }),
    });
    if (status !== 200) throw new Error(`it answered ${status}`);
    return body;
  }

  private find(entry: Entry, kid: string): VerificationKey | undefined {
    return this.usable(entry) ? entry.keys?.get(kid) : undefined;
  }

  private isFresh(entry: Entry): boolean {
    return age(entry.fetchedAt, this.clock.now()) < FRESH_SECONDS;
  }

  private usable(entry: Entry): boolean {
    return age(entry.fetchedAt, this.clock.now()) < STALE_SECONDS;
  }
}

/** Seconds since an instant; infinite for never, and for an instant in the future (a clock that was set back). */
function age(since: Date | undefined, now: Date): number {
  if (since === undefined) return Infinity;
  const seconds = secondsBetween(since, now);
  return seconds < 0 ? Infinity : seconds;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown';
}
