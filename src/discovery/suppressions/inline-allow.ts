/** What a comment beside a secret says: that it is to be left alone. */
export interface InlineAllow {
  /** Of which tool: `muster`, `gitleaks`, `trufflehog`, `detect-secrets`, … */
  readonly tool: string;
  readonly reason: string | null;
  /** RFC 3339 date: the last day on which it holds. */
  readonly until: string | null;
}

/** Of a line, on either side of a secret: no comment stands farther away. */
const MOST_CHARACTERS = 2000;
/** Before a secret, and at the beginning of a file: where a whole part of it, or all of it, is switched off. */
const MOST_BLOCK_BYTES = 16 * 1024;
const HEAD_BYTES = 4 * 1024;

/** Comments in the line itself. */
const IN_LINE: readonly (readonly [tool: string, comment: RegExp])[] = [
  ['gitleaks', /\bgitleaks:allow\b/],
  ['betterleaks', /\bbetterleaks:allow\b/],
  ['trufflehog', /\btrufflehog:ignore\b/],
  ['detect-secrets', /\bpragma: ?(?:allow|white)list[ -]secret\b/],
  ['ggshield', /\bggignore\b/],
  ['secretlint', /\bsecretlint-disable-line\b/],
];
/** Comments in the line before. */
const LINE_BEFORE: typeof IN_LINE = [
  ['detect-secrets', /\bpragma: ?(?:allow|white)list[ -]nextline[ -]secret\b/],
  ['secretlint', /\bsecretlint-disable-next-line\b/],
];

const OURS = /\bmuster:allow\b(.*)/;
/** A line that holds a comment and nothing else is about the next one. */
const ONLY_COMMENT = /^[\s#/*;<!\-%'"({]*muster:allow\b/;
const REASON = /\breason=(?:"([^"]{1,500})"|'([^']{1,500})'|([^\s"'*>-][^\s"'*>]{0,499}))/;
const UNTIL = /\buntil=["']?(\d{4}-\d{2}-\d{2})\b/;
const DISABLED = Buffer.from('secretlint-disable');
const ENABLED = Buffer.from('secretlint-enable');

/**
 * Reads what stands beside a secret, for all tools whose comments people have in their files.
 *
 * @param lineStart of the line that it begins in, in bytes: a line may be long, and hold many
 * @param start and `end`: of the secret
 */
export function inlineAllowAt(bytes: Buffer, lineStart: number, start: number, end: number): InlineAllow | null {
  const line = linesAt(bytes, lineStart, start, end);
  const own = OURS.exec(line);
  if (own) return ours(own[1]!);
  const before = lineBefore(bytes, lineStart);
  if (ONLY_COMMENT.test(before)) return ours(OURS.exec(before)![1]!);
  const tool =
    IN_LINE.find(([, comment]) => comment.test(line))?.[0] ??
    LINE_BEFORE.find(([, comment]) => comment.test(before))?.[0] ??
    (isSwitchedOff(bytes, start) ? 'secretlint' : undefined);
  return tool === undefined ? null : { tool, reason: null, until: null };
}

function ours(rest: string): InlineAllow {
  const [, double, single, bare] = REASON.exec(rest) ?? [];
  return { tool: 'muster', reason: double ?? single ?? bare ?? null, until: UNTIL.exec(rest)?.[1] ?? null };
}

/** The lines that a secret stands in: its first and its last, without what is in between. */
function linesAt(bytes: Buffer, lineStart: number, start: number, end: number): string {
  const from = Math.max(lineStart, start - MOST_CHARACTERS);
  const next = bytes.subarray(end, end + MOST_CHARACTERS).indexOf(0x0a);
  const to = next < 0 ? Math.min(end + MOST_CHARACTERS, bytes.length) : end + next;
  return `${bytes.toString('utf8', from, start)} ${bytes.toString('utf8', end, to)}`.replaceAll(/[\r\n]/g, ' ');
}

function lineBefore(bytes: Buffer, lineStart: number): string {
  if (lineStart === 0) return '';
  const text = bytes.subarray(Math.max(lineStart - MOST_CHARACTERS, 0), lineStart - 1);
  return text.toString('utf8', text.lastIndexOf(0x0a) + 1);
}

/** Between `secretlint-disable` and `secretlint-enable`: what is said last before it holds. */
function isSwitchedOff(bytes: Buffer, start: number): boolean {
  const from = Math.max(0, start - MOST_BLOCK_BYTES);
  return lastSwitch(bytes.subarray(from, start)) ?? lastSwitch(bytes.subarray(0, Math.min(from, HEAD_BYTES))) ?? false;
}

/** @returns undefined where nothing is said */
function lastSwitch(text: Buffer): boolean | undefined {
  const enabledAt = text.lastIndexOf(ENABLED);
  for (let at = text.lastIndexOf(DISABLED); at > enabledAt; at = at === 0 ? -1 : text.lastIndexOf(DISABLED, at - 1))
    if (text[at + DISABLED.length] !== HYPHEN) return true;
  return enabledAt < 0 ? undefined : false;
}

/** With it goes on what is about a line alone. */
const HYPHEN = 0x2d;
