import { z } from 'zod';
import { idOf, instant, line, toInstant, toInstantOrNull } from '../../platform/index.js';
import { AUTHENTICATOR_KINDS, levelOf } from '../domain/authenticator.js';
import type { NamedAuthenticator } from './authenticators.service.js';
import { creationOptions, registrationResponse } from './webauthn.dto.js';

const name = line(100);
const id = idOf('authenticator');

export const passkeyBody = z.strictObject({
  ceremonyId: idOf('ceremony'),
  name,
  response: registrationResponse,
});
export const nameBody = z.strictObject({ name });
export const codeBody = z.strictObject({ code: z.string().max(32) });
export const authenticatorParameter = id;

export const authenticatorSchema = z
  .strictObject({
    id,
    kind: z.enum(AUTHENTICATOR_KINDS),
    name: z.string(),
    /** The highest level it proves: `loa2` of a code generator only behind another kind of first factor. */
    acr: z.enum(['loa1', 'loa2', 'loa3', 'loa4']),
    /** Of a passkey, whether it may leave its device. */
    backupEligible: z.boolean().nullable(),
    codesLeft: z.int().nullable(),
    version: z.int(),
    createdAt: instant,
    /** Null until its first code was typed. */
    confirmedAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'Authenticator' });

export const authenticatorsSchema = z.strictObject({ items: z.array(authenticatorSchema) });

export const enrolmentOptions = z
  .strictObject({ ceremonyId: idOf('ceremony'), publicKey: creationOptions })
  .meta({ id: 'PasskeyEnrolment' });

export const newTotpSchema = z
  .strictObject({ authenticator: authenticatorSchema, secret: z.string(), uri: z.string() })
  .meta({ id: 'NewCodeGenerator' });

export const recoveryCodesSchema = z
  .strictObject({ authenticator: authenticatorSchema, codes: z.array(z.string()) })
  .meta({ id: 'RecoveryCodes' });

export function showAuthenticator({ authenticator, name }: NamedAuthenticator): z.input<typeof authenticatorSchema> {
  const { id, kind, backupEligible, codesLeft, version } = authenticator;
  const acr = levelOf(authenticator, 'single-sign-on') as 'loa1' | 'loa2' | 'loa3' | 'loa4';
  return {
    ...{ id, kind, name, acr, backupEligible, codesLeft, version },
    createdAt: toInstant(authenticator.createdAt),
    confirmedAt: toInstantOrNull(authenticator.confirmedAt),
    lastUsedAt: toInstantOrNull(authenticator.lastUsedAt),
  };
}
