import { describe, expect, it } from '@jest/globals';
import { inPlace, judge } from '../../../src/discovery/domain/bands.js';
import { isChosen } from '../../../src/discovery/domain/chosen.js';
import { composites } from '../../../src/discovery/domain/composites.js';
import { placeholder, samplePlace } from '../../../src/discovery/domain/context.js';
import { utf16 } from '../../../src/discovery/domain/decoders/index.js';
import { entropyOf, leastEntropy } from '../../../src/discovery/domain/entropy.js';
import { canonicalSecret, fingerprintOf, innerDigest, lastFourOf } from '../../../src/discovery/domain/fingerprint.js';
import { BASE62, chars, LOWER_HEX } from '../../../src/discovery/domain/grammar.js';
import { withoutOverlaps } from '../../../src/discovery/domain/overlaps.js';
import { wordiness } from '../../../src/discovery/domain/wordiness.js';
import { assigned } from '../../../src/discovery/rules/family.js';
import { rule, seeded, TOKEN } from './made-rules.js';

const chance = seeded(11);
const random = chars(BASE62, 32).make(chance);

describe('chance', () => {
  it('is seen in what is made by chance, of whatever length and alphabet', () => {
    for (const grammar of [chars(BASE62, 16), chars(BASE62, 40), chars(LOWER_HEX, 32), chars(LOWER_HEX, 64)]) {
      const low = Array.from({ length: 2000 }, () => grammar.make(chance)).filter(
        (text) => entropyOf(text) < leastEntropy(text),
      );
      expect(low.length).toBeLessThanOrEqual(2);
    }
  });

  it.each(['my_service_password', 'correcthorsebatterystaple', 'administrator', 'SuperSecretValue'])(
    'is not seen in words: %s',
    (text) => expect(wordiness(text)).toBeGreaterThan(0.6),
  );

  it('is not taken for words', () => {
    const wordy = Array.from({ length: 500 }, () => chars(BASE62, 24).make(chance)).filter(
      (text) => wordiness(text) > 0.6,
    );
    expect(wordy).toEqual([]);
  });
});

describe('a choice', () => {
  it.each([
    'Summer2023!',
    'ilovecats99',
    'Toyota-Supra94',
    'P@ssw0rd123',
    'Liverpool8',
    'postgres123',
    'MyDog#Rex',
    'Toyota13*',
    'Stinky-Unshaken7-Quartet-Copper',
    'harley.chelsea.whiskey.superman6',
  ])('is seen in %s', (text) => expect(isChosen(text)).toBe(true));

  it.each([
    'correcthorsebatterystaple',
    'spacing-400',
    'bert-base-2',
    'auth_token_v2',
    'newPassword1',
    '#password-input',
    'user.form.label',
    'getPassword()',
    'scram-sha-256',
    'char*',
    'orders-prod-cluster-2',
    'my-app-eu-west-v2',
    'one-two3-four5-seven',
  ])('is not seen in %s', (text) => expect(isChosen(text)).toBe(false));
});

