import { databaseClue } from '../identities/database-url.js';
import { STRUCTURED } from './rules.js';
import type { Structure } from './structure.js';
import { holds, isReference, linesOf, nameOf, placedText, utf8 } from './text.js';

const MAX_BYTES = 256 * 1024;
const LINE =
  /^((?:[^:\\]|\\.){1,256}):((?:[^:\\]|\\.){1,16}):((?:[^:\\]|\\.){1,128}):((?:[^:\\]|\\.){1,128}):((?:[^:\\]|\\.){1,1024})$/;

/** `host:port:database:user:password`, a star for anything, a backslash before a colon (PostgreSQL 34.16). */
export const pgpass: Structure = {
  name: 'pgpass',
  byPath: (path) => /^(?:\.?pgpass(?:\.conf)?|.{0,64}\.pgpass)$/.test(nameOf(path)),
  recognises: (bytes) => holds(bytes, ':'),
  read: (bytes) =>
    linesOf(placedText(bytes, MAX_BYTES)).flatMap(({ text, start }) => {
      const fields = text.startsWith('#') ? undefined : LINE.exec(text)?.slice(1);
      if (!fields) return [];
      const [host, port, database, user, password] = fields.map(unescaped);
      if (isReference(password!)) return [];
      const place = host === undefined ? [] : [port === undefined ? host : `${host}:${port}`];
      const end = start + text.length;
      const clues = [databaseClue('PostgreSQL', user, place, port === undefined ? null : Number(port), database)];
      const from = end - fields[4]!.length;
      return [{ rule: STRUCTURED.pgpass, secret: password!, start: from, end, clues, within: ['pgpass'] }];
    }),
};

/** Undefined for a star, which stands for anything. */
function unescaped(field: string): string | undefined {
  return field === '*' ? undefined : utf8(field.replaceAll(/\\(.)/g, '$1'));
}
