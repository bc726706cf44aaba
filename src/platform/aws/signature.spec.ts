import { describe, expect, it } from '@jest/globals';
import { signAws } from './signature.js';

/** The example of AWS's own documentation and test suite (`aws-sig-v4-test-suite`, get-vanilla and post-vanilla). */
const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SCOPE = { region: 'us-east-1', service: 'service' };
const AT = new Date('2015-08-30T12:36:00Z');

function signatureOf(method: 'GET' | 'POST', path: string): string {
  const request = { method, url: `https://example.amazonaws.com${path}`, headers: {}, body: '' };
  return signAws(request, KEY, SCOPE, AT)['authorization']!;
}

describe('the signature of a request to AWS', () => {
  it.each([
    ['GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    ['GET', '/?Param2=value2&Param1=value1', 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500'],
  ] as const)('is as AWS’s test suite has it: %s %s', (method, path, signature) => {
    expect(signatureOf(method, path)).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, ` +
        `SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });

  it('covers a session’s token', () => {
    const request = { method: 'POST', url: 'https://example.amazonaws.com/', headers: {}, body: '' } as const;
    const headers = signAws(request, { ...KEY, sessionToken: 'session' }, SCOPE, AT);
    expect(headers['x-amz-security-token']).toBe('session');
    expect(headers['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
  });
});
