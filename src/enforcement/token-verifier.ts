import { type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { TokenClaims } from './domain/token.js';
import { type Refused, refused } from './domain/verdict.js';
import type { Settings } from './options.js';
import type { TokenKeys } from './token-keys.js';

/** With 8 KiB of authorization details in it. */
const MAX_TOKEN = 16_384;

const claimsShape = z.object({
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  grants: z.array(z.string()).default([]),
  cnf: z.object({ 'x5t#S256': z.string().optional() }).default({}),
  jti: z.string(),
  exp: z.number(),
  authorization_details: z.array(z.looseObject({ type: z.string() })).default([]),
  approval_id: z.string().optional(),
});

/** Verifies access tokens of the service: signature, `typ`, `iss`, `aud`, lifetime and claims (RFC 9068 §4). */
export class TokenVerifier {
  constructor(
    private readonly keys: TokenKeys,
    private readonly settings: Pick<Settings, 'service' | 'audience' | 'instruments'>,
  ) {}

  async verify(token: string): Promise<TokenClaims | Refused> {
    const { audience, service, instruments } = this.settings;
    if (audience === undefined || token.length > MAX_TOKEN)
      return refused('token_invalid', 'This server takes no such tokens.');
    try {
      const { payload } = await jwtVerify(token, (header, input) => this.keys.find(header, input), {
        typ: 'at+jwt',
        algorithms: ['ES256'],
        issuer: service.url.replace(/\/$/, ''),
        audience,
        requiredClaims: ['exp', 'iat', 'jti'],
        currentDate: instruments.now(),
      });
      return claimsOf(payload);
    } catch {
      return refused('token_invalid', 'The token does not hold here: get a new one for this server.');
    }
  }
}

function claimsOf(payload: JWTPayload): TokenClaims {
  const { sub, client_id, scope, grants, cnf, ...rest } = claimsShape.parse(payload);
  return {
    subject: sub,
    identityId: client_id,
    scopes: scope.split(' ').filter((word) => word !== ''),
    grants,
    thumbprint: cnf['x5t#S256'],
    tokenId: rest.jti,
    expiresAt: new Date(rest.exp * 1000),
    authorizationDetails: rest.authorization_details,
    approvalId: rest.approval_id,
  };
}
