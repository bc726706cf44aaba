import type { Json } from '../../kernel/index.js';
import { Refusal, type Reason } from './refusal.js';

export type JsonObject = Readonly<Record<string, Json>>;

const MAX_DEPTH = 12;
/** Members of one object, or elements of one array: it bounds what a condition can walk through. */
const MAX_MEMBERS = 256;

/**
 * Reads an attacker's JSON object without any of the leniency that two readers could disagree about.
 *
 * Refused: a member named twice (RFC 7519 §4: reject, or take the last; we reject), text that is not UTF-8, lone
 * surrogates, U+0000, numbers beyond a double, `__proto__`, more than 12 levels, more than 256 members in one place.
 *
 * @param bytes the decoded part of a token; its size was bounded before
 * @param malformed the reason to refuse with when it is not such an object
 * @throws Refusal `duplicate_member`, or the reason given
 */
export function strictJsonObject(bytes: Uint8Array, malformed: Reason): JsonObject {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a secret: it goes no further.
    throw new Refusal(malformed);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Refusal(malformed);
  refuseDuplicates(text, malformed);
  refuseOddities(value as Json, malformed);
  return value as JsonObject;
}

/** Walks over text that is known to be JSON and looks at nothing but which names stand in which object. */
function refuseDuplicates(text: string, malformed: Reason): void {
  const open: (Set<string> | null)[] = [];
  const strings = /"(?:[^"\\]|\\.)*"|[{}[\]]/gsu;
  for (let token = strings.exec(text); token; token = strings.exec(text)) {
    const word = token[0];
    if (word === '{') open.push(new Set());
    else if (word === '[') open.push(null);
    else if (word === '}' || word === ']') open.pop();
    else if (isName(text, strings.lastIndex)) remember(open.at(-1), JSON.parse(word) as string);
    if (open.length > MAX_DEPTH) throw new Refusal(malformed);
  }
}

function isName(text: string, after: number): boolean {
  let at = after;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  return text[at] === ':';
}

function remember(names: Set<string> | null | undefined, name: string): void {
  if (names?.has(name)) throw new Refusal('duplicate_member');
  names?.add(name);
}

function refuseOddities(value: Json, malformed: Reason): void {
  if (typeof value === 'string') {
    if (!value.isWellFormed() || value.includes('\0')) throw new Refusal(malformed);
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Refusal(malformed);
  } else if (typeof value === 'object' && value !== null) {
    const members: readonly [string, Json][] = Object.entries(value as JsonObject);
    if (members.length > MAX_MEMBERS) throw new Refusal(malformed);
    for (const [name, member] of members) {
      if (name === '__proto__' || !name.isWellFormed() || name.includes('\0')) throw new Refusal(malformed);
      refuseOddities(member, malformed);
    }
  }
}
