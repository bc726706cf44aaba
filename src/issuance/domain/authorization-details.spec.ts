import { describe, expect, it } from '@jest/globals';
import { parseAuthorizationDetails } from './authorization-details.js';

const PAYMENT = { type: 'payment_initiation', amount: { currency: 'EUR', value: '12.00' }, actions: ['initiate'] };
const text = (value: unknown) => JSON.stringify(value);
const code = (sent: string): string => {
  try {
    parseAuthorizationDetails(sent);
    return 'read';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
const nested = (depth: number): unknown => (depth === 0 ? 1 : { deeper: nested(depth - 1) });

describe('authorization details (RFC 9396 §2)', () => {
  it('are read as they are', () => {
    expect(parseAuthorizationDetails(text([PAYMENT]))).toEqual([PAYMENT]);
    expect(code(text(Array.from({ length: 10 }, () => PAYMENT)))).toBe('read');
  });

  it.each<[string, string]>([
    ['no JSON', 'payment'],
    ['an object', text(PAYMENT)],
    ['an empty list', '[]'],
    ['eleven', text(Array.from({ length: 11 }, () => PAYMENT))],
    ['something else than objects', text(['payment'])],
    ['a list in the list', text([[PAYMENT]])],
    ['null', '[null]'],
    ['no type', text([{ amount: 1 }])],
    ['a type that is no text', text([{ type: 1 }])],
    ['an empty type', text([{ type: '' }])],
    ['a type of several words', text([{ type: 'pay all' }])],
    ['actions that are no list (§2.2)', text([{ ...PAYMENT, actions: 'initiate' }])],
    ['locations that are no texts (§2.2)', text([{ ...PAYMENT, locations: [1] }])],
    ['an identifier that is no text (§2.2)', text([{ ...PAYMENT, identifier: 7 }])],
    ['a control character', text([{ ...PAYMENT, note: 'a\u0007b' }])],
    ['a mark that turns what is read around', text([{ ...PAYMENT, note: 'pay \u202e00.21' }])],
    ['such a mark in a name', text([{ ...PAYMENT, '\u202eamount': 1 }])],
    ['a lone surrogate', '[{"type":"payment","note":"\\ud800"}]'],
    ['a prototype', '[{"type":"payment","__proto__":{"admin":true}}]'],
    ['a number that is not finite', '[{"type":"payment","amount":1e999}]'],
    ['too deep a nesting', text([{ type: 'payment', ...(nested(9) as object) }])],
    ['more than 8 KiB', text([{ type: 'payment', note: 'x'.repeat(8192) }])],
  ])('are refused with %s', (_name, sent) => {
    expect(code(sent)).toBe('invalid_authorization_details');
  });
});
