const TAB = 9;
const NEW_LINE = 10;
const RETURN = 13;
const SPACE = 32;

/** The rest of a name: `_PROD`, `.value`. */
const MOST_NAME = 40;
const MOST_SPACES = 64;

const CLOSING = codesOf('\\"\'`])}>*');
const OPENING = codesOf('\\"\'`([{<');
const QUOTES = codesOf('"\'`');
/** Longest first. */
const OPERATORS = ['===', ':=', '=>', '==', '?=', '+=', '||=', '??=', '->', '<-', '||', '??', '=', ':', ',', '(', '|'];
const OPERATOR_STARTS = codesOf('=:?+|-<,(');
/** What stands before a value and is not it: prefixes of strings, schemes of an `Authorization` header. */
const SCHEME = /(?:bearer|basic|token|apikey|bot)[ \t]+/iy;
const STRING_PREFIX = /[brfuLN@$]{1,2}(?=["'])/y;
/** `value:` on the line below a name, as in lists of environment variables. */
const VALUE_BELOW = /,?[ \t\r]*\n[ \t-]*["']?value["']?[ \t]*[:=][ \t]*/iy;
/** `value=` beside it, as attributes and objects have it that hold any name; what an option is unless given. */
const VALUE_BESIDE = /,?[ \t]{0,64}\\?["']?(?:value|default)\\?["']?[ \t]{0,64}[:=][ \t]{0,64}/iy;
/** The element that follows the one of the name, or stands in it: `<key>Password</key><string>`. */
const VALUE_ELEMENT = /(?:<\/[\w:.-]{1,40}>\s{0,64})?<(?:string|value|param-value)>/iy;
/** What a variable is unless given: `variable "password" {`. */
const VALUE_OF_BLOCK =
  /[ \t]{0,64}\{\s{0,64}(?:[a-z]{1,16}[ \t]{0,64}=[^\n]{0,100}\n\s{0,64}){0,3}default[ \t]{0,64}=[ \t]{0,64}/y;
const ELSEWHERE = [VALUE_BELOW, VALUE_BESIDE, VALUE_ELEMENT, VALUE_OF_BLOCK];
/** Behind a colon: `str`, `&'static str`, `Optional[str]`; base64 ends with `=`, and nothing is given to it. */
const TYPE = /(?:&(?:'[a-z]{1,16}[ \t]{1,8})?)?[A-Za-z][\w.:<>[\]?]{0,47}(?:[ \t]{1,8}(?=:?=)|(?=:?=[^=\s\0]))/y;
/** Without one: `string`, `As String`, `[32]`; `client=` is the next name. */
const BARE_TYPE = /(?:\[\d{0,6}\]|(?:as[ \t]{1,8})?[A-Za-z][\w.:<>[\]?]{0,47})[ \t]{1,8}(?=:?=)/iy;
const CALL = /[A-Za-z][\w.:]{0,47}\([ \t]{0,8}(?=[brfuLN@$]{0,2}["'`])/y;

/**
 * Where the value begins that a name is given, in the ways of programs, settings and command lines: `=`, `:`, `=>`, a comma,
 * an option's white space, quoted or not, behind a type, in a call.
 *
 * @param nameStart where the name begins: an option by its hyphens
 * @param nameEnd where the known part of it ends
 * @returns the place, or -1 where nothing is given
 */
export function valueAfter(text: string, nameStart: number, nameEnd: number): number {
  let at = skipName(text, nameEnd);
  const closed = skip(text, at, CLOSING, 4);
  for (const pattern of ELSEWHERE) {
    const elsewhere = matchAt(pattern, text, closed);
    if (elsewhere > 0) return opened(text, elsewhere);
  }
  at = skipSpaces(text, closed);
  let after = operatorAfter(text, at);
  if (after < 0) {
    const type = matchAt(BARE_TYPE, text, at);
    after = type > 0 ? operatorAfter(text, type) : -1;
  } else if (text.charCodeAt(after - 1) === 0x3a) {
    // `name: str = value`
    const type = matchAt(TYPE, text, skipSpaces(text, after));
    if (type > 0) after = operatorAfter(text, type);
  }
  if (after >= 0) return opened(text, after);
  if (closed > skipName(text, nameEnd) && text.charCodeAt(closed - 1) === 0x3e) return opened(text, closed);
  if (at === closed) return -1;
  // White space alone: of an option, before a quoted value, or of a line that holds a name and a word.
  if (isOption(text, nameStart) || QUOTES.has(text.charCodeAt(at))) return opened(text, at);
  return beginsLine(text, nameStart) && matchAt(LAST_WORD, text, at) > 0 ? opened(text, at) : -1;
}

/** Of a Dockerfile, of a shell. */
const COMMAND = /(?:^|\n)[ \t]{0,40}(?:(?:ENV|ARG|set|setx)[ \t]{1,8})?$/;
const LAST_WORD = /[^\s]{1,200}[ \t]{0,8}(?=\r?\n|$)/y;

function beginsLine(text: string, nameStart: number): boolean {
  const at = beginningOf(text, nameStart);
  return COMMAND.test(text.slice(Math.max(at - MOST_NAME - 16, 0), at));
}

function opened(text: string, from: number): number {
  let at = skipSpaces(text, from);
  if (isEndOfLine(text, at)) {
    const below = skipBlank(text, at);
    if (!QUOTES.has(text.charCodeAt(below))) return -1;
    at = below;
  }
  at = matchAt(CALL, text, at) || at;
  at = matchAt(STRING_PREFIX, text, at) || at;
  at = skip(text, at, OPENING, 4);
  at = skipSpaces(text, at);
  return matchAt(SCHEME, text, at) || at;
}

function operatorAfter(text: string, at: number): number {
  if (!OPERATOR_STARTS.has(text.charCodeAt(at))) return -1;
  const operator = OPERATORS.find((candidate) => text.startsWith(candidate, at));
  return operator === undefined ? -1 : at + operator.length;
}

function skipName(text: string, from: number): number {
  let at = from;
  while (at - from < MOST_NAME && isName(text.charCodeAt(at))) at++;
  return at;
}

function isOption(text: string, nameStart: number): boolean {
  return text.charCodeAt(beginningOf(text, nameStart)) === 0x2d;
}

function beginningOf(text: string, nameStart: number): number {
  let at = nameStart;
  while (nameStart - at < MOST_NAME && isName(text.charCodeAt(at - 1))) at--;
  return at;
}

function skip(text: string, from: number, codes: ReadonlySet<number>, most: number): number {
  let at = from;
  while (at - from < most && codes.has(text.charCodeAt(at))) at++;
  return at;
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (at - from < MOST_SPACES && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) at++;
  return at;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at - from < MOST_SPACES && /\s/.test(text.charAt(at))) at++;
  return at;
}

function isEndOfLine(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === NEW_LINE || code === RETURN;
}

function isName(code: number): boolean {
  const small = code | 0x20;
  return (
    (small >= 0x61 && small <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x2d ||
    // Letters of other languages.
    code >= 0x80
  );
}

/** @returns where the match ends, or 0 */
function matchAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : 0;
}

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map((character) => character.charCodeAt(0)));
}
