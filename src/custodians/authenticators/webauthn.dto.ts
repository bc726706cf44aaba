import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';

const MAX_FIELD = 16_384;
const base64url = z
  .string()
  .min(1)
  .max(MAX_FIELD)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be base64url without padding');
const credentialId = base64url.max(1364);
const attachment = z.enum(['platform', 'cross-platform']).optional();
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

/** What extensions answered, which is not read. */
const extensions = z.record(z.string().max(64), z.unknown());

/** `RegistrationResponseJSON` (WebAuthn Level 3 §5.1.8), as browsers give it; what repeats the attestation is not read. */
export const registrationResponse = z
  .strictObject({
    id: credentialId,
    rawId: credentialId,
    type: z.literal('public-key'),
    authenticatorAttachment: attachment,
    clientExtensionResults: extensions,
    response: z.strictObject({
      clientDataJSON: base64url,
      attestationObject: base64url,
      authenticatorData: base64url.optional(),
      publicKey: base64url.optional(),
      publicKeyAlgorithm: z.int().optional(),
      transports: z
        .array(z.string().max(32))
        .max(16)
        .transform((names) => TRANSPORTS.filter((known) => names.includes(known)))
        .optional(),
    }),
  })
  .transform((response) => response as RegistrationResponseJSON)
  .meta({ id: 'RegistrationResponse' });

/** `AuthenticationResponseJSON` (§5.1.8). */
export const authenticationResponse = z
  .strictObject({
    id: credentialId,
    rawId: credentialId,
    type: z.literal('public-key'),
    authenticatorAttachment: attachment,
    clientExtensionResults: extensions,
    response: z.strictObject({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: base64url.max(128).nullish(),
      attestationObject: base64url.nullish(),
    }),
  })
  .transform((response) => response as AuthenticationResponseJSON)
  .meta({ id: 'AuthenticationResponse' });

const descriptor = z.object({ id: z.string(), type: z.string(), transports: z.array(z.string()).optional() });

/** `PublicKeyCredentialRequestOptionsJSON` (§5.4.8): for `navigator.credentials.get`. */
export const requestOptions = z
  .looseObject({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.int(),
    userVerification: z.literal('required'),
    allowCredentials: z.array(descriptor).optional(),
  })
  .meta({ id: 'PublicKeyRequestOptions' });

/** `PublicKeyCredentialCreationOptionsJSON` (§5.4.7): for `navigator.credentials.create`. */
export const creationOptions = z
  .looseObject({
    challenge: z.string(),
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    pubKeyCredParams: z.array(z.object({ type: z.literal('public-key'), alg: z.int() })),
    timeout: z.int(),
    attestation: z.literal('none'),
    authenticatorSelection: z.looseObject({ residentKey: z.string(), userVerification: z.literal('required') }),
    excludeCredentials: z.array(descriptor),
  })
  .meta({ id: 'PublicKeyCreationOptions' });
