import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { malformed, readDer, readDerTree } from './reader.js';
import { encodeTime, timeValue } from './time.js';
import { booleanValue, integerBytes, namedBits, oidText } from './values.js';
import { encode, namedBitList, oid, sequence, unsignedInteger } from './writer.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const DER_MALFORMED = expect.objectContaining({ code: malformed('').code });

describe('DER', () => {
  it('reads back whatever it writes, of every length', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536])
      expect(readDer(encode(0x04, Buffer.alloc(length))).content).toHaveLength(length);
  });

  it('writes integers in the fewest octets and reads them back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 24 }), (magnitude) => {
        const read = integerBytes(readDer(unsignedInteger(magnitude))).toString('hex');
        expect(BigInt(`0x${read}`)).toBe(BigInt(`0x${Buffer.from(magnitude).toString('hex')}`));
      }),
    );
  });

  it('writes object identifiers and reads them back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { maxLength: 6 }), (arcs) => {
        const dotted = ['1.3', ...arcs].join('.');
        expect(oidText(readDer(oid(dotted)))).toBe(dotted);
      }),
    );
  });

  it('writes named bits without trailing zeros and reads them back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1 }), (bits) => {
        expect([...namedBits(readDer(namedBitList(bits)))].toSorted()).toEqual(bits.toSorted());
      }),
    );
  });

  it('writes UTCTime through 2049 and GeneralizedTime after (RFC 5280 §4.1.2.5)', () => {
    expect(encodeTime(new Date('2049-12-31T23:59:59Z')).toString('latin1').slice(2)).toBe('491231235959Z');
    expect(encodeTime(new Date('2050-01-01T00:00:00Z')).toString('latin1').slice(2)).toBe('20500101000000Z');
    for (const text of ['1950-01-01T00:00:00Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'])
      expect(timeValue(readDer(encodeTime(new Date(text))))).toEqual(new Date(text));
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '30'],
    ['an indefinite length (X.690 §10.1)', '30 80 00 00'],
    ['a long length below 128 (X.690 §10.1)', '04 81 01 00'],
    ['a length with a leading zero (X.690 §10.1)', `04 82 00 80 ${'00'.repeat(128)}`],
    ['a length of four octets', '04 84 00 00 00 01 00'],
    ['a length past the end', '04 02 00'],
    ['bytes after the value', '05 00 00'],
    ['a tag number of two octets', '1f 21 00'],
    ['an end of contents', '00 00'],
  ])('refuses %s', (_name, bytes) => expect(() => readDer(hex(bytes))).toThrow(DER_MALFORMED));

  it.each([
    ['an empty integer', integerBytes, '02 00'],
    ['an integer with a redundant zero (X.690 §8.3.2)', integerBytes, '02 02 00 7f'],
    ['an integer with redundant ones (X.690 §8.3.2)', integerBytes, '02 02 ff 80'],
    ['a boolean of 0x01 (X.690 §11.1)', booleanValue, '01 01 01'],
    ['an object identifier that goes on', oidText, '06 02 2a 86'],
    ['an object identifier with a padded arc (X.690 §8.19.2)', oidText, '06 03 2a 80 01'],
    ['bits that end in zeros (X.690 §11.2.2)', namedBits, '03 02 00 80'],
    ['bits set among the unused (X.690 §11.2.1)', namedBits, '03 02 04 08'],
    ['eight unused bits', namedBits, '03 02 08 80'],
    ['a UTCTime without seconds', timeValue, `17 0b ${Buffer.from('2501010000Z').toString('hex')}`],
    ['a UTCTime of another zone', timeValue, `17 11 ${Buffer.from('250101000000+0100').toString('hex')}`],
    ['the thirtieth of February', timeValue, `17 0d ${Buffer.from('250230000000Z').toString('hex')}`],
    ['a GeneralizedTime with a fraction', timeValue, `18 11 ${Buffer.from('20250101000000.5Z').toString('hex')}`],
  ])('refuses %s', (_name, read, bytes) => expect(() => read(readDer(hex(bytes)))).toThrow(DER_MALFORMED));

  it('refuses values nested deeper than anything we read', () => {
    let value = sequence();
    for (let depth = 0; depth < 25; depth += 1) value = sequence(value);
    expect(() => readDerTree(value)).toThrow(DER_MALFORMED);
  });
});