describe('a placeholder', () => {
  it.each([
    'AKIAIOSFODNN7EXAMPLE',
    'your-token-here',
    '${ACME_TOKEN}',
    '{{ token }}',
    '<token>',
    'changeme',
    'xxxxxxxxxxxx',
    'abcabcabcabc',
    'acme_0123456789abcdef',
    'process.env.TOKEN',
    'fakeKeyForTests',
    'acme-dummy-4fQ9rT2mZx7LbW1pKd83',
    'https://%s/hook',
    '#{token}',
    '$TOKEN',
    "$config['secret']",
    'cGFzc3dvcmQ=',
    'ZXhhbXBsZS1hcHAtc2VjcmV0',
  ])('is known: %s', (text) => expect(placeholder(text)).toBeDefined());

  it('is not seen in what is made by chance', () => {
    const taken = Array.from({ length: 2000 }, () => chars(BASE62, 36).make(chance)).filter((text) =>
      placeholder(text),
    );
    expect(taken.length).toBeLessThanOrEqual(2);
  });

  it.each([
    'k3Tq9ZfAkEw71LmPzR5xYb82VdNc4hGs',
    'R7wXxXx2mKq81LfZtPn5yBb93VdHc6jGs',
    'p&9%s!k2#v@7mz^q4(w8)x1+t5=r3*y6',
    '$kf8(2m#q9z!w7^x4&v1%t5)r3=y6*p0',
    '@n4&k9(z2!m7^q5)w8#x1%v3+t6=r0*y',
  ])('is not seen within what is long and made by chance: %s', (text) => expect(placeholder(text)).toBeUndefined());

  it.each([
    ['test/unit/a.js', true],
    ['src/thing.spec.ts', true],
    ['docs/guide.md', true],
    ['README.md', true],
    ['spec/fixtures/files/key.pem', true],
    ['.env.example', true],
    ['modules/lb/test-fixtures/lb.key', true],
    ['src/app.ts', false],
    ['config/latest.yaml', false],
    ['deploy/contest.sh', false],
  ])('is expected in %s: %s', (path, expected) => expect(samplePlace(path) !== undefined).toBe(expected));
});

describe('a band', () => {
  it('is high for what its vendor documents', () => {
    expect(judge(TOKEN, random, random, []).band).toBe('high');
  });

  it('is low for a public part that is told of alone', () => {
    expect(judge({ ...TOKEN, told: true }, random, random, []).band).toBe('low');
  });

  it('is medium for what was only seen', () => {
    expect(judge({ ...TOKEN, basis: 'observed' }, random, random, []).band).toBe('medium');
  });

  it.each([
    ['wrong check digits', { genuine: () => false }, random],
    ['a placeholder', {}, 'your-token-here'],
    ['little chance', {}, 'aaaaabbbbbaaaaabbbbbaaaaaccccc'],
    ['words, and only a name', { basis: 'generic' as const }, 'my_service_password'],
    ['a few characters, and only a name', { basis: 'generic' as const }, 'x7Kq2'],
    [
      'words under a vendor’s name',
      { shape: assigned(['acme_key'], chars(BASE62, 30)), entropy: 2 },
      'transformedAccessKeySecretAuth',
    ],
  ])('is low for %s', (_, more, text) => {
    expect(judge({ ...TOKEN, ...more }, text, text, []).band).toBe('low');
  });

  it('is medium for a password that a person chose, and low for a token of words', () => {
    const generic = { ...TOKEN, basis: 'generic' as const };
    expect(judge({ ...generic, kind: 'password' }, 'ilovecats99', 'ilovecats99', []).band).toBe('medium');
    expect(judge({ ...generic, kind: 'password' }, 'hunter2', 'hunter2', []).band).toBe('medium');
    expect(judge(generic, 'ilovecats99', 'ilovecats99', []).band).toBe('low');
  });

  it('is high for a key whose public part was read, though its file repeats itself as every OpenSSH container does', () => {
    const [rule, text] = [
      { ...TOKEN, kind: 'private-key' as const },
      'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB',
    ];
    const clue = { from: 'ssh-key', words: 'a key', facts: { sshSha256: 'SHA256:a' } };
    expect([[clue], []].map((clues) => judge(rule, text, text, clues).band)).toEqual(['high', 'low']);
  });

  it('is low for what says itself that it cannot be used', () => {
    const clue = { from: 'jwt', words: 'a session', facts: {}, moot: 'expired on 2020-01-01' };
    expect(judge(TOKEN, random, random, [clue])).toEqual({
      band: 'low',
      because: ['It cannot be used: expired on 2020-01-01.'],
    });
  });

  it('is low among tests, with the reason beside the former', () => {
    const { band, because } = inPlace(judge(TOKEN, random, random, []), 'test/a.ts');
    expect([band, because.length]).toEqual(['low', 2]);
  });
});

