import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { opaqueToken, type OpaqueTokenKind, TOKEN_BYTES, tokenHash } from './domain/opaque-token.js';

/** A token as it leaves, once, and as it is stored. */
export interface FreshToken {
  readonly token: string;
  readonly hash: Buffer;
}

/** Makes opaque tokens from the operating system's randomness. */
@Injectable()
export class FreshTokens {
  next(kind: OpaqueTokenKind): FreshToken {
    const token = opaqueToken(kind, randomBytes(TOKEN_BYTES));
    return { token, hash: tokenHash(token) };
  }
}
