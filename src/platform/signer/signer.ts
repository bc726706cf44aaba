/** A recorded intent's signature over the exact bytes that were recorded. */
export interface IntentSignature {
  readonly id: string;
  /** DER ECDSA for a certificate, raw `r || s` for a token (RFC 7518 §3.4). */
  readonly signature: Buffer;
}

/** What new authorities are to be called; ids are given by the service, keys are made by the signer. */
export interface AuthorityPlan {
  readonly trustDomain: string;
  readonly rootId: string;
  readonly issuingId: string;
  readonly tokenKeyId: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** Where relying parties find the issuing authority's CRL. */
  readonly crlUrl: string | null;
}

/** A key pair that only the signer can open, with the certificate it stands in when it is an authority's. */
export interface MadeKey {
  readonly id: string;
  readonly kind: 'root' | 'issuing' | 'token';
  /** DER. */
  readonly certificate: Buffer | null;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Buffer;
  /** Sealed under the signer's key, to be stored by the service. */
  readonly sealedKey: Buffer;
}

/**
 * Port to the signer, a process of its own that alone holds signing keys.
 *
 * It signs nothing it is handed: it reads the recorded intent with its own database role and checks it against the
 * profile. Every method but `unsealed` and `unseal` throws SignerError `sealed` before unsealing, and any may throw
 * `signer_unavailable`, `signer_timeout` or `signer_failed`; each may then be asked again.
 */
export abstract class Signer {
  /** Whether the signer that runs now has its key. */
  abstract unsealed(): boolean;

  /**
   * Unseals with the secret given, or with the one in the unseal file; at the very first start founds the keystore.
   *
   * @returns warnings for the operator, for example about a file that others can read
   * @throws SignerError `unseal_secret_wrong`, `unseal_secret_missing`, `unseal_secret_weak`, `unseal_file_exposed`,
   *   `unseal_file_misplaced`, `unseal_rate_limited`
   */
  abstract unseal(secret?: string): Promise<readonly string[]>;

  /** The service key, 32 bytes: unlocks the keystore of this process. */
  abstract serviceKey(): Promise<Buffer>;

  /** The log's public key, 32 bytes (Ed25519, RFC 8032 §5.1.5). */
  abstract logPublicKey(): Promise<Buffer>;

  /** Signs a checkpoint of this log and gives it back as a C2SP signed note. */
  abstract signCheckpoint(text: string): Promise<string>;

  /** Makes the keys and certificates of a new root, issuing authority and token key. */
  abstract createAuthorities(plan: AuthorityPlan): Promise<readonly MadeKey[]>;

  /** Public halves of the token keys the signer can use, as SubjectPublicKeyInfo. */
  abstract tokenPublicKeys(): Promise<readonly { readonly id: string; readonly publicKey: Buffer }[]>;

  /** Signs recorded intents, in any order; those that it refuses are named by `intent_refused` and none is signed. */
  abstract signIntents(ids: readonly string[]): Promise<readonly IntentSignature[]>;

  /** Signs a recorded CRL: the whole CertificateList, DER (RFC 5280 §5.1). */
  abstract signCrl(id: string): Promise<Buffer>;
}
