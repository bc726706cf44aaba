/** One call's own wishes, within what its purpose allows. */
export interface EgressOptions {
  readonly method?: 'DELETE' | 'GET' | 'PATCH' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** PEM certificates trusted for this call beside the system's. */
  readonly ca?: string;
  /** An administrator consented to a loopback or private address for this provider, and it is on record. */
  readonly allowPrivate?: boolean;
  /** What is asked for may go without TLS too, where every address is on a network of one's own: whoever asks has the consent. */
  readonly plainOnOwnNetwork?: boolean;
  /** Below the purpose's own limits only. */
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}
