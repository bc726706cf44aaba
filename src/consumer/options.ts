import { X509Certificate } from 'node:crypto';
import { ConsumerError } from './domain/errors.js';

/** What an operator may want to know; never a secret, never a key. */
export type ConsumerEvent =
  | {
      readonly kind: 'renewed';
      readonly what: 'certificate' | 'secret';
      /** The certificate's id, or the version of the secret. */
      readonly name: string;
      /** Whether it is another than before. */
      readonly changed: boolean;
      readonly nextMilliseconds: number;
    }
  | {
      readonly kind: 'failed';
      readonly what: 'certificate' | 'secret' | 'acknowledgement' | 'change';
      /** Stable code of the refusal, or `unexpected`. */
      readonly code: string;
      readonly message: string;
      readonly retryMilliseconds: number | null;
    }
  | { readonly kind: 'acknowledged'; readonly version: number };

/** Time and chance, so that tests need not wait. No clock that can be set: what is waited is a length of time. */
export interface Instruments {
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
  random(): number;
  /** Calls once, later; returns what calls it off. */
  after(milliseconds: number, call: () => void): () => void;
}

/** Where the service is and what it must prove. */
export interface Service {
  /** The listener that requires client certificates, for example `https://muster.example:8444`. */
  readonly mutualUrl: string;
  /** The pinned root, PEM: the only one trusted. */
  readonly root: string;
}

export interface KeepingOptions {
  readonly service: Service;
  readonly onEvent?: ((event: ConsumerEvent) => void) | undefined;
  readonly instruments?: Instruments | undefined;
}

/** @throws ConsumerError `options_invalid` */
export function checkService({ mutualUrl, root }: Service): void {
  if (!URL.canParse(mutualUrl) || new URL(mutualUrl).protocol !== 'https:')
    throw invalid('service.mutualUrl: give an https URL, for example https://muster.example:8444.');
  if (!isAuthority(root)) throw invalid('service.root: give the root certificate as PEM.');
}

export function invalid(message: string): ConsumerError {
  return new ConsumerError('options_invalid', `Check the options of the consumer library: ${message}`);
}

/** Timers of Node run on a clock that is never set (libuv's `uv_hrtime`); they keep no process alive. */
export const REAL: Instruments = {
  monotonic: () => performance.now(),
  random: () => Math.random(),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};

function isAuthority(pem: string): boolean {
  try {
    return new X509Certificate(pem).ca;
  } catch {
    return false;
  }
}
