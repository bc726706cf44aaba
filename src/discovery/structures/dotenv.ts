import { STRUCTURED } from './rules.js';
import type { Structure } from './structure.js';
import { holds, linesOf, nameOf, placedText, utf8 } from './text.js';
import { secretsAmong, type Variable } from './variables.js';

const MAX_BYTES = 1024 * 1024;
const PATH = /^(?:\.env(?:\..{1,64}|rc)?|.{1,64}\.env)$/i;
const LINE = /^\s{0,64}(?:export\s{1,16})?([A-Za-z_][\w.-]{0,127})\s{0,64}=\s{0,64}(.*)$/;

/** Environment files: `NAME=value`, quoted or not, with `export` before it or not. */
export const dotenv: Structure = {
  name: 'dotenv',
  byPath: (path) => PATH.test(nameOf(path)),
  recognises: (bytes) => holds(bytes, '='),
  read: (bytes) => secretsAmong(variablesOf(placedText(bytes, MAX_BYTES)), STRUCTURED.dotenv, 'dotenv', null),
};

/** What stands in a text line by line, of which some may be none. */
export function variablesOf(text: string): readonly Variable[] {
  return linesOf(text).flatMap((line) => {
    const [, name, written] = LINE.exec(line.text) ?? [];
    if (!name || !written) return [];
    const { value, offset } = unquoted(written);
    const start = line.start + line.text.length - written.length + offset;
    return [{ name, value: utf8(value), start, end: start + value.length }];
  });
}

/** A comment follows white space; a quoted value ends at its quote. */
function unquoted(written: string): { readonly value: string; readonly offset: number } {
  const [, , quoted] = /^(["'`])(.*?)(?<!\\)\1/.exec(written) ?? [];
  if (quoted !== undefined) return { value: quoted, offset: 1 };
  const comment = written.search(/\s#/);
  return { value: (comment < 0 ? written : written.slice(0, comment)).trimEnd(), offset: 0 };
}
