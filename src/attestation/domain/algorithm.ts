/** The algorithms a provider may be allowed to sign with (RFC 7518 §3.1, RFC 8037 §3.1). `none` and HMAC are not among them. */
export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** The type of key an algorithm needs, as a JWK names it (RFC 7518 §6.1, RFC 8037 §2). */
export type KeyShape =
  | { readonly kty: 'RSA' }
  | { readonly kty: 'EC'; readonly crv: 'P-256' | 'P-384' }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519' };

export function keyShapeOf(algorithm: Algorithm): KeyShape {
  switch (algorithm) {
    case 'ES256':
      return { kty: 'EC', crv: 'P-256' };
    case 'ES384':
      return { kty: 'EC', crv: 'P-384' };
    case 'EdDSA':
      return { kty: 'OKP', crv: 'Ed25519' };
    default:
      return { kty: 'RSA' };
  }
}

export function isAlgorithm(name: string): name is Algorithm {
  return (ALGORITHMS as readonly string[]).includes(name);
}
