import { urlClue } from '../identities/database-url.js';
import { STRUCTURED } from './rules.js';
import type { Structure } from './structure.js';
import { holds, isReference, linesOf, nameOf, placedText, utf8 } from './text.js';

const MAX_BYTES = 256 * 1024;
const LINE = /^(https?:\/\/[^:@/\s]{0,256}:)([^@\s]{1,1024})@[^\s]{1,1024}$/;

/** One address with user and password a line (git-credential-store). */
export const gitCredentials: Structure = {
  name: 'git-credentials',
  byPath: (path) => /^\.?git-credentials$/.test(nameOf(path)),
  recognises: (bytes) => holds(bytes, '@'),
  read: (bytes) =>
    linesOf(placedText(bytes, MAX_BYTES)).flatMap(({ text, start }) => {
      const [line, head, written] = LINE.exec(text) ?? [];
      if (!line || isReference(written!)) return [];
      const clue = urlClue(line);
      const from = start + head!.length;
      const place = { start: from, end: from + written!.length, within: ['git-credentials'] };
      return [{ rule: STRUCTURED.gitCredentials, secret: plainOf(written!), clues: clue ? [clue] : [], ...place }];
    }),
};

function plainOf(written: string): string {
  try {
    return decodeURIComponent(utf8(written));
  } catch {
    return written;
  }
}
