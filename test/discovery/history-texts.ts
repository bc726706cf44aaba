import { generateKeyPairSync } from 'node:crypto';
import { RULES } from '../../src/discovery/rules/index.js';
import type { Chance } from '../../src/discovery/domain/grammar.js';

/** Chance that gives the same each time (mulberry32). */
export function seeded(seed: number): Chance {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a rule recognises, made by its grammar. */
export function example(id: string, chance: Chance): string {
  const rule = RULES.find((one) => one.id === id);
  if (!rule) throw new Error(`There is no rule ${id}.`);
  return rule.shape.grammar.make(chance);
}

export function privateKey(): string {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** Lines of no meaning, as code has them. */
export function lines(count: number, chance: Chance): string[] {
  const words = ['return', 'const', 'value', 'index', 'await', 'if', 'name', 'list', 'else', 'map', 'item', 'path'];
  const word = () => words[Math.floor(chance() * words.length)]!;
  return Array.from({ length: count }, () => {
    const number = Math.floor(chance() * 100_000);
    return `  ${word()} ${word()}${number} = ${word()}(${word()}, ${number % 97});`;
  });
}

const TOKENS = RULES.filter(({ shape, public: shown }) => shape.at === 'token' && shown !== true);

/** A line that holds a secret: a vendor's token, or what its name gives away. */
export function secretLine(chance: Chance): string {
  const { shape } = TOKENS[Math.floor(chance() * TOKENS.length)]!;
  return `  token${Math.floor(chance() * 1000)}: "${shape.grammar.make(chance)}",`;
}

/** Versions of a text, each made of the one before by a few edits of lines and of parts of lines. */
export function versions(count: number, chance: Chance, keys: readonly string[]): string[] {
  let text = lines(120, chance);
  const made: string[] = [];
  for (let version = 0; version < count; version++) {
    for (let edits = 1 + Math.floor(chance() * 4); edits > 0; edits--) text = edited(text, chance, keys);
    made.push(text.join('\n') + '\n');
  }
  return made;
}

function edited(text: readonly string[], chance: Chance, keys: readonly string[]): string[] {
  const next = [...text];
  const at = Math.floor(chance() * next.length);
  const kind = Math.floor(chance() * 9);
  if (kind === 0) next.splice(at, 1 + Math.floor(chance() * 5));
  else if (kind === 1) next.splice(at, 0, ...lines(1 + Math.floor(chance() * 3), chance));
  else if (kind === 2) next.splice(at, 0, secretLine(chance));
  else if (kind === 3) next.splice(at, 0, keys[Math.floor(chance() * keys.length)]!);
  else if (kind === 4) next.push(...next.splice(at, 8));
  else if (kind === 5) {
    // A part of a line is cut out: two copies meet within it.
    const line = next[at] ?? '';
    const from = Math.floor(chance() * line.length);
    next[at] = line.slice(0, from) + line.slice(from + Math.floor(chance() * 12));
  } else if (kind === 6) {
    const line = next[at] ?? '';
    const from = Math.floor(chance() * line.length);
    next[at] = line.slice(0, from) + String(Math.floor(chance() * 1000)) + line.slice(from);
  } else if (kind === 7) next.splice(at, 2, (next[at] ?? '') + (next[at + 1] ?? ''));
  else next.length = Math.max(40, next.length - Math.floor(chance() * 10));
  return next;
}
