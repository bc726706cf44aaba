import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import { answerOf, type Schema, service } from '../service/service.js';

/** Makes a passkey on this device, or on one that is near, and has the service keep its public key. */
export async function enrolPasskey(name: string): Promise<Schema['Authenticator']> {
  const { ceremonyId, publicKey } = await answerOf(service.POST('/v1/authenticators/passkeys/options'));
  const response = await startRegistration({ optionsJSON: publicKey as never });
  return answerOf(service.POST('/v1/authenticators/passkeys', { body: { ceremonyId, name, response } as never }));
}

/** Signs in with whatever passkey the person chooses; the session is kept in a cookie. */
export async function signInWithPasskey(): Promise<void> {
  const { ceremonyId, publicKey } = await answerOf(service.POST('/v1/sign-in/passkey/options'));
  const response = await startAuthentication({ optionsJSON: publicKey });
  await service.POST('/v1/sign-in/passkey', { body: { ceremonyId, response, keep: 'cookie' } as never });
}

/** What this browser is called where nobody has given it a name: “Chrome on macOS”. */
export function deviceName(agent = navigator.userAgent): string {
  const find = (words: readonly (readonly [RegExp, string])[]) => words.find(([form]) => form.test(agent))?.[1];
  const browser = find([
    [/Edg\//, 'Edge'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = find([
    [/iPhone|iPad/, 'iOS'],
    [/Android/, 'Android'],
    [/Mac OS X/, 'macOS'],
    [/Windows/, 'Windows'],
    [/Linux/, 'Linux'],
  ]);
  return [browser ?? 'A browser', system].filter(Boolean).join(' on ');
}
