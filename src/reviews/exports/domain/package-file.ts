import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '../../../kernel/index.js';

export const PACKAGE_KIND = 'muster-review-package';
export const PACKAGE_VERSION = 1;

/** What a package holds of a review beside its first line and its log, in this order. */
export const SECTIONS = ['items', 'submissions', 'effects', 'exceptions', 'samples'] as const;
export type Section = (typeof SECTIONS)[number];

export type Members = Readonly<Record<string, Json>>;

/** One line of a package, sealed by a digest over its members; as text, of which a hundred thousand fit into memory. */
export interface Sealed {
  /** Canonical JSON of the members. */
  readonly text: string;
  /** SHA-256 over that, hexadecimal. */
  readonly sum: string;
}

export function sealed(members: Members): Sealed {
  const text = canonicalJson(members);
  return { text, sum: sha256(text) };
}

export function membersOf({ text }: Sealed): Members {
  return JSON.parse(text) as Members;
}

/**
 * The line of a thing. Evidence is no member: it has a digest of its own among them, and is put in when the line is written.
 */
export function lineText(line: Sealed, evidence?: string): string {
  const whole = { ...membersOf(line), sum: line.sum };
  return canonicalJson(evidence === undefined ? whole : { ...whole, evidence });
}

/** What the record of an export says of a section: SHA-256 over the sums of its lines, one a line. */
export function sectionDigest(lines: readonly Sealed[]): string {
  const hash = createHash('sha256');
  for (const { sum } of lines) hash.update(`${sum}\n`);
  return hash.digest('hex');
}

/**
 * The package: JSON of which every line is canonical (RFC 8785), one thing a line, each part of the log as an export stands
 * by itself. A changed character spoils one line, and the verifier can say which.
 *
 * @param sections the lines of each
 * @param log parts as `Exports.take` gives them, each with its own newline at the end
 */
export async function* packageText(
  head: Sealed,
  sections: Readonly<Record<Section, Iterable<string> | AsyncIterable<string>>>,
  log: AsyncIterable<string>,
): AsyncGenerator<string> {
  yield lineText(head).slice(0, -1);
  for (const [i, name] of SECTIONS.entries()) {
    yield `${i === 0 ? '' : ']'},"${name}":[\n`;
    yield* separated(sections[name]);
  }
  yield '],"log":[\n';
  let first = true;
  for await (const part of log) {
    yield first ? part : `,\n${part}`;
    first = false;
  }
  yield ']}\n';
}

async function* separated(lines: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  let first = true;
  for await (const line of lines) {
    yield first ? line : `,\n${line}`;
    first = false;
  }
  if (!first) yield '\n';
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
