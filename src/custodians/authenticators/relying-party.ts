import { Injectable } from '@nestjs/common';
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { Config } from '../../platform/index.js';
import type { NewPasskey, Passkey } from './passkeys.repository.js';

/** EdDSA, ES256 and RS256: what authenticators in use make. */
const ALGORITHMS = [-8, -7, -257];
const TIMEOUT_MS = 300_000;

/** A counter below all others: the library would look at it before it has looked at the signature. */
const NEVER_USED = 0;

/** Who a passkey is made for. */
export interface PasskeyOwner {
  readonly id: string;
  /** Shown by the browser when it offers passkeys. */
  readonly name: string;
  readonly displayName: string;
}

/**
 * This installation as WebAuthn knows it: PUBLIC_URL is the one origin, its host the relying party's id. Passkeys belong
 * to that host for good.
 *
 * User verification is required in every ceremony (WebAuthn Level 3 §7.1 step 16, §7.2 step 17).
 */
@Injectable()
export class RelyingParty {
  readonly origin: string;
  readonly id: string;

  constructor({ publicUrl }: Config) {
    this.origin = publicUrl;
    this.id = new URL(publicUrl).hostname;
  }

  creationOptions(
    owner: PasskeyOwner,
    challenge: Buffer,
    enrolled: readonly Passkey[],
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    return generateRegistrationOptions({
      rpName: 'Muster',
      rpID: this.id,
      userID: new Uint8Array(Buffer.from(owner.id)),
      userName: owner.name,
      userDisplayName: owner.displayName,
      challenge: new Uint8Array(challenge),
      timeout: TIMEOUT_MS,
      attestationType: 'none',
      excludeCredentials: enrolled.map(descriptorOf),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /** @param allowed the passkeys that may answer; undefined for whichever the browser finds */
  requestOptions(challenge: Buffer, allowed?: readonly Passkey[]): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return generateAuthenticationOptions({
      rpID: this.id,
      challenge: new Uint8Array(challenge),
      timeout: TIMEOUT_MS,
      userVerification: 'required',
      ...(allowed && { allowCredentials: allowed.map(descriptorOf) }),
    });
  }

  /** What a new passkey says of itself, or undefined when the answer does not verify. Attestation is not asked for. */
  async registered(challenge: Buffer, response: RegistrationResponseJSON): Promise<NewPasskey | undefined> {
    const verification = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: this.origin,
      expectedRPID: this.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }).catch(() => undefined);
    if (!verification?.verified || isFramed(response)) return undefined;
    const { credential, credentialDeviceType } = verification.registrationInfo;
    return {
      credentialId: Buffer.from(credential.id, 'base64url'),
      publicKey: Buffer.from(credential.publicKey),
      signCount: credential.counter,
      backupEligible: credentialDeviceType === 'multiDevice',
      transports: credential.transports ?? [],
    };
  }

  /**
   * The passkey's counter after it signed the challenge, or undefined when the answer does not verify: another
   * challenge, origin or relying party, an unverified user, a signature of another key, or a passkey that now says
   * something else of its backup (§7.2 step 19). Whether the counter grew (§7.2 step 22) is the caller's to look at: only
   * of an answer that verifies does it say anything.
   */
  async asserted(
    challenge: Buffer,
    passkey: Passkey,
    response: AuthenticationResponseJSON,
  ): Promise<number | undefined> {
    const verification = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: this.origin,
      expectedRPID: this.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId.toString('base64url'),
        publicKey: new Uint8Array(passkey.publicKey),
        counter: NEVER_USED,
      },
    }).catch(() => undefined);
    if (!verification?.verified || isFramed(response)) return undefined;
    const { credentialDeviceType, newCounter } = verification.authenticationInfo;
    return (credentialDeviceType === 'multiDevice') === passkey.backupEligible ? newCounter : undefined;
  }
}

function descriptorOf({ credentialId, transports }: Passkey) {
  return { id: credentialId.toString('base64url'), transports: transports as never[] };
}

/** Nobody may frame our pages, so no ceremony of ours runs inside another site's. */
function isFramed({ response }: { readonly response: { readonly clientDataJSON: string } }): boolean {
  const clientData = JSON.parse(Buffer.from(response.clientDataJSON, 'base64url').toString('utf8')) as {
    crossOrigin?: unknown;
  };
  return clientData.crossOrigin === true;
}
