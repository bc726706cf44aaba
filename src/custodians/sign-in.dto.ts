import { z } from 'zod';
import { instant, toInstant } from '../platform/index.js';
import type { IssuedSignIn } from './sign-in-tokens.js';

/** A one-time token: said once, never again. */
export const signInTokenFields = { signInToken: z.string(), signInTokenExpiresAt: instant };
export const signInTokenSchema = z.strictObject(signInTokenFields).meta({ id: 'SignInToken' });

export function showSignInToken({ token, row }: IssuedSignIn): z.input<typeof signInTokenSchema> {
  return { signInToken: token, signInTokenExpiresAt: toInstant(row.expiresAt) };
}
