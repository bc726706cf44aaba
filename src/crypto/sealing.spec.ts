import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveKey, openAt, type Place, sealAt, sealingKey, stretch } from './sealing.js';

const key = sealingKey(Buffer.alloc(32, 7));
const nonce = Buffer.alloc(12, 9);
const place: Place = { table: 'muster.people', row: 'per_1', field: 'email' };
const plaintext = Buffer.from('ada@example.com');
const sealed = sealAt(key, place, plaintext, nonce);

describe('a sealed value', () => {
  it('opens at its place with its key', () => {
    expect(openAt(key, place, sealed)).toEqual(plaintext);
  });

  it.each<[string, Partial<Place>]>([
    ['another table', { table: 'muster.teams' }],
    ['another row', { row: 'per_2' }],
    ['another field', { field: 'name' }],
    ['a place that only concatenates alike', { table: 'muster.people"', row: 'per_1' }],
  ])('does not open at %s', (_name, change) => {
    expect(openAt(key, { ...place, ...change }, sealed)).toBeUndefined();
  });

  it('does not open with another key, nor with another key under the same name', () => {
    expect(openAt(sealingKey(Buffer.alloc(32, 8)), place, sealed)).toBeUndefined();
    expect(openAt({ id: key.id, bytes: Buffer.alloc(32, 8) }, place, sealed)).toBeUndefined();
  });

  it('does not open when any one bit of it is flipped', () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(openAt(key, place, flipped)).toBeUndefined();
    }
  });

  it('does not open when it is cut or lengthened', () => {
    for (let length = 0; length < sealed.length; length += 1)
      expect(openAt(key, place, sealed.subarray(0, length))).toBeUndefined();
    expect(openAt(key, place, Buffer.concat([sealed, Buffer.alloc(1)]))).toBeUndefined();
  });

  it('gives every value back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ minLength: 12, maxLength: 12 }), (value, fresh) => {
        expect(openAt(key, place, sealAt(key, place, value, fresh))).toEqual(Buffer.from(value));
      }),
    );
  });
});

describe('derivation', () => {
  it('gives each purpose its own key', () => {
    expect(deriveKey(key.bytes, 'a')).not.toEqual(deriveKey(key.bytes, 'b'));
    expect(deriveKey(key.bytes, 'a')).toEqual(deriveKey(key.bytes, 'a'));
  });

  it('names a key without showing any of it', () => {
    expect(key.bytes.includes(key.id)).toBe(false);
    expect(key.id).toHaveLength(8);
  });

  it('stretches as RFC 7914 §12 says', async () => {
    const derived = await stretch('pleaseletmein', Buffer.from('SodiumChloride'), { N: 16384, r: 8, p: 1 });
    expect(derived.toString('hex')).toBe('7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2');
  });
});
