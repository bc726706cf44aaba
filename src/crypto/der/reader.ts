import { CryptoError } from '../errors.js';
import { TAG } from './tags.js';

/** One value in DER: identifier octet, contents, and the bytes of the whole. Views of the input, never copies. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly bytes: Buffer;
}

const CONSTRUCTED = 0x20;
const MAX_DEPTH = 24;
const MAX_VALUES = 50_000;

export function malformed(what: string): CryptoError {
  return new CryptoError('der_malformed', what);
}

/**
 * Reads exactly one value and nothing after it.
 *
 * Only the one encoding that DER allows is read (X.690 §10.1): lengths are definite and in the fewest octets, tags are
 * in one octet. The input is an attacker's: work is linear in its size.
 *
 * @throws CryptoError `der_malformed`
 */
export function readDer(input: Buffer): Der {
  const value = readValue(input, 0);
  if (value.bytes.length !== input.length) throw malformed('bytes follow the value');
  return value;
}

/**
 * Reads one value and walks everything that is constructed below it.
 *
 * @throws CryptoError `der_malformed` also where values are nested more than 24 deep or are more than 50,000
 */
export function readDerTree(input: Buffer): Der {
  const root = readDer(input);
  let values = 0;
  const walk = (value: Der, depth: number): void => {
    if (depth > MAX_DEPTH) throw malformed('values are nested too deep');
    if ((value.tag & CONSTRUCTED) === 0) return;
    for (const child of readAll(value.content)) {
      if ((values += 1) > MAX_VALUES) throw malformed('there are too many values');
      walk(child, depth + 1);
    }
  };
  walk(root, 0);
  return root;
}

/** Reads values one after another until the input ends. */
export function readAll(input: Buffer): Der[] {
  const values: Der[] = [];
  for (let offset = 0; offset < input.length;) {
    const value = readValue(input, offset);
    values.push(value);
    offset += value.bytes.length;
  }
  return values;
}

function readValue(input: Buffer, start: number): Der {
  if (input.length - start < 2) throw malformed('a value is cut short');
  const tag = input[start]!;
  if ((tag & 0x1f) === 0x1f) throw malformed('a tag number is above 30');
  if (tag === 0) throw malformed('end-of-contents has no place in DER');
  const { length, headerLength } = readLength(input, start + 1);
  const from = start + 1 + headerLength;
  if (length > input.length - from) throw malformed('a length runs past the end');
  const content = input.subarray(from, from + length);
  return { tag, content, bytes: input.subarray(start, from + length) };
}

/** X.690 §10.1: definite, and in the minimum number of octets. At most three octets of length are ever needed here. */
function readLength(input: Buffer, at: number): { length: number; headerLength: number } {
  const first = input[at]!;
  if (first < 0x80) return { length: first, headerLength: 1 };
  const octets = first & 0x7f;
  if (octets === 0) throw malformed('a length is indefinite');
  if (octets > 3) throw malformed('a length is too large');
  if (input.length - at - 1 < octets) throw malformed('a value is cut short');
  const length = input.readUIntBE(at + 1, octets);
  if (length < 0x80 || length < 2 ** (8 * (octets - 1))) throw malformed('a length is not in its shortest form');
  return { length, headerLength: 1 + octets };
}

/** Reads the members of a constructed value in order. */
export class Members {
  private readonly values: readonly Der[];
  private at = 0;

  private constructor(values: readonly Der[]) {
    this.values = values;
  }

  /** @throws CryptoError `der_malformed` where the value has another tag */
  static of(value: Der, tag: number = TAG.sequence): Members {
    expectTag(value, tag);
    return new Members(readAll(value.content));
  }

  get left(): number {
    return this.values.length - this.at;
  }

  /** The next member, whatever it is, or undefined at the end. */
  peek(): Der | undefined {
    return this.values[this.at];
  }

  next(tag?: number): Der {
    const value = this.peek();
    if (!value) throw malformed('a member is missing');
    if (tag !== undefined) expectTag(value, tag);
    this.at += 1;
    return value;
  }

  optional(tag: number): Der | undefined {
    return this.peek()?.tag === tag ? this.next() : undefined;
  }

  rest(): readonly Der[] {
    const values = this.values.slice(this.at);
    this.at = this.values.length;
    return values;
  }

  end(): void {
    if (this.left > 0) throw malformed('there are more members than the type has');
  }
}

export function expectTag(value: Der, tag: number): Der {
  if (value.tag !== tag)
    throw malformed(`a value has tag 0x${value.tag.toString(16)} where 0x${tag.toString(16)} belongs`);
  return value;
}
