import { clueOf, normalHost } from '../identities/reader.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, isReference, nameOf, placedText, utf8 } from './text.js';

const MAX_BYTES = 256 * 1024;
const MAX_WORDS = 20_000;
/** Words, quoted or not; `#` begins a comment. */
const WORD = /"((?:[^"\\\n]|\\.){0,1024})"|#[^\n]*|[^\s"#][^\s]{0,1024}/g;

/** Logins of machines: `machine HOST login USER password PASSWORD`, over one line or several. */
export const netrc: Structure = {
  name: 'netrc',
  byPath: (path) => /^[._]?netrc(?:\..{1,32})?$/.test(nameOf(path)),
  recognises: (bytes) => holds(bytes, 'password'),
  read: (bytes) => {
    const found: StructuredCandidate[] = [];
    let host = 'default';
    let user: string | undefined;
    let asked: string | null = null;
    let count = 0;
    for (const match of withoutMacros(placedText(bytes, MAX_BYTES)).matchAll(WORD)) {
      if ((count += 1) > MAX_WORDS) break;
      const word = match[1] ?? match[0];
      if (match[0].startsWith('#') && asked !== 'password') continue;
      if (asked === 'machine') [host, user] = [normalHost(word), undefined];
      else if (asked === 'login') user = utf8(word);
      else if (asked === 'password' && !isReference(word))
        found.push(loginCandidate(host, user, word, match.index + (match[1] === undefined ? 0 : 1)));
      else if (word === 'default') [host, user] = ['default', undefined];
      asked = asked === null && ['machine', 'login', 'password', 'account'].includes(word) ? word : null;
    }
    return found;
  },
};

/** A macro ends at an empty line: in its place stand as many spaces. */
function withoutMacros(text: string): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('macdef '); at >= 0; at = text.indexOf('macdef ', from)) {
    const found = text.indexOf('\n\n', at);
    const end = found < 0 ? text.length : found;
    parts.push(text.slice(from, at), ' '.repeat(end - at));
    from = end;
  }
  return parts.join('') + text.slice(from);
}

function loginCandidate(host: string, user: string | undefined, word: string, start: number): StructuredCandidate {
  const clue = clueOf('login', user ? `${user} at ${host}` : host, { host, user });
  const place = { start, end: start + word.length, within: ['netrc'] };
  return { rule: STRUCTURED.netrc, secret: utf8(word), clues: [clue], ...place };
}
