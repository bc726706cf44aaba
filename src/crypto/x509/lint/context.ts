/** What the linter is told besides the bytes; what is left out is not checked. */
export interface LintContext {
  readonly trustDomain?: string;
  readonly maxLifetimeSeconds?: number;
  readonly issuer?: { readonly nameDer: Buffer; readonly keyId: Buffer; readonly notAfter: Date };
}
