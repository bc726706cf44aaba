import { describe, expect, it } from '@jest/globals';
import { makeLoopbackTls } from '../../cli/tour/loopback-ca.js';
import { AttestationError } from './errors.js';
import { changeProvider, discoveryUrl, mayBePrivate, type Provider, registerProvider } from './provider.js';

const given: Omit<Provider, 'status' | 'version' | 'changedAt'> = {
  id: 'prv_0192f0c1a2b37c4d8e5f60718293a4b5',
  name: 'GitHub',
  kind: 'github-actions',
  issuer: 'https://token.actions.githubusercontent.com',
  algorithms: ['RS256'],
  jwksUri: null,
  caCertificates: null,
  privateNetwork: null,
  maxTokenAgeSeconds: 900,
  clockSkewSeconds: 30,
  createdAt: new Date(0),
};
const consent = {
  by: 'per_0192f0c1a2b37c4d8e5f60718293a4b5',
  consentedAt: new Date(0),
  reason: 'Our own GitLab.',
} as const;

function refusalOf(change: Partial<Provider>): string {
  try {
    registerProvider({ ...given, ...change });
    return 'accepted';
  } catch (error) {
    return error instanceof AttestationError ? error.code : String(error);
  }
}

describe('a provider', () => {
  it.each([
    ['https://token.actions.githubusercontent.com'],
    ['https://gitlab.example/'],
    ['https://oidc.eks.eu-west-1.amazonaws.com/id/0123ABCD'],
    ['https://issuer.example:8443/a/b'],
  ])('may have the issuer %s', (issuer) => expect(refusalOf({ issuer })).toBe('accepted'));

  it.each([
    ['http', { issuer: 'http://gitlab.example' }, 'issuer_invalid'],
    ['no URL', { issuer: 'gitlab.example' }, 'issuer_invalid'],
    ['a user', { issuer: 'https://me@gitlab.example' }, 'issuer_invalid'],
    ['a query', { issuer: 'https://gitlab.example/?a' }, 'issuer_invalid'],
    ['a fragment', { issuer: 'https://gitlab.example/#' }, 'issuer_invalid'],
    ['a host in capitals', { issuer: 'https://GitLab.example' }, 'issuer_invalid'],
    ['dots in its path', { issuer: 'https://gitlab.example/a/../b' }, 'issuer_invalid'],
    ['its default port', { issuer: 'https://gitlab.example:443' }, 'issuer_invalid'],
    ['256 characters', { issuer: `https://gitlab.example/${'a'.repeat(240)}` }, 'issuer_invalid'],
    ['keys over http', { jwksUri: 'http://gitlab.example/jwks' }, 'jwks_uri_invalid'],
    ['an issuer on this machine', { issuer: 'https://127.0.0.1:9443' }, 'consent_required'],
    ['an issuer on this machine by name', { issuer: 'https://localhost' }, 'consent_required'],
    ['an issuer on this machine in IPv6', { issuer: 'https://[::1]' }, 'consent_required'],
    ['an issuer in a private network', { issuer: 'https://10.0.0.7' }, 'consent_required'],
    ['the metadata service', { issuer: 'https://169.254.169.254' }, 'consent_required'],
    ['an IPv4 address in IPv6', { issuer: 'https://[::ffff:a00:7]' }, 'consent_required'],
    ['keys in a private network', { jwksUri: 'https://192.168.0.1/jwks' }, 'consent_required'],
    ['certificates that are none', { caCertificates: 'x' }, 'ca_certificates_invalid'],
  ])('is refused with %s', (_what, change, code) => expect(refusalOf(change)).toBe(code));

  it('may be private when an administrator consents', () => {
    expect(refusalOf({ issuer: 'https://127.0.0.1:9443', privateNetwork: consent })).toBe('accepted');
  });

  it('may bring authorities of its own, and nothing that is none', async () => {
    const { caPem, certificatePem, keyPem } = await makeLoopbackTls();
    expect(refusalOf({ caCertificates: caPem })).toBe('accepted');
    expect(refusalOf({ caCertificates: `${caPem}\n${caPem}` })).toBe('accepted');
    expect(refusalOf({ caCertificates: certificatePem })).toBe('ca_certificates_invalid');
    expect(refusalOf({ caCertificates: caPem + keyPem })).toBe('ca_certificates_invalid');
    expect(refusalOf({ caCertificates: Array<string>(11).fill(caPem).join('\n') })).toBe('ca_certificates_invalid');
  });

  it('asks for consent again when its keys move', () => {
    const provider = registerProvider({ ...given, issuer: 'https://10.0.0.7', privateNetwork: consent });
    const moved = { jwksUri: 'https://10.0.0.8/jwks' };
    expect(() => changeProvider(provider, moved, new Date(1))).toThrow(AttestationError);
    const again = { ...consent, reason: 'Its keys moved.' };
    expect(changeProvider(provider, { ...moved, privateNetwork: again }, new Date(1))).toMatchObject({
      version: 2,
      privateNetwork: again,
    });
  });

  it('does not carry its consent to whatever its discovery document names', () => {
    const provider = registerProvider({ ...given, issuer: 'https://10.0.0.7:8443/ci', privateNetwork: consent });
    expect(mayBePrivate(provider, 'https://10.0.0.7:8443/ci/jwks')).toBe(true);
    expect(mayBePrivate(provider, 'https://10.0.0.7/ci/jwks')).toBe(false);
    expect(mayBePrivate(provider, 'https://169.254.169.254/latest')).toBe(false);
    expect(mayBePrivate({ ...provider, privateNetwork: null }, 'https://10.0.0.7:8443/ci/jwks')).toBe(false);
  });

  it('is discovered below its path (OpenID Connect Discovery 1.0 §4)', () => {
    expect(discoveryUrl('https://a.example/b/')).toBe('https://a.example/b/.well-known/openid-configuration');
    expect(discoveryUrl('https://a.example')).toBe('https://a.example/.well-known/openid-configuration');
  });
});
