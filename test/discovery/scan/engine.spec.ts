import { describe, expect, it } from '@jest/globals';
import type { Keyword } from '../../../src/discovery/domain/keyword.js';
import { nameKeywords } from '../../../src/discovery/domain/keyword.js';
import { RULES } from '../../../src/discovery/rules/index.js';
import { compileRules, Engine, planRules, type Rule } from '../../../src/discovery/scanner.js';
import { AROUND, ASSIGNED, rule, seeded, SHORT, TOKEN } from './made-rules.js';

const ALL: readonly Rule[] = [TOKEN, SHORT, ASSIGNED, AROUND];
const chance = seeded(7);
/** In how many ways a name is given its value. */
const GIVEN = [
  ...[
    '',
    ' ',
    '=',
    ' = ',
    ': ',
    ' => ',
    '="',
    '\\":\\"',
    '\n  value: ',
    '">',
    '->',
    ', ',
    '([',
    ' : str = "',
    ' || "',
    "'] = '",
    '", "value": "',
    '" value="',
    ", default='",
    '</key>\n  <string>',
    '" {\n  type = string\n  default = "',
    ': &\'static str = "',
    '[32] = "',
    ' As String = "',
    '\u00f1a = ',
  ],
  ...['=b"', '=get("', ': Bearer ', ' ?= ', '=%22', ' -- ', '??=', '=\n\n  "', ' := os.Get("'],
];

/** Which rules match where: `id start-end`. */
function matches(rules: readonly Rule[], text: string): string[] {
  return new Engine(compileRules(rules))
    .match(Buffer.from(text, 'latin1'), null)
    .candidates.map(({ rule: { id }, secretStart, secretEnd }) => `${id} ${secretStart}-${secretEnd}`);
}

