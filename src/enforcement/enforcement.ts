import { randomBytes } from 'node:crypto';
import type { Server as HttpsServer } from 'node:https';
import type { Server as TlsServer, TlsOptions, TLSSocket } from 'node:tls';
import { Connections } from './connections.js';
import type { RequiredDetail } from './domain/authorization-detail.js';
import { refusalOf } from './domain/decide.js';
import { EnforcementError } from './domain/errors.js';
import { Freshness } from './domain/freshness.js';
import { StandingView, type Stopped } from './domain/standing-view.js';
import { detailRefusal, grantBehind, type TokenClaims, tokenRefusal } from './domain/token.js';
import { UsedTokens } from './domain/used-tokens.js';
import { type Refused, refused, type Verdict } from './domain/verdict.js';
import { FeedFollower, type FeedListener } from './feed-follower.js';
import { type EnforcementEvent, type EnforcementOptions, type Settings, settingsOf } from './options.js';
import { type Peer, PeerVerifier } from './peer.js';
import { ServiceClient } from './service-client.js';
import { TokenKeys } from './token-keys.js';
import { TokenVerifier } from './token-verifier.js';
import { UsageReporter } from './usage-reporter.js';

/** What somebody wants to do over a connection. */
export interface Ask {
  /** In the server's own words, for example `order.place`; nothing is decided by it. */
  readonly action: string;
  /** Refused when revocations have not been heard of for 5 seconds; true when left out. */
  readonly sensitive?: boolean;
  /** The access token that was shown; without one the certificate alone counts. */
  readonly token?: string | undefined;
  /** The scope that the token must have. Asking for one requires a token. */
  readonly scope?: string;
  /**
   * What somebody must have agreed to: the token must be for that (RFC 9396). Left out, a token for one named thing is
   * refused, for it is good for nothing else.
   */
  readonly detail?: RequiredDetail;
  /** What the caller says it is, for example its user agent; for the report of use. */
  readonly client?: string | undefined;
}

export interface EnforcementStatus {
  readonly index: number;
  /** Seconds since the instant up to which all revocations are known; null before the first heartbeat. */
  readonly feedAgeSeconds: number | null;
  readonly connections: number;
  readonly pendingReports: number;
}

const SWEEP_MILLISECONDS = 1000;

/**
 * Guards a server by the service's word: who may connect, who must go, what was used.
 *
 * Nothing fails open. Before the first snapshot everybody is refused; whoever is revoked, suspended or retired is cut at
 * once; sensitive actions are refused while the feed is older than 5 seconds.
 */
export class Enforcement {
  private readonly settings: Settings;
  private readonly view = new StandingView();
  private readonly freshness = new Freshness();
  private readonly connections = new Connections();
  private readonly used = new UsedTokens();
  private readonly peers: PeerVerifier;
  private readonly tokens: TokenVerifier;
  private readonly feed: FeedFollower;
  private readonly usage: UsageReporter;
  private sweeping: NodeJS.Timeout | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(options: EnforcementOptions) {
    const settings = settingsOf(options);
    this.settings = { ...settings, onEvent: (event) => tell(settings.onEvent, event) };
    const client = new ServiceClient(this.settings);
    this.peers = new PeerVerifier(this.settings.root, this.settings.trustDomain);
    this.tokens = new TokenVerifier(new TokenKeys(client, this.settings), this.settings);
    this.feed = new FeedFollower(client, this.settings, this.view, this.freshness, this.listener());
    this.usage = new UsageReporter(client, this.settings, randomBytes(6).toString('hex'));
  }

  /** Begins to follow the feed and to report use. Resolves at once: until the first snapshot everybody is refused. */
  start(): void {
    this.feed.start();
    this.usage.start();
    this.sweeping ??= setInterval(() => this.sweep(), SWEEP_MILLISECONDS).unref();
  }

