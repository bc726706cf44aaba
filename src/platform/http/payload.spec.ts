import { describe, expect, it } from '@jest/globals';
import { type Payload, payloadDigest, shownPayload } from './payload.js';

const PAYLOAD: Payload = {
  method: 'POST',
  path: '/v1/things',
  query: {},
  ifMatch: null,
  body: { name: 'x', secret: { key: 'abc' }, keys: [{ key: 'abc', label: 'y' }] },
};

describe('what a proof is made for', () => {
  it('has one digest, whatever the order of its members (RFC 8785 §3.2.3)', () => {
    const same = { ...PAYLOAD, body: { keys: [{ label: 'y', key: 'abc' }], secret: { key: 'abc' }, name: 'x' } };
    expect(payloadDigest(same)).toEqual(payloadDigest(PAYLOAD));
  });

  it.each<[keyof Payload, Partial<Payload>]>([
    ['method', { method: 'PUT' }],
    ['path', { path: '/v1/things/' }],
    ['query', { query: { a: '' } }],
    ['ifMatch', { ifMatch: '"v1"' }],
    ['body', { body: null }],
  ])('has another digest with another %s', (_field, change) => {
    expect(payloadDigest({ ...PAYLOAD, ...change })).not.toEqual(payloadDigest(PAYLOAD));
  });

  it('has none where it has no canonical form', () => {
    expect(() => payloadDigest({ ...PAYLOAD, body: '\ud800' })).toThrow(/valid Unicode/);
  });

  it('is shown without its secrets, wherever they stand', () => {
    const shown = shownPayload(PAYLOAD, [['secret', 'key'], ['keys', 'key'], ['absent']]);
    expect(shown.body).toEqual({
      name: 'x',
      secret: { key: 'withheld' },
      keys: [{ key: 'withheld', label: 'y' }],
    });
    expect(PAYLOAD.body).toHaveProperty('secret.key', 'abc');
  });
});
