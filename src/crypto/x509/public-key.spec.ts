import { describe, expect, it } from '@jest/globals';
import { newKey } from '../../../test/pki/authority.js';
import { TAG } from '../der/tags.js';
import { bitString, encode, NULL, oid, sequence, unsignedInteger } from '../der/writer.js';
import { parsePublicKey } from './public-key.js';

const EC = oid('1.2.840.10045.2.1');
const P256 = oid('1.2.840.10045.3.1.7');
const RSA = sequence(oid('1.2.840.113549.1.1.1'), NULL);
const point = parsePublicKeyBits(newKey('p256').spkiDer);
const odd = (octets: number) => Buffer.alloc(octets, 0xff);
const F4 = Buffer.from('010001', 'hex');

function parsePublicKeyBits(spki: Buffer): Buffer {
  return spki.subarray(-65);
}

function rsa(modulus: Buffer, exponent: Buffer = F4, algorithm: Buffer = RSA): Buffer {
  return sequence(algorithm, bitString(sequence(unsignedInteger(modulus), unsignedInteger(exponent))));
}

const negative = sequence(encode(TAG.integer, Buffer.alloc(256, 0x81)), unsignedInteger(F4));

describe('a public key', () => {
  it.each([
    ['P-256', newKey('p256').spkiDer, 'p256', 256],
    ['P-384', newKey('p384').spkiDer, 'p384', 384],
    ['Ed25519', newKey('ed25519').spkiDer, 'ed25519', 256],
    ['RSA of 2048 bits', rsa(odd(256)), 'rsa', 2048],
    ['RSA of 4096 bits', rsa(odd(512)), 'rsa', 4096],
  ])('may be %s', (_name, spki, kind, bits) => expect(parsePublicKey(spki)).toMatchObject({ kind, bits }));

  it.each<[string, Buffer, string]>([
    ['RSA of 2040 bits', rsa(odd(255)), 'key_too_small'],
    ['RSA of 4104 bits', rsa(odd(513)), 'key_too_large'],
    ['RSA of 2052 bits', rsa(Buffer.concat([Buffer.of(0x0f), odd(256)])), 'key_malformed'],
    ['RSA with an even modulus', rsa(Buffer.concat([odd(255), Buffer.of(0xfe)])), 'key_malformed'],
    ['RSA with a negative modulus', sequence(RSA, bitString(negative)), 'key_malformed'],
    ['RSA with the exponent 3', rsa(odd(256), Buffer.of(3)), 'key_too_small'],
    ['RSA with the exponent 65535', rsa(odd(256), Buffer.from('ffff', 'hex')), 'key_too_small'],
    ['RSA with an even exponent', rsa(odd(256), Buffer.from('010002', 'hex')), 'key_too_small'],
    ['RSA with an exponent of 5 octets', rsa(odd(256), odd(5)), 'key_too_large'],
    [
      'RSA without parameters (RFC 3279 §2.3.1)',
      rsa(odd(256), F4, sequence(oid('1.2.840.113549.1.1.1'))),
      'key_malformed',
    ],
    [
      'a curve given in full (RFC 5480 §2.1.1)',
      sequence(sequence(EC, sequence()), bitString(point)),
      'key_type_refused',
    ],
    [
      'a compressed point',
      sequence(sequence(EC, P256), bitString(Buffer.concat([Buffer.of(2), point.subarray(1, 33)]))),
      'key_malformed',
    ],
    [
      'a point that is too long',
      sequence(sequence(EC, P256), bitString(Buffer.concat([point, Buffer.of(0)]))),
      'key_malformed',
    ],
    ['a curve that is not named', sequence(sequence(EC), bitString(point)), 'key_malformed'],
    ['Ed25519 of 31 bytes', sequence(sequence(oid('1.3.101.112')), bitString(odd(31))), 'key_malformed'],
    [
      'Ed25519 with parameters (RFC 8410 §3)',
      sequence(sequence(oid('1.3.101.112'), NULL), bitString(odd(32))),
      'key_malformed',
    ],
    ['Ed448', sequence(sequence(oid('1.3.101.113')), bitString(odd(57))), 'key_type_refused'],
    ['nothing', Buffer.alloc(0), 'key_malformed'],
  ])('may not be %s', (_name, spki, code) => {
    expect(() => parsePublicKey(spki)).toThrow(expect.objectContaining({ code }));
  });
});
