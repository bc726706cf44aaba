import { describe, expect, it } from '@jest/globals';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type WebAuthnCredential,
} from '@simplewebauthn/server';
import { cbor } from './cbor.js';
import { type AuthenticatorTraits, SoftwareAuthenticator } from './software-authenticator.js';

const rpID = 'localhost';
const ORIGIN = 'https://localhost:8443';

async function creation() {
  return generateRegistrationOptions({ rpName: 'Muster', rpID, userName: 'ada@example.com' });
}

async function enrolled(traits: AuthenticatorTraits = {}) {
  const authenticator = new SoftwareAuthenticator(traits);
  const options = await creation();
  const verified = await verifyRegistrationResponse({
    response: authenticator.register(options, ORIGIN),
    expectedChallenge: options.challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: rpID,
    requireUserVerification: traits.userVerification ?? true,
  });
  if (!verified.verified) throw new Error('This registration should have been accepted.');
  return { authenticator, options, registration: verified.registrationInfo };
}

async function assertion(
  authenticator: SoftwareAuthenticator,
  credential: WebAuthnCredential,
  changed: { origin?: string; challenge?: string } = {},
) {
  const options = await generateAuthenticationOptions({ rpID, allowCredentials: [{ id: credential.id }] });
  return verifyAuthenticationResponse({
    response: authenticator.assert(options, changed.origin ?? ORIGIN),
    expectedChallenge: changed.challenge ?? options.challenge,
    expectedOrigin: ORIGIN,
    expectedRPID: rpID,
    credential,
  });
}

describe('an authenticator in software', () => {
  it('enrols a passkey that was made with user verification and never leaves it', async () => {
    const { registration } = await enrolled();
    expect(registration).toMatchObject({
      fmt: 'none',
      userVerified: true,
      credentialDeviceType: 'singleDevice',
      credentialBackedUp: false,
      credential: { counter: 0, transports: ['usb'] },
    });
  });

  it('says so when its keys are kept in a cloud', async () => {
    const { registration } = await enrolled({ backedUp: true });
    expect(registration).toMatchObject({ credentialDeviceType: 'multiDevice', credentialBackedUp: true });
  });

  it('says so when it verifies nobody', async () => {
    const { registration } = await enrolled({ userVerification: false });
    expect(registration.userVerified).toBe(false);
  });

  it('signs challenges, and counts', async () => {
    const { authenticator, registration } = await enrolled();
    const { credential } = registration;
    for (const counter of [1, 2]) {
      const { verified, authenticationInfo } = await assertion(authenticator, credential);
      expect(verified).toBe(true);
      expect(authenticationInfo).toMatchObject({ newCounter: counter, userVerified: true });
    }
  });

  it('signs in whoever it knows when no passkey is named', async () => {
    const { authenticator, options, registration } = await enrolled();
    const asked = await generateAuthenticationOptions({ rpID });
    const answer = authenticator.assert(asked, ORIGIN);
    expect(answer.id).toBe(registration.credential.id);
    expect(answer.response.userHandle).toBe(options.user.id);
  });

  it('gives a signature that fits no other origin and no other challenge', async () => {
    const { authenticator, registration } = await enrolled();
    const { credential } = registration;
    await expect(assertion(authenticator, credential, { origin: 'https://localhost:9443' })).rejects.toThrow(/origin/);
    await expect(assertion(authenticator, credential, { challenge: 'AAAA' })).rejects.toThrow(/challenge/);
  });

  it('refuses to enrol twice, to sign with what it does not hold, and algorithms it does not know', async () => {
    const { authenticator, registration } = await enrolled();
    const again = {
      ...(await creation()),
      excludeCredentials: [{ id: registration.credential.id, type: 'public-key' as const }],
    };
    expect(() => authenticator.register(again, ORIGIN)).toThrow(/enrolled already/);
    const rsa = { ...(await creation()), pubKeyCredParams: [{ alg: -257, type: 'public-key' as const }] };
    expect(() => authenticator.register(rsa, ORIGIN)).toThrow(/ES256/);
    const options = await generateAuthenticationOptions({
      rpID,
      allowCredentials: [{ id: registration.credential.id }],
    });
    expect(() => new SoftwareAuthenticator().assert(options, ORIGIN)).toThrow(/holds no passkey/);
  });
});

describe('CBOR', () => {
  it.each([
    [0, '00'],
    [23, '17'],
    [24, '1818'],
    [1000, '1903e8'],
    [-1, '20'],
    [-257, '390100'],
    ['IETF', '6449455446'],
    [Buffer.of(1, 2, 3, 4), '4401020304'],
    [
      new Map<unknown, unknown>([
        ['a', 1],
        ['b', new Map()],
      ]),
      'a26161016162a0',
    ],
  ])('of %p is the shortest one (RFC 8949, Appendix A)', (value, hex) => {
    expect(cbor(value).toString('hex')).toBe(hex);
  });

  it('is refused for what it is not needed for', () => {
    for (const value of [1.5, null, [], 65_536, 'a'.repeat(65_536)]) expect(() => cbor(value)).toThrow(TypeError);
  });
});
