import type { Clue } from '../domain/finding.js';
import type { Rule } from '../domain/rule.js';

/** One candidate as a reader sees it. Everything in it is an attacker's: it may be long, cut short, or made to mislead. */
export interface Sight {
  readonly rule: Pick<Rule, 'id' | 'vendor' | 'kind'>;
  /** The secret, canonical: without quotes, escapes and wrapping. */
  readonly secret: string;
  /** All that the rule matched, and the candidates that belong to it (an access key id beside its secret), one a line. */
  readonly text: string;
  /** What stands before and after it, some thousand characters. */
  readonly around: string;
  readonly path: string | null;
  /** The instant of the scan: what has expired by then is moot. */
  readonly at: Date;
}

/**
 * Reads what a credential says about whose it is, offline and without doubt about the decoding: what is not certain is left out.
 *
 * A reader is pure and sync, its work is bounded whatever it is given, and it says nothing of what it cannot read. It never puts
 * a secret, or a part of one, into a clue.
 */
export interface Reader {
  readonly name: string;
  /** Undefined or nothing where this is not what the reader knows. */
  readonly read: (sight: Sight) => readonly Clue[] | undefined;
}

/** More than any token, key or certificate that names its holder takes. */
export const MAX_READ_CHARACTERS = 65_536;

/** Longest fact: names of things are shorter, and a report is no place for more. */
const MAX_FACT_CHARACTERS = 512;

/** A clue without the facts that are not there: a name is told as it is, shortened, and without control characters. */
export function clueOf(
  from: string,
  words: string,
  facts: Readonly<Record<string, string | number | null | undefined>>,
  moot?: string | null,
): Clue {
  const known = Object.entries(facts).flatMap(([name, value]) => {
    const text = value === null || value === undefined ? '' : plain(String(value));
    return text === '' ? [] : [[name, text] as const];
  });
  return { from, words: plain(words), facts: Object.fromEntries(known), ...(moot ? { moot } : {}) };
}

/** Host names and addresses are the same in whatever case, with or without a dot at the end (RFC 4343, RFC 1034 §3.1). */
export function normalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

/** `key=value` parts said in one list: facts that make words, without those that are not there. */
export function sentence(...parts: readonly (string | false | null | undefined)[]): string {
  return parts.filter((part) => typeof part === 'string' && part !== '').join(' ');
}

export function expired(at: Date, expiresAt: Date | null | undefined): string | undefined {
  if (!expiresAt || Number.isNaN(expiresAt.getTime()) || expiresAt > at) return undefined;
  return `expired on ${expiresAt.toISOString().slice(0, 10)}`;
}

/** Reads JSON of a bounded length and depth, or gives undefined: `JSON.parse` itself recurses, and throws with what it read. */
export function readJson(text: string): unknown {
  if (text.length > MAX_READ_CHARACTERS || nesting(text) > 64) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Text or a number as text; undefined for everything else. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Names come from files that an attacker may have written: nothing in them moves a terminal's cursor or turns its text. */
function plain(text: string): string {
  const cut = text.length > MAX_FACT_CHARACTERS ? `${text.slice(0, MAX_FACT_CHARACTERS)}…` : text;
  return cut.replaceAll(CONTROL, ' ').trim();
}

/** An upper bound: brackets within texts count, too. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charCodeAt(index);
    if (letter === 0x5b || letter === 0x7b) deepest = Math.max(deepest, (depth += 1));
    else if (letter === 0x5d || letter === 0x7d) depth -= 1;
  }
  return deepest;
}
