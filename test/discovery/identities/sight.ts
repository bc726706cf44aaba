import type { Clue } from '../../../src/discovery/domain/finding.js';
import { readClues, type Sight } from '../../../src/discovery/identities/index.js';

/** The scan of these tests happens at this instant. */
export const AT = new Date('2026-11-22T00:00:00Z');

/** What is said of a secret, in whatever surroundings. */
export function cluesOf(secret: string, around: Partial<Sight> & { readonly vendor?: string } = {}): readonly Clue[] {
  const { vendor = 'none', ...rest } = around;
  const rule = { id: 'any', vendor, kind: 'token' as const };
  return readClues({ rule, secret, text: secret, around: secret, path: null, at: AT, ...rest });
}

/** The one clue of a reader. */
export function clueOf(from: string, clues: readonly Clue[]): Clue {
  const found = clues.filter((clue) => clue.from === from);
  if (found.length !== 1) throw new Error(`expected one clue of ${from}: ${JSON.stringify(clues)}`);
  return found[0]!;
}

export function factsOf(from: string, clues: readonly Clue[]): Readonly<Record<string, string>> {
  return clueOf(from, clues).facts;
}

/** Letters of an alphabet, the same for the same seed: looks made by chance, and is none. */
export function letters(alphabet: string, length: number, seed = 1): string {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return alphabet[(state >> 8) % alphabet.length];
  }).join('');
}

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
export const HEX = '0123456789abcdef';

export function base64(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
}

export function base64url(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}
