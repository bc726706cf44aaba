import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/index.js';
import { Ids, type Tx } from '../platform/index.js';
import { newSignInToken, type SignInPurpose, type SignInToken } from './domain/sign-in-token.js';
import { FreshTokens } from './fresh-tokens.js';
import { SignInRepository } from './sign-in.repository.js';

/** A sign-in token as handed out: the secret leaves once, its row stays. */
export interface IssuedSignIn {
  readonly token: string;
  readonly row: SignInToken;
}

/** Makes one-time sign-in tokens; a person has at most one that can still be spent. */
@Injectable()
export class SignInTokens {
  constructor(
    private readonly repository: SignInRepository,
    private readonly fresh: FreshTokens,
    private readonly ids: Ids,
  ) {}

  /** @param personId whose row the caller has locked; null for a setup token */
  async issue(
    tx: Tx,
    purpose: SignInPurpose,
    personId: Id<'person'> | null,
    madeBy: string,
    at: Date,
  ): Promise<IssuedSignIn> {
    if (personId !== null) await this.repository.endAll(tx, personId, at);
    const { token, hash } = this.fresh.next(purpose === 'setup' ? 'setup' : 'sign-in');
    const row = newSignInToken({ id: this.ids.next('invitation'), purpose, personId, madeBy }, at);
    await this.repository.insert(tx, row, hash);
    return { token, row };
  }
}
