import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { judge } from '../../src/discovery/domain/bands.js';
import type { Candidate } from '../../src/discovery/domain/candidate.js';
import type { Chance } from '../../src/discovery/domain/grammar.js';
import { withoutOverlaps } from '../../src/discovery/domain/overlaps.js';
import type { Rule } from '../../src/discovery/domain/rule.js';
import { compileRules } from '../../src/discovery/domain/rule-set.js';
import { RULES } from '../../src/discovery/rules/index.js';
import { Engine } from '../../src/discovery/scan/engine.js';
import { seeded } from './history-texts.js';
import { rulesPage } from './rules-page.js';

const engine = new Engine(compileRules(RULES));
const NOWHERE = { before: '', after: '', path: null };
const EXAMPLES = 8;

/** What the grammar makes, and the rule does not leave. */
function exampleOf(rule: Rule, chance: Chance): string {
  for (let tries = 0; tries < 200; tries++) {
    const made = rule.shape.grammar.make(chance);
    if (!rule.unless?.(made, NOWHERE)) return made;
  }
  throw new Error(`${rule.id} leaves what its own grammar makes.`);
}

function secretOf(rule: Rule, text: string): string {
  return text.slice(...(rule.secret?.(text) ?? [0, text.length]));
}

/** As it is written where such a thing stands: each is a whole file. */
function surroundings(rule: Rule, text: string): string[] {
  if (rule.shape.at !== 'assigned')
    return [
      `\nconst value = "${text}";\nrun(value);\n`,
      `{ "items": 3, "value": "${text}", "next": null }\n`,
      `service:\n  value: ${text}\n  replicas: 2\n`,
      `curl https://host.example/ -H 'X-Value: ${text}'\n`,
      `first line\n${text}\nlast line\n`,
      `the end of the file is\n${text}`,
    ];
  const name = rule.shape.names[0]!;
  const camel = name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return [
    `export ${name.toUpperCase()}="${text}"\nexport NEXT=1\n`,
    `{ "items": 3, "${name}": "${text}", "next": null }\n`,
    `service:\n  ${name.replaceAll('_', '-')}: '${text}'\n  replicas: 2\n`,
    `const ${camel} = '${text}';\n`,
    `first line\n${name} = "${text}"`,
  ];
}

function candidatesIn(text: string): Candidate[] {
  return withoutOverlaps(engine.match(Buffer.from(text, 'latin1'), null).candidates);
}

function foundIn(text: string): { readonly rule: Rule; readonly secret: string; readonly matched: string }[] {
  return candidatesIn(text).map(({ rule, start, end, secretStart, secretEnd }) => ({
    rule,
    secret: text.slice(secretStart, secretEnd),
    matched: text.slice(start, end),
  }));
}

/** What may stand in another's place: a guess by its name, and what is shown only beside its secret. */
function isAnothers({ rule }: { readonly rule: Rule }, own: Rule): boolean {
  return rule.vendor !== own.vendor && rule.basis !== 'generic' && rule.public !== true;
}

describe('the rules', () => {
  it('are at least three hundred and fifty, at least a hundred and fifty of them by their vendors’ own pages', () => {
    expect(RULES.length).toBeGreaterThanOrEqual(350);
    expect(RULES.filter(({ basis }) => basis === 'documented').length).toBeGreaterThanOrEqual(150);
  });

  it('have names of their own', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    for (const { id } of RULES) expect(id).toMatch(/^[0-9a-z]+(?:-[0-9a-z]+)*$/);
  });

  it('name the page that says so', () => {
    for (const { page } of RULES) expect(page).toMatch(/^https:\/\/[^/ ]+\.[a-z]+(?:\/\S*)?$/);
  });

  it('complete only rules that there are', () => {
    const ids = new Set(RULES.map(({ id }) => id));
    for (const { completes = [] } of RULES) for (const id of completes) expect(ids).toContain(id);
  });

  it('bound every repetition', () => {
    for (const { shape } of RULES)
      expect(shape.grammar.source).not.toMatch(/(?<!\\)(?:[*+]|\{\d+,\})(?![^[]*(?<!\\)\])/);
  });

  it('are listed in docs/guides/scan-rules.md as they are now: npm run rules', () => {
    const written = readFileSync(new URL('../../docs/guides/scan-rules.md', import.meta.url), 'utf8');
    expect(written).toBe(rulesPage(RULES));
  });
});

describe.each(RULES.map((rule) => ({ id: rule.id, rule })))('$id', ({ id, rule }) => {
  const examples = () => {
    const chance = seeded(crc32(id));
    return Array.from({ length: EXAMPLES }, () => exampleOf(rule, chance));
  };

  it('finds what its grammar makes, wherever that stands, and no other vendor’s rule does', () => {
    for (const text of examples())
      for (const file of surroundings(rule, text)) {
        const found = foundIn(file);
        const own = found.filter((one) => one.rule === rule || one.rule.basis === rule.basis);
        expect({ file, secrets: own.map(({ secret }) => secret) }).toEqual({
          file,
          secrets: expect.arrayContaining([secretOf(rule, text)]),
        });
        expect({ file, others: found.filter((one) => isAnothers(one, rule)).map((one) => one.rule.id) }).toEqual({
          file,
          others: [],
        });
      }
  });

  it('believes what is made by chance', () => {
    if (rule.basis === 'generic') return;
    for (const text of examples()) {
      if (rule.sample?.(text)) continue;
      const verdict = judge(rule, text, secretOf(rule, text), []);
      expect({ text, band: verdict.band }).toEqual({
        text,
        band: rule.told ? 'low' : rule.basis === 'documented' || rule.genuine ? 'high' : 'medium',
      });
    }
  });

  it('leaves what is nearly it', () => {
    for (const text of examples())
      for (const [change, near] of nearMisses(rule, text)) {
        const file = rule.shape.at === 'assigned' ? `${rule.shape.names[0]} = "${near}"\n` : `value = "${near}"\n`;
        const believed = foundIn(file).filter(
          (found) => found.rule === rule && judge(rule, found.matched, found.secret, []).band === 'high',
        );
        expect({ change, file, believed: believed.map(({ matched }) => matched) }).toEqual({
          change,
          file,
          believed: [],
        });
      }
  });
});

/** One change each, which makes something that the grammar does not describe. */
function nearMisses(rule: Rule, text: string): [change: string, text: string][] {
  if (rule.basis === 'generic' || rule.kind === 'connection-string') return [];
  const { shape, genuine } = rule;
  const { source, shortest, longest, heads } = shape.grammar;
  const whole = new RegExp(`^(?:${source})(?![0-9A-Za-z_])`);
  const misses: [string, string][] = [];
  if (shape.at === 'token' && !shape.glued)
    misses.push(['glued to a word', `x${text}`], ['glued to a name', `my_${text}`]);
  if (text.length === shortest && shape.at !== 'around') misses.push(['one character short', text.slice(0, -1)]);
  if (text.length === longest && /[0-9A-Za-z]$/.test(text)) misses.push(['one character long', `${text}a`]);
  const head = heads.find((one) => text.startsWith(one)) ?? '';
  const middle = head.length + Math.floor((text.length - head.length) / 2);
  if (shortest === longest && shape.at !== 'around')
    misses.push(['a wrong character', `${text.slice(0, middle)}\u00b6${text.slice(middle + 1)}`]);
  if (genuine) {
    const last = text.at(-1) === '0' ? '1' : '0';
    return [...misses, ['wrong check digits', text.slice(0, -1) + last]];
  }
  return misses.filter(([, near]) => near.startsWith('x') || near.startsWith('my_') || !whole.test(near));
}
