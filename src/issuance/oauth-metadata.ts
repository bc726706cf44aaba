import { createPublicKey } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config, Signer } from '../platform/index.js';

export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, string>>[];
}

/** What clients and resource servers configure themselves by. */
@Injectable()
export class OAuthMetadata {
  constructor(
    private readonly config: Config,
    private readonly signer: Signer,
  ) {}

  /** RFC 8414 §2, with the token endpoint on the listener that requires certificates (RFC 8705 §5). */
  metadata() {
    const { publicUrl, mutualUrl } = this.config;
    const tokenEndpoint = `${mutualUrl}/v1/token`;
    return {
      issuer: publicUrl,
      token_endpoint: tokenEndpoint,
      jwks_uri: `${publicUrl}/.well-known/jwks.json`,
      response_types_supported: [],
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['tls_client_auth'],
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: { token_endpoint: tokenEndpoint },
      service_documentation: `${publicUrl}/openapi.json`,
    };
  }

  /** The token keys (RFC 7517), as the signer itself knows them. */
  async keys(): Promise<JsonWebKeySet> {
    const keys = await this.signer.tokenPublicKeys();
    return {
      keys: keys.map(({ id, publicKey }) => {
        const { crv, x, y } = createPublicKey({ key: publicKey, format: 'der', type: 'spki' }).export({
          format: 'jwk',
        });
        return { kty: 'EC', crv: crv!, x: x!, y: y!, kid: id, alg: 'ES256', use: 'sig' };
      }),
    };
  }
}