describe('the engine', () => {
  it('finds a credential wherever it stands: every distance from the beginning, also the very first and last byte', () => {
    const engine = new Engine(compileRules(ALL));
    const misses: string[] = [];
    for (const made of ALL)
      for (let before = 0; before < 40; before++) {
        const value = made.shape.grammar.make(chance);
        const prefix = `${'.'.repeat(before)}${made === ASSIGNED ? 'acme_api_key=' : ''}`;
        const { candidates } = engine.match(Buffer.from(prefix + value), null);
        const found = candidates.some(
          (one) =>
            one.rule === made && one.secretStart === prefix.length && one.secretEnd === prefix.length + value.length,
        );
        if (!found) misses.push(`${made.id} after ${before}`);
      }
    expect(misses).toEqual([]);
  });

  it('finds the same where it looks at what follows a keyword first, and where it tries every rule', () => {
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(chance() * values.length)]!;
    const named = ({ shape }: Rule) => {
      if (shape.at !== 'assigned') return '';
      const name = pick(shape.names)
        .split('_')
        .join(pick(['_', '-', '.', '', ' ']));
      return pick(['', '--', 'MY_']) + pick([name, name.toUpperCase()]) + pick(GIVEN);
    };
    const engines = [true, false].map((isChecked) => new Engine(compileRules(RULES, planRules(RULES, isChecked))));
    for (const one of RULES) {
      const text =
        pick(['', ' ', '"', 'my_', '\n']) + named(one) + one.shape.grammar.make(chance) + pick(['', '"', '\n', '.x']);
      const at = Math.floor(chance() * text.length);
      const changed = text.slice(0, at) + pick(['', '%41', '\\/', ' ', '@', '\n', 'é']) + text.slice(at + 1);
      for (const file of [text, changed]) {
        const [first, second] = engines.map((engine) => {
          const { candidates, wrapped } = engine.match(Buffer.from(file), null);
          return { file, candidates, wrapped };
        });
        expect(first).toEqual(second);
      }
    }
  });

  it('finds the same in every version of a file, whatever it remembers of the lines of those before', () => {
    const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(chance() * values.length)]!;
    const piece = (): string => {
      const { shape } = pick(RULES);
      const name = shape.at === 'assigned' ? pick(shape.names) : pick(['x', 'my_', '%3D', '\\x']);
      return pick([
        name,
        name + pick(GIVEN),
        shape.grammar.make(chance),
        name + pick(GIVEN) + shape.grammar.make(chance),
      ]);
    };
    const [forgetful, remembering] = [0, 1].map(() => new Engine(compileRules(RULES)));
    remembering!.rememberLines();
    let lines = Array.from({ length: 60 }, () => piece());
    let found = 0;
    for (let version = 0; version < 150; version++) {
      const at = Math.floor(chance() * lines.length);
      const change = pick([
        [],
        [piece()],
        ['', '  value: ' + piece()],
        [lines[at]!, pick(['', '"'])],
        [' '.repeat(2000)],
      ]);
      lines = [...lines.slice(0, at), ...change, ...lines.slice(at + 1)];
      const bytes = Buffer.from(lines.join(pick(['\n', '\n', '\r\n'])), 'latin1');
      const ranges = pick([
        undefined,
        [
          [0, 700],
          [Math.floor(bytes.length / 2), bytes.length],
        ] as const,
      ]);
      const [first, second] = [forgetful!, remembering!].map((engine) => {
        const room = engine.roomFor(bytes.length);
        room.bytes.set(bytes);
        return engine.matchAt(room.at, bytes.length, null, ranges);
      });
      expect(second).toEqual(first);
      found += first!.candidates.length;
    }
    expect(found).toBeGreaterThan(500);
  });

  it.each([
    ['whose next is now its value', 'acme_api_key =', '"$"'],
    ['whose next now says what its value is', '- name: ACME_API_KEY', '  value: $'],
  ])('looks anew at a line %s', (_, line, next) => {
    const engine = new Engine(compileRules(ALL));
    engine.rememberLines();
    const found = [next.replace('$', 'none'), next.replace('$', ASSIGNED.shape.grammar.make(chance))].map((after) => {
      const room = engine.roomFor(200);
      room.bytes.fill(10).write(`one\n${line}\n${after}\n`);
      return engine.matchAt(room.at, 200, null).candidates.length;
    });
    expect(found).toEqual([0, 1]);
  });

  it('finds the same keywords as a naive search, in random bytes full of them', () => {
    const words = ['ab', 'abc', 'bcab', 'acme_', 'caba_ab', 'abababab', 'cme_a'];
    const rules = words.map((word, index) =>
      rule(`word-${index}`, {
        at: 'around',
        literals: [word],
        grammar: { ...TOKEN.shape.grammar, source: word },
        before: 0,
        after: 0,
      }),
    );
    const exactly = (text: string) =>
      words.flatMap((word, index) => {
        const places: string[] = [];
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
          if (!/[0-9A-Za-z]/.test(text.charAt(at - 1)) && !/[0-9A-Za-z_]/.test(text.charAt(at + word.length)))
            places.push(`word-${index} ${at}-${at + word.length}`);
        return places;
      });
    for (let round = 0; round < 50; round++) {
      const text = Array.from({ length: 500 }, () => 'abcme_ .'[Math.floor(chance() * 8)]).join('') + ' ';
      expect(matches(rules, text).sort()).toEqual(exactly(text).sort());
    }
  });

  it.each([false, true])(
    'misses none where more stand than are told of at a time (remembering lines: %s)',
    (remembers) => {
      const rules = ['ab', 'abqzxjk'].map((word, index) =>
        rule(`word-${index}`, {
          ...{ at: 'around' as const, literals: [word], before: 0, after: 0 },
          grammar: { ...TOKEN.shape.grammar, source: word },
        }),
      );
      const engine = new Engine(compileRules(rules));
      if (remembers) engine.rememberLines();
      const bytes = Buffer.from('abqzxjk '.repeat(20_000));
      const room = engine.roomFor(bytes.length);
      room.bytes.set(bytes);
      // The shorter one is told of too, wherever the longer stands, and is no word of its own.
      expect(engine.matchAt(room.at, bytes.length, null).candidates.length).toBe(20_000);
    },
  );

  it('looks for keywords in the given ranges alone, and lets a rule look beyond them', () => {
    const engine = new Engine(compileRules(ALL));
    const value = TOKEN.shape.grammar.make(chance);
    const bytes = Buffer.from(`${value} and ${value}`);
    const room = engine.roomFor(bytes.length);
    room.bytes.set(bytes);
    const { candidates } = engine.matchAt(room.at, bytes.length, null, [[0, 5]]);
    expect(candidates.map(({ start, end }) => [start, end])).toEqual([[0, value.length]]);
  });

  const token = TOKEN.shape.grammar.make(chance);
  it.each([
    ['a letter before', `x${token}`, []],
    ['an underscore before', `_${token}`, []],
    ['the letter of an escape before', `\\n${token}`, ['acme-token 2-39']],
    ['an encoded character before', `%3D${token}`, ['acme-token 3-40']],
    ['an encoded unit before', `\\u003d${token}`, ['acme-token 6-43']],
    ['a letter after', `${token}x`, []],
    ['a full stop after', `${token}.`, ['acme-token 0-37']],
    ['one character too few', token.slice(0, -1), []],
  ])('takes a token with %s for what it is', (_, text, expected) => {
    expect(matches([TOKEN], text)).toEqual(expected);
  });

  const key = ASSIGNED.shape.grammar.make(chance);
  it.each([
    `acme_api_key = "${key}"`,
    `ACME_API_KEY=${key}`,
    `export MY_ACME_API_KEY='${key}'`,
    `acmeApiKey: '${key}',`,
    `"acme-api-key": "${key}"`,
    `\\"acme.api.key\\": \\"${key}\\"`,
    `acme_api_key => '${key}'`,
    `acme_api_key: str = "${key}"`,
    `String acmeApiKey = "${key}";`,
    `const acmeApiKey string = "${key}"`,
    `acme_api_key := b"${key}"`,
    `ENV.fetch("ACME_API_KEY", "${key}")`,
    `process.env.ACME_API_KEY || '${key}'`,
    `setAcmeApiKey("${key}")`,
    `acme_api_key = Buffer.from("${key}")`,
    `<acme.api.key>${key}</acme.api.key>`,
    `tool --acme-api-key ${key} run`,
    `tool --acme-api-key=${key}`,
    `https://example.org/?acme_api_key=${key}&page=2`,
    `acme_api_key: Bearer ${key}`,
    `- name: ACME_API_KEY\n  value: ${key}`,
    `acme_api_key:\n  "${key}"`,
    `{ "key": "acme-api-key", "value": "${key}" }`,
    `<add key="AcmeApiKey" value="${key}" />`,
    `<key>AcmeApiKey</key>\n\t<string>${key}</string>`,
    `<param-name>acme.api.key</param-name><param-value>${key}</param-value>`,
    `parser.add_argument("--acme-api-key", default="${key}")`,
    `variable "acme_api_key" {\n  type    = string\n  default = "${key}"\n}`,
    `pub const ACME_API_KEY: &'static str = "${key}";`,
    `char acme_api_key[64] = "${key}";`,
    `Const AcmeApiKey As String = "${key}"`,
    `first\n  acme_api_key ${key}\nlast`,
    `ENV ACME_API_KEY ${key}`,
    `GH_CLIENT_SECRET=${key}`,
    `ghClientSecret = '${key}'`,
    `client-secret-of-acme = ${key}`,
  ])('finds what a name is given: %s', (text) => {
    const at = text.indexOf(key);
    expect(matches([ASSIGNED], text)).toEqual([`acme-key ${at}-${at + key.length}`]);
  });

  it.each([
    `acme api said ${key}`,
    `the acme_api_key ${key}`,
    `acme_api_key ${key} is it`,
    `acme_api_key client=${key}`,
    `acme_api_key = "${key}0"`,
    `acme_api_key = "${key}/more"`,
    `acme_secret = "${key}"`,
    `acme_api_key == other\nhash = ${key}`,
  ])('leaves what no name is given: %s', (text) => {
    expect(matches([ASSIGNED], text)).toEqual([]);
  });

  it('leaves what a rule says is none, told by its line and path', () => {
    const seen: unknown[] = [];
    const made = rule('acme-token', TOKEN.shape, {
      unless: (text, where) => {
        seen.push({ text, ...where });
        return true;
      },
    });
    const engine = new Engine(compileRules([made]));
    const { candidates } = engine.match(Buffer.from(`first\nbefore ${token} after\nlast`), 'a/b.txt');
    expect(candidates).toEqual([]);
    expect(seen).toEqual([{ text: token, before: 'before ', after: ' after', path: 'a/b.txt' }]);
  });

  it('refuses a rule that nothing gives away', () => {
    const nothing = rule('acme-nothing', { at: 'token', grammar: { ...TOKEN.shape.grammar, heads: [] } });
    expect(() => compileRules([nothing])).toThrow(/acme-nothing has no literal/);
  });
});

describe('the keyword of a name', () => {
  const texts = (name: string) => nameKeywords(name).map(({ keyword }: { keyword: Keyword }) => keyword.text);

  it('is the word that is its own', () => {
    expect(texts('heroku_api_key')).toEqual(['heroku']);
  });

  it('is two words in every way they are joined where all are common', () => {
    expect(texts('client_secret')).toEqual([
      'client_secret',
      'client-secret',
      'client.secret',
      'client secret',
      'clientsecret',
    ]);
  });
});
