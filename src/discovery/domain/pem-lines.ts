/** RFC 1421 §4.6: old formats say in headers how they are encrypted; an empty line ends them. */
const HEADER = /^[A-Za-z0-9-]{1,64}: /;

/** Nothing but base64 between its first line and its last, with no mark before each: as it is nearly always. */
const PLAIN = /^-----BEGIN [A-Z0-9 ]{1,64}-----\n(?!\+)(?:[0-9A-Za-z+/=]{2,128}\n)+-----END [A-Z0-9 ]{1,64}-----$/;

/**
 * The lines of a PEM block as RFC 7468 wants them, however a program, a manifest, a patch or a comment has them: with escapes for line
 * breaks, in quotes with signs of concatenation between, indented, marked as added or as comment.
 */
export function pemLines(text: string): string {
  if (PLAIN.test(text)) return text;
  const lines = text.replaceAll(/(?<!\\)\\+(?:r\\+n|[nr])|\r\n?/g, '\n').split('\n');
  const bare = withoutMarks(lines.map((line) => line.trim())).map(bareLine);
  const filled = bare.filter((line) => line !== '');
  const last = filled.findLastIndex((line) => HEADER.test(line));
  return (last < 0 ? filled : [...filled.slice(0, last + 1), '', ...filled.slice(last + 1)]).join('\n');
}

/** What stands before every line is no base64: a patch's plus sign, a comment's. */
function withoutMarks(lines: readonly string[]): readonly string[] {
  const inner = lines.slice(1).filter((line) => line !== '' && !line.startsWith('-----'));
  if (inner.length > 1 && inner.every((line) => line.startsWith('+')))
    return lines.map((line) => line.replace(/^\+/, ''));
  return lines.map((line) => line.replace(/^(?:#+|\/\/+|\*+|\|)\s+/, ''));
}

/** Quotes belong to no PEM: between them is the line. A sign of concatenation apart from it is none of it. */
function bareLine(line: string): string {
  const parts = line.split(/["'`]/).map((part) => part.trim());
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best));
  return longest.replace(/^[+.&](?:\s+|$)|(?<!\s)\s+[+.&]$|(?<![\\,])[\\,]+$/g, '').trim();
}
