import { describe, expect, it } from '@jest/globals';
import { Refusal } from './refusal.js';
import { strictJsonObject } from './strict-json.js';

function reasonOf(bytes: Uint8Array): string {
  try {
    strictJsonObject(bytes, 'claims_malformed');
    return 'accepted';
  } catch (error) {
    return error instanceof Refusal ? error.reason : String(error);
  }
}

describe('the JSON of a token', () => {
  it('is read as JSON.parse reads it', () => {
    const text = '{"a":"x\\"{:","b":[1,{"a":2}],"c":{"a":null}, "d" : -0.5e2, "é":"😀"}';
    expect(strictJsonObject(Buffer.from(text), 'claims_malformed')).toEqual(JSON.parse(text));
  });

  it.each([
    ['a member twice', '{"sub":"a","sub":"b"}'],
    ['a member twice, once escaped', '{"sub":"a","\\u0073ub":"b"}'],
    ['a member twice deep inside', '{"a":[{"b":{"c":1,"d":2,"c":1}}]}'],
    ['a member twice, spaces before the colon', '{"sub" : "a", "sub"\n:\t"b"}'],
  ])('refuses %s (RFC 7519 §4)', (_what, text) => {
    expect(reasonOf(Buffer.from(text))).toBe('duplicate_member');
  });

  it.each([
    ['no JSON', '{'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"a"'],
    ['something behind it', '{}x'],
    ['a byte order mark', '\ufeff{}'],
    ['a lone surrogate', '{"a":"\\ud800"}'],
    ['U+0000', '{"a":"\\u0000"}'],
    ['U+0000 in a name', '{"\\u0000":1}'],
    ['an infinite number', '{"a":1e999}'],
    ['__proto__', '{"__proto__":{"a":1}}'],
    ['13 levels', `{"a":${'['.repeat(12)}${']'.repeat(12)}}`],
    ['257 members', `{"a":[${'1,'.repeat(256)}1]}`],
  ])('refuses %s', (_what, text) => {
    expect(reasonOf(Buffer.from(text))).toBe('claims_malformed');
  });

  it('refuses what is not UTF-8', () => {
    expect(reasonOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toBe('claims_malformed');
  });

  it('keeps the text out of the refusal', () => {
    try {
      strictJsonObject(Buffer.from('{"password": hunter2}'), 'claims_malformed');
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
      expect((error as Error).cause).toBeUndefined();
    }
    expect.assertions(2);
  });
});
