import { StructureError } from './errors.js';

/**
 * A file as text in which places are bytes: each byte is one character. Values that are taken out of it are read as UTF-8 then.
 *
 * @throws StructureError `structure_too_large`
 */
export function placedText(bytes: Uint8Array, most: number): string {
  if (bytes.length > most)
    throw new StructureError('structure_too_large', `Larger than ${most} bytes: it is read as plain text only.`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** A value of a placed text as what was meant; what an escape made, or what is no UTF-8, stays as it is. */
export function utf8(placed: string): string {
  if (!/[\u0080-\u00ff]/.test(placed) || /[^\u0000-\u00ff]/.test(placed)) return placed;
  const text = Buffer.from(placed, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? placed : text;
}

export interface Line {
  readonly text: string;
  /** Of its first byte in the file. */
  readonly start: number;
}

const MAX_LINES = 20_000;
const MAX_LINE_CHARACTERS = 8192;

/** Lines without their ends; longer ones and later ones than anybody writes are left out. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < text.length && lines.length < MAX_LINES;) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, Math.min(end, start + MAX_LINE_CHARACTERS)).replace(/\r$/, '');
    if (end - start <= MAX_LINE_CHARACTERS) lines.push({ text: line, start });
    start = end + 1;
  }
  return lines;
}

/** Whether a word stands in the file. */
export function holds(bytes: Uint8Array, ...words: readonly string[]): boolean {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return words.every((word) => view.includes(word, 0, 'latin1'));
}

/** The last part of a path, and the whole of it, with `/` between. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Not a value but a place for one: a reference to a variable, a template, a file, a secret store. */
export function isReference(value: string): boolean {
  return /^\$[{(]?[A-Za-z_]|\$\{\{|\{\{|^<[^>]*>$|^%[A-Za-z_]\w*%$|^!(?:Ref|Sub|secret)\b|^(?:vault|secret|ssm|op|ref\+\w+):\/\/|^\$\(|^__[A-Z]\w*__$|^<%|^enc\(|^ENC\[|\$ANSIBLE_VAULT/i.test(
    value,
  );
}
