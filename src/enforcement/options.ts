import { X509Certificate } from 'node:crypto';
import { EnforcementError } from './domain/errors.js';
import type { RefusalCode } from './domain/verdict.js';

/** The point's own certificate, with which it follows the feed and reports use. */
export interface PointCredentials {
  /** PEM: the leaf, then its chain. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

/** What an operator may want to know; never a secret, never a token. */
export type EnforcementEvent =
  | { readonly kind: 'feed.connected'; readonly index: number }
  | { readonly kind: 'feed.lost'; readonly error: Error; readonly retryMilliseconds: number }
  | {
      readonly kind: 'connections.cut';
      readonly count: number;
      readonly serialNumber?: string;
      readonly spiffeId?: string;
    }
  | { readonly kind: 'caller.refused'; readonly code: RefusalCode; readonly address: string }
  | { readonly kind: 'usage.lost'; readonly batch: number; readonly error: Error }
  | { readonly kind: 'listener.failed'; readonly error: Error };

/** Clock and chance, so that tests need not wait. */
export interface Instruments {
  now(): Date;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  random(): number;
}

export interface EnforcementOptions {
  /** Names this server in reports of use: letters, digits, dots and dashes. */
  readonly point: string;
  readonly service: {
    /** Where keys of tokens are published, and the issuer of tokens, for example `https://muster.example:8443`. */
    readonly url: string;
    /** The listener that requires client certificates, for example `https://muster.example:8444`. */
    readonly mutualUrl: string;
  };
  /** The pinned root, PEM: callers must chain to it, and so must the service. */
  readonly root: string;
  /** Callers of other SPIFFE trust domains are refused. */
  readonly trustDomain: string;
  /** Asked for at every connection, so that a renewed certificate is used. */
  readonly credentials: () => PointCredentials | Promise<PointCredentials>;
  /** The audience of tokens for this server. Without it every token is refused. */
  readonly audience?: string;
  /** Sensitive actions are refused when the feed is older; 5 when left out. */
  readonly maxFeedAgeSeconds?: number;
  /** How often use is reported; 10 when left out. */
  readonly reportEverySeconds?: number;
  readonly onEvent?: (event: EnforcementEvent) => void;
  readonly instruments?: Instruments;
}

const POINT = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;
const MAX_FEED_AGE_SECONDS = 5;

/** Options with every default filled in. */
export interface Settings extends Required<Omit<EnforcementOptions, 'audience'>> {
  readonly audience: string | undefined;
}

/** @throws EnforcementError `options_invalid` */
export function settingsOf(options: EnforcementOptions): Settings {
  if (!POINT.test(options.point)) throw invalid('point: letters, digits, dots and dashes, at most 64.');
  for (const url of [options.service.url, options.service.mutualUrl])
    if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw invalid('service: give https URLs.');
  if (!isCertificate(options.root)) throw invalid('root: give the root certificate as PEM.');
  const maxFeedAgeSeconds = options.maxFeedAgeSeconds ?? MAX_FEED_AGE_SECONDS;
  if (!(maxFeedAgeSeconds > 0 && maxFeedAgeSeconds <= MAX_FEED_AGE_SECONDS))
    throw invalid(`maxFeedAgeSeconds: more than 0 and at most ${MAX_FEED_AGE_SECONDS}.`);
  return {
    ...options,
    audience: options.audience,
    maxFeedAgeSeconds,
    reportEverySeconds: options.reportEverySeconds ?? 10,
    onEvent: options.onEvent ?? (() => undefined),
    instruments: options.instruments ?? REAL,
  };
}

const REAL: Instruments = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
};

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}

function invalid(message: string): EnforcementError {
  return new EnforcementError('options_invalid', `Check the options of the enforcement library: ${message}`);
}
