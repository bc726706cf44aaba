import { z } from 'zod';
import { idOf } from '../platform/index.js';
import { authenticationResponse, requestOptions } from './authenticators/webauthn.dto.js';
import { keep } from './sessions.dto.js';

/** As somebody typed it: whether it has the right form is part of whether it lets in. */
const typed = (max: number) => z.string().min(1).max(max);

export const passkeySignInBody = z.strictObject({
  ceremonyId: idOf('ceremony'),
  response: authenticationResponse,
  keep,
});
export const codeSignInBody = z.strictObject({ email: typed(254), code: typed(64), keep });

export const signInOptions = z
  .strictObject({ ceremonyId: idOf('ceremony'), publicKey: requestOptions })
  .meta({ id: 'PasskeySignIn' });

export const signInMethods = z
  .strictObject({
    passkey: z.boolean(),
    totp: z.boolean(),
    recoveryCode: z.boolean(),
    /** Null where no provider is configured. */
    singleSignOn: z.strictObject({ name: z.string() }).nullable(),
    /** Where passkeys work: the page must have been opened there. */
    origin: z.string(),
  })
  .meta({ id: 'SignInMethods' });