describe('a fingerprint', () => {
  const key = Buffer.alloc(32, 7);
  const of = (text: string) => fingerprintOf(key, innerDigest(canonicalSecret(text)));
  const pem = '-----BEGIN X-----\nMIIabc\nMIIdef\n-----END X-----';

  it.each([
    ['quotes', `"${random}"`, random],
    ['white space', ` ${random}\r\n`, random],
    ['ends of lines', pem.replaceAll('\n', '\r\n'), pem],
    ['escaped ends of lines', pem.replaceAll('\n', '\\n'), pem],
    ['doubly escaped ends of lines', pem.replaceAll('\n', '\\\\n'), pem],
    ['indentation', pem.replaceAll('\n', '\n    '), pem],
    ['quoted lines that are added up', pem.replaceAll('\n', '\\n" +\n  "'), pem],
  ])('is the same whatever the %s', (_, one, other) => expect(of(one)).toBe(of(other)));

  it('depends on the key', () => {
    expect(fingerprintOf(Buffer.alloc(32, 8), innerDigest(random))).not.toBe(of(random));
  });

  it('is that of the registered keys: HMAC-SHA-256 over SHA-256', () => {
    expect(fingerprintOf(Buffer.alloc(32), innerDigest('abc'))).toBe(
      '0b18f2bc0fb546053597876e4b0fbe81378ec3ebeb5f811cec8fbba0b66497fa',
    );
  });

  it.each([
    ['token' as const, random, random.slice(-4)],
    ['password' as const, random, null],
    ['private-key' as const, pem, null],
    ['token' as const, 'short', null],
    ['token' as const, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaa', null],
  ])('shows of a %s the last four only where they give nothing away', (kind, text, expected) => {
    expect(lastFourOf(kind, text)).toBe(expected);
  });
});

describe('candidates', () => {
  const at = (id: string, start: number, end: number, more = {}) => ({
    rule: rule(id, TOKEN.shape, more),
    start,
    end,
    secretStart: start,
    secretEnd: end,
  });
  const ids = (all: readonly { rule: { id: string } }[]) => all.map(({ rule: { id } }) => id);

  it('that overlap are one: by the vendor before by the name, the longer before the shorter', () => {
    const generic = at('generic', 0, 50, { basis: 'generic' });
    expect(ids(withoutOverlaps([generic, at('short', 10, 20), at('long', 12, 30), at('other', 60, 70)]))).toEqual([
      'long',
      'other',
    ]);
  });

  it('that belong together are one finding with its parts, of several the nearest', () => {
    const secret = at('secret', 100, 140, { completes: ['id'] });
    const all = [at('id', 10, 30, { public: true }), at('id', 80, 99, { public: true }), secret];
    expect(composites(all)).toEqual([{ candidate: secret, parts: [all[1]] }]);
  });

  it('that are public and belong to nothing are none', () => {
    expect(composites([at('id', 0, 9, { public: true })])).toEqual([]);
  });

  it('that are public and told of alone are one where they belong to nothing, and a part where they do', () => {
    const id = at('id', 0, 9, { public: true, told: true });
    const secret = at('secret', 20, 60, { completes: ['id'] });
    expect(composites([id]).map(({ candidate }) => candidate)).toEqual([id]);
    expect(composites([id, secret]).map(({ candidate }) => candidate)).toEqual([secret]);
  });

  it('far apart do not belong together', () => {
    const all = [at('id', 0, 9, { public: true }), at('secret', 5000, 5040, { completes: ['id'] })];
    expect(composites(all).map(({ parts }) => parts)).toEqual([[]]);
  });
});

describe('UTF-16', () => {
  const text = 'key = "naïve"\n'.repeat(10);
  it.each([
    ['with its mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['from the most significant byte on, with its mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['without a mark', Buffer.from(text.replaceAll('ï', 'i'), 'utf16le')],
  ])('is read %s', (_, bytes) => {
    expect(utf16(bytes)?.toString().replaceAll('ï', 'i')).toBe(text.replaceAll('ï', 'i'));
  });

  it('is not seen in what is binary', () => {
    expect(utf16(Buffer.from(Array.from({ length: 512 }, (_, index) => index % 7)))).toBeUndefined();
  });
});
