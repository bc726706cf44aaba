import { describe, expect, it } from '@jest/globals';
import { maskedEmail, normalEmail } from './email.js';

describe('an e-mail address', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ['ada+bots@sub.example.com', 'ada+bots@sub.example.com'],
    ['andre\u0301@example.com', 'andr\u00e9@example.com'],
    ['root@localhost', 'root@localhost'],
  ])('%j is compared as %j', (typed, normal) => {
    expect(normalEmail(typed)).toBe(normal);
  });

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@example..com',
    'ada@-example.com',
    'ada@example.com.',
    'ada lovelace@example.com',
    'ada@b@example.com',
    '"ada"@example.com',
    'Ada <ada@example.com>',
    'ada@exa\u200bmple.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.com`,
    `ada@${'a.'.repeat(130)}com`,
  ])('%j is refused', (typed) => {
    expect(() => normalEmail(typed)).toThrow(expect.objectContaining({ code: 'email_invalid' }));
  });

  it('is masked to its first letter and its domain', () => {
    expect(maskedEmail('ada.lovelace@example.com')).toBe('a…@example.com');
  });
});
