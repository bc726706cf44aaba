import { describe, expect, it } from '@jest/globals';
import { answered, isLoopbackRedirect } from './loopback-redirect.js';

describe('a loopback redirect', () => {
  it.each(['http://127.0.0.1:1/', 'http://127.0.0.1:65535/signed-in', 'http://127.0.0.1:8080/a/b_c~d.e-f'])(
    'may go to %s',
    (uri) => expect(isLoopbackRedirect(uri)).toBe(true),
  );

  it.each([
    'https://127.0.0.1:8080/',
    'http://localhost:8080/',
    'http://127.0.0.2:8080/',
    'http://[::1]:8080/',
    'http://0.0.0.0:8080/',
    'http://127.1:8080/',
    'http://2130706433:8080/',
    'http://127.0.0.1/',
    'http://127.0.0.1:0/',
    'http://127.0.0.1:65536/',
    'http://127.0.0.1:08080/',
    'http://127.0.0.1:8080',
    'http://127.0.0.1:8080/?next=evil',
    'http://127.0.0.1:8080/#code',
    'http://user@127.0.0.1:8080/',
    'http://127.0.0.1:8080@evil.example/',
    'http://127.0.0.1:8080.evil.example/',
    'http://127.0.0.1:8080/%2e%2e',
    'http://127.0.0.1:8080/\\evil.example',
    'http://127.0.0.1:8080/a\nb',
    'HTTP://127.0.0.1:8080/',
    'javascript://127.0.0.1:8080/',
    '',
  ])('may not go to %j', (uri) => expect(isLoopbackRedirect(uri)).toBe(false));

  it('carries code, state and issuer, each escaped (RFC 6749 §4.1.2, RFC 9207)', () => {
    const uri = answered('http://127.0.0.1:8080/', { code: 'a&b', state: 'c=d', iss: 'https://muster.example' });
    expect(uri).toBe('http://127.0.0.1:8080/?code=a%26b&state=c%3Dd&iss=https%3A%2F%2Fmuster.example');
  });
});