  /**
   * Resolves when the first snapshot and heartbeat are there, so that sensitive actions are decided and not refused.
   *
   * @throws EnforcementError `service_unreachable` when it did not come in that time
   */
  async ready(timeoutMilliseconds = 10_000): Promise<void> {
    if (this.status().feedAgeSeconds !== null) return;
    await new Promise<void>((resolve, reject) => {
      const arrived = () => {
        clearTimeout(timer);
        this.waiting.delete(arrived);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(arrived);
        reject(new EnforcementError('service_unreachable', 'The feed did not come: see the events for why.'));
      }, timeoutMilliseconds);
      this.waiting.add(arrived);
    });
  }

  /** Options for the guarded server's TLS: a client certificate under the pinned root is required. */
  tlsOptions(): Pick<TlsOptions, 'ca' | 'requestCert' | 'rejectUnauthorized' | 'minVersion'> {
    return { ca: this.settings.root, requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' };
  }

  /** Refuses connections of those who may not come in, and cuts those of whoever is stopped later. */
  guard(server: TlsServer | HttpsServer): void {
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      const peer = this.admit(socket);
      if ('effect' in peer) socket.destroy();
    });
  }

  /** Whether the caller behind a connection may do something now. Ask for every request, not once for each connection. */
  async authorize(socket: TLSSocket, ask: Ask): Promise<Verdict> {
    const address = socket.remoteAddress ?? 'unknown';
    const verdict = await this.decide(socket, ask, address);
    if (verdict.effect === 'refuse') this.settings.onEvent({ kind: 'caller.refused', code: verdict.code, address });
    return verdict;
  }

  status(): EnforcementStatus {
    const age = this.freshness.age(this.settings.instruments.monotonic());
    return {
      index: this.view.after,
      feedAgeSeconds: Number.isFinite(age) ? age / 1000 : null,
      connections: this.connections.count,
      pendingReports: this.usage.pendingBatches,
    };
  }

  /** Stops following and sends what use is still to be reported. Guarded connections stay as they are. */
  async close(): Promise<void> {
    clearInterval(this.sweeping);
    await this.feed.close();
    await this.usage.close();
  }

  private async decide(socket: TLSSocket, ask: Ask, address: string): Promise<Verdict> {
    const peer = this.admit(socket, ask.sensitive ?? true);
    if ('effect' in peer) return peer;
    const { spiffeId, serialNumber } = peer;
    const token = await this.tokenOf(ask, peer);
    if (token && 'effect' in token) return token;
    // The world may have changed while the token's keys were fetched.
    const late = token && this.refusalOf(peer, ask.sensitive ?? true);
    if (late) return late;
    if (token && ask.detail && (ask.detail.once ?? true) && !this.useUp(token))
      return refused('token_used', 'The token did its one thing already: have it agreed to anew.');
    this.usage.note({
      serialNumber,
      identityId: token?.identityId,
      grant: token ? grantBehind(token, ask.scope) : null,
      address,
      client: ask.client ?? null,
      at: this.settings.instruments.now(),
    });
    if (!token) return { effect: 'allow', caller: { spiffeId, serialNumber } };
    const { identityId, scopes, tokenId: id, authorizationDetails, approvalId } = token;
    const shown = { id, authorizationDetails, approvalId };
    return { effect: 'allow', caller: { spiffeId, serialNumber, identityId, scopes, token: shown } };
  }

  private useUp({ tokenId, expiresAt }: TokenClaims): boolean {
    return this.used.use(tokenId, expiresAt, this.settings.instruments.now());
  }

  private async tokenOf(ask: Ask, peer: Peer): Promise<TokenClaims | Refused | undefined> {
    if (ask.token === undefined) return this.withoutToken(ask);
    const claims = await this.tokens.verify(ask.token);
    if ('effect' in claims) return claims;
    return tokenRefusal(claims, peer, ask.scope) ?? detailRefusal(claims, ask.detail) ?? claims;
  }

  private withoutToken({ scope, detail }: Ask): Refused | undefined {
    if (scope !== undefined) return refused('token_required', `Show a token with scope ${scope}.`);
    if (detail === undefined) return undefined;
    return refused('token_required', `Show a token with authorization_details of type ${detail.type} (RFC 9396).`);
  }

  /** The peer behind a connection, verified once and from then on watched; or why it is refused. */
  private admit(socket: TLSSocket, sensitive = false): Peer | Refused {
    const known = this.connections.peerOf(socket);
    const peer = known ?? this.peers.verify(socket, this.settings.instruments.now());
    if ('effect' in peer) return peer;
    const refusal = this.refusalOf(peer, sensitive);
    if (refusal) return refusal;
    if (socket.destroyed) return refused('certificate_missing', 'The connection is closed.');
    this.connections.add(socket, peer);
    return peer;
  }

  private refusalOf(peer: Peer, sensitive: boolean): Refused | undefined {
    const { instruments, maxFeedAgeSeconds } = this.settings;
    return refusalOf(this.view, peer, {
      at: instruments.now(),
      feedAgeMilliseconds: this.freshness.age(instruments.monotonic()),
      maxFeedAgeMilliseconds: maxFeedAgeSeconds * 1000,
      sensitive,
    });
  }

  private listener(): FeedListener {
    return {
      stopped: (who: Stopped) => this.told(this.connections.cut(who), who),
      replaced: () => this.sweep(),
      fresh: () => {
        for (const arrived of this.waiting) arrived();
      },
    };
  }

  /** Cuts the connections of all who may not be there any more: stopped, or expired since. */
  private sweep(): void {
    this.told(
      this.connections.cutWhere((peer) => this.refusalOf(peer, false) !== undefined),
      {},
    );
  }

  private told(count: number, who: Stopped): void {
    if (count > 0) this.settings.onEvent({ kind: 'connections.cut', count, ...who });
  }
}

/** A listener that throws must not stop enforcement. */
function tell(listener: (event: EnforcementEvent) => void, event: EnforcementEvent): void {
  try {
    listener(event);
  } catch (error) {
    if (event.kind !== 'listener.failed') tell(listener, { kind: 'listener.failed', error: error as Error });
  }
}
