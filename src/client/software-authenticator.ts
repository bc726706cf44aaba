import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { cbor } from './cbor.js';
import { ClientError } from './errors.js';

/** ECDSA over P-256 with SHA-256 (COSE algorithm -7), the one that every relying party takes. */
const ES256 = -7;
/** Flags of authenticator data (WebAuthn Level 3 §6.1). */
const FLAG = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 } as const;
const ID_BYTES = 32;
/** "An authenticator that says nothing of its make" (§6.5.1). */
const AAGUID = Buffer.alloc(16);

/** What an authenticator says of itself; the defaults are those of a security key with a PIN. */
export interface AuthenticatorTraits {
  /** Whether it asks for a PIN or a finger each time. */
  readonly userVerification?: boolean;
  /** Whether its keys leave the device for a cloud, as most passkeys on telephones do. */
  readonly backedUp?: boolean;
}

interface Passkey {
  readonly id: string;
  readonly rpId: string;
  /** Base64url, as the relying party chose it. */
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  counter: number;
}

/**
 * A WebAuthn authenticator in software, with the browser's part of the ceremonies: what `muster tour` gives its people,
 * and the tests theirs, so that both come in by the endpoints that browsers use.
 *
 * Its keys live in this process's memory and nowhere else; nothing here makes it a safe place for anybody's real
 * passkey. It verifies its user by saying so, and checks neither the origin nor the relying party: those checks are the
 * service's to make, and tests lie to it on purpose.
 *
 * @see WebAuthn Level 3 §6 (authenticator model), §5.8.1 (client data), §8.7 (attestation `none`)
 */
export class SoftwareAuthenticator {
  private readonly passkeys = new Map<string, Passkey>();
  private readonly traits: number;

  constructor({ userVerification = true, backedUp = false }: AuthenticatorTraits = {}) {
    this.traits =
      FLAG.present | (userVerification ? FLAG.verified : 0) | (backedUp ? FLAG.backupEligible | FLAG.backedUp : 0);
  }

  /**
   * Makes a passkey (`navigator.credentials.create`).
   *
   * @param origin of the page that asks, for example `https://localhost:8443`
   * @throws ClientError `passkey_refused` when it already holds one that the options exclude, or ES256 is not wanted
   */
  register(options: PublicKeyCredentialCreationOptionsJSON, origin: string): RegistrationResponseJSON {
    const { rp, user, challenge, pubKeyCredParams, excludeCredentials = [] } = options;
    if (excludeCredentials.some(({ id }) => this.passkeys.has(id)))
      throw new ClientError('passkey_refused', 'This authenticator is enrolled already.');
    if (!pubKeyCredParams.some(({ alg }) => alg === ES256))
      throw new ClientError('passkey_refused', 'This authenticator makes ES256 signatures only.');
    const rpId = rp.id ?? new URL(origin).hostname;
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const rawId = randomBytes(ID_BYTES);
    const id = rawId.toString('base64url');
    const passkey = { id, rpId, userHandle: user.id, privateKey, counter: 0 };
    this.passkeys.set(id, passkey);
    const credential = Buffer.concat([AAGUID, uint16(ID_BYTES), rawId, coseKey(publicKey)]);
    const authData = Buffer.concat([this.head(passkey, FLAG.attested), credential]);
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'cross-platform',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['usb'],
      },
    };
  }

  /**
   * Signs a challenge (`navigator.credentials.get`), with a passkey of those allowed, or where none is named with any it
   * holds for this relying party.
   *
   * @throws ClientError `passkey_refused` when it holds none that fits
   */
  assert(options: PublicKeyCredentialRequestOptionsJSON, origin: string): AuthenticationResponseJSON {
    const passkey = this.choose(options.rpId ?? new URL(origin).hostname, options.allowCredentials ?? []);
    passkey.counter += 1;
    const clientDataBytes = clientData('webauthn.get', options.challenge, origin);
    const authenticatorData = this.head(passkey, 0);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataBytes).digest()]);
    return {
      id: passkey.id,
      rawId: passkey.id,
      type: 'public-key',
      authenticatorAttachment: 'cross-platform',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientDataBytes.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: sign('sha256', signed, passkey.privateKey).toString('base64url'),
        userHandle: passkey.userHandle,
      },
    };
  }

  private choose(rpId: string, allowed: readonly { readonly id: string }[]): Passkey {
    const fitting = [...this.passkeys.values()].find(
      (passkey) => passkey.rpId === rpId && (allowed.length === 0 || allowed.some(({ id }) => id === passkey.id)),
    );
    if (fitting) return fitting;
    throw new ClientError('passkey_refused', 'This authenticator holds no passkey that was asked for.');
  }

  /** What authenticator data begins with: the hash of the relying party's id, flags and counter (§6.1). */
  private head({ rpId, counter }: Passkey, flag: number): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([createHash('sha256').update(rpId).digest(), Buffer.of(this.traits | flag), count]);
  }
}

/** What the browser vouches for (§5.8.1). */
function clientData(type: 'webauthn.create' | 'webauthn.get', challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** An EC2 key on P-256 for ES256 (RFC 9053 §7.1.1). */
function coseKey(publicKey: KeyObject): Buffer {
  const { x, y } = publicKey.export({ format: 'jwk' });
  return cbor(
    new Map<number, unknown>([
      [1, 2],
      [3, ES256],
      [-1, 1],
      [-2, Buffer.from(x!, 'base64url')],
      [-3, Buffer.from(y!, 'base64url')],
    ]),
  );
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
