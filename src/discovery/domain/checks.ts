import { type Narrowing, narrowing } from './narrowing.js';
import type { Rule } from './rule.js';

/**
 * What is looked at behind a keyword, in `wasm/checks.ts`, before anything is tried there: one for each anchor, and each lets through
 * all that its rule could match.
 */
export type Check =
  | { readonly kind: 'none' }
  /** @property from how many bytes of the match the keyword is */
  | { readonly kind: 'token'; readonly rule: Rule; readonly from: number }
  /** @property names in words, those before the keyword and those after it */
  | { readonly kind: 'assigned'; readonly rule: Rule; readonly names: readonly NameWords[] };

export interface NameWords {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Layout, little endian: a head (where programs, sets and names begin, u32 each, and nothing), checks (8 bytes: names u32, program u16,
 * kind u16), programs (40 bytes: places u8, needed u8, set of all its bytes u16, how far it reaches u16, flags u16, sets of the places
 * u16 × 16), sets (32 bytes of bits), names (how many; of each how many words before and after, and these, with their
 * lengths).
 */
const HEAD_BYTES = 16;
const CHECK_BYTES = 8;
const PROGRAM_BYTES = 40;
const MOST_PLACES = 16;
const KINDS = { none: 0, token: 1, assigned: 2 } as const;
const ESCAPABLE = 1;
/** A longer match is not followed: it may hold what it needs farther on. */
const MOST_REACH = 3000;

/** The table of checks, one after the other. */
export function checkTable(checks: readonly Check[], escapable: (rule: Rule) => boolean): Uint8Array {
  const sets = new Numbered();
  const programs = new Numbered();
  const names = new Names();
  const narrowings = new Map<Rule, Narrowing | null>();
  const programOf = (rule: Rule, from: number): number | undefined => {
    if (!narrowings.has(rule)) narrowings.set(rule, narrowing(rule.shape.grammar.source));
    const common = narrowings.get(rule);
    return common ? programs.numberOf(programBytes(rule, common, from, sets, escapable(rule))) : undefined;
  };
  const rows = checks.map((check): readonly [kind: number, program: number, names: number] => {
    const program = check.kind === 'none' ? undefined : programOf(check.rule, check.kind === 'token' ? check.from : 0);
    if (check.kind === 'none' || program === undefined) return [KINDS.none, 0, 0];
    return [KINDS[check.kind], program, check.kind === 'assigned' ? names.placeOf(check.names) : 0];
  });
  const programsAt = HEAD_BYTES + checks.length * CHECK_BYTES;
  const setsAt = programsAt + programs.size * PROGRAM_BYTES;
  const namesAt = setsAt + sets.size * 32;
  const head = Buffer.alloc(programsAt);
  for (const [index, place] of [programsAt, setsAt, namesAt].entries()) head.writeUInt32LE(place, index * 4);
  for (const [index, [kind, program, place]] of rows.entries()) {
    const at = HEAD_BYTES + index * CHECK_BYTES;
    head.writeUInt32LE(place, at);
    head.writeUInt16LE(program, at + 4);
    head.writeUInt16LE(kind, at + 6);
  }
  return Buffer.concat([head, programs.bytes(), sets.bytes(), names.bytes()]);
}

function programBytes(
  rule: Rule,
  { places, all, needed }: Narrowing,
  from: number,
  sets: Numbered,
  escapable: boolean,
): Buffer {
  const head = Buffer.alloc(PROGRAM_BYTES);
  const further = places.slice(from, from + MOST_PLACES);
  const { grammar } = rule.shape;
  // What the keyword holds says nothing of what follows it.
  const mark = needed.find(
    (byte) =>
      !/[0-9A-Za-z]/.test(String.fromCharCode(byte)) &&
      !grammar.heads.some((text) => text.includes(String.fromCharCode(byte))),
  );
  head[0] = further.length;
  head[1] = mark ?? 0;
  head.writeUInt16LE(sets.numberOf(all), 2);
  head.writeUInt16LE(Math.min(grammar.longest, MOST_REACH), 4);
  head.writeUInt16LE(escapable ? ESCAPABLE : 0, 6);
  for (const [index, set] of further.entries()) head.writeUInt16LE(sets.numberOf(set), 8 + index * 2);
  return head;
}

/** Things of the same bytes have the same number. */
class Numbered {
  private readonly numbers = new Map<string, number>();
  private readonly all: Uint8Array[] = [];

  get size(): number {
    return this.all.length;
  }

  numberOf(bytes: Uint8Array): number {
    const key = Buffer.from(bytes).toString('latin1');
    let number = this.numbers.get(key);
    if (number === undefined) this.numbers.set(key, (number = this.all.push(bytes) - 1));
    return number;
  }

  bytes(): Buffer {
    return Buffer.concat(this.all);
  }
}

class Names {
  private readonly places = new Map<string, number>();
  private readonly parts: Buffer[] = [];
  private length = 0;

  placeOf(names: readonly NameWords[]): number {
    const word = (text: string) => Buffer.from([text.length, ...Buffer.from(text, 'latin1')]);
    const one = ({ before, after }: NameWords) => [
      Buffer.from([before.length, after.length]),
      ...[...before, ...after].map(word),
    ];
    const bytes = Buffer.concat([Buffer.from([names.length]), ...names.flatMap(one)]);
    const key = bytes.toString('latin1');
    let place = this.places.get(key);
    if (place === undefined) {
      this.places.set(key, (place = this.length));
      this.parts.push(bytes);
      this.length += bytes.length;
    }
    return place;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts);
  }
}
