import { clueOf, normalHost } from '../identities/reader.js';
import { STRUCTURED } from './rules.js';
import type { Structure, StructuredCandidate } from './structure.js';
import { holds, isReference, nameOf, placedText, utf8 } from './text.js';

const MAX_BYTES = 256 * 1024;
const MAX_WORDS = 20_000;
/** Words, quoted or not; `macdef` has a body that ends at an empty line; `#` begins a comment. */
const WORD = /"((?:[^"\\\n]|\\.){0,1024})"|#[^\n]*|macdef[^]{0,8192}?(?:\n\s*\n|$)|[^\s"#][^\s]{0,1024}/g;

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
    for (const match of placedText(bytes, MAX_BYTES).matchAll(WORD)) {
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

function loginCandidate(host: string, user: string | undefined, word: string, start: number): StructuredCandidate {
  const clue = clueOf('login', user ? `${user} at ${host}` : host, { host, user });
  const place = { start, end: start + word.length, within: ['netrc'] };
  return { rule: STRUCTURED.netrc, secret: utf8(word), clues: [clue], ...place };
}
