/**
 * What the service and its signer say to one another over the child's IPC channel. Types only: the signer imports them
 * without loading the service.
 */
export interface SignerRequest {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

export type SignerReply =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly code: string; readonly message: string } };

/** First thing the signer is told; it carries the database password, which therefore stands in no argument list. */
export interface SignerConfiguration {
  /** Connection URL of the signer's own database role. */
  readonly databaseUrl: string;
  /** Where the unseal secret is read from; null when it is only ever typed in. */
  readonly unsealFile: UnsealFile | null;
  /** The data directory, which the unseal secret must not lie in; null when the database is an external one. */
  readonly dataDirectory: string | null;
}

export interface UnsealFile {
  readonly path: string;
  /** Muster made this file itself, and makes it at the first start; one that the operator named is only read. */
  readonly own: boolean;
}

/** A row of `muster.keystore`. The signer makes them, the service stores them and can open none. */
export interface KeystoreRow {
  readonly id: string;
  readonly kind: 'root' | 'log-key';
  readonly salt: Buffer | null;
  readonly params: { readonly N: number; readonly r: number; readonly p: number } | null;
  readonly sealed: Buffer | null;
  readonly verifier: Buffer | null;
}

export type UnsealOutcome =
  | { readonly kind: 'unsealed'; readonly warnings: readonly string[] }
  /** The keystore is empty: store these rows in one transaction, then ask again. */
  | { readonly kind: 'unfounded'; readonly rows: readonly KeystoreRow[] };
