import { pemLines } from '../domain/pem-lines.js';
import { MAX_READ_CHARACTERS } from './reader.js';

export interface PemBlock {
  readonly label: string;
  /** The block alone, with line breaks as RFC 7468 wants them, whatever the file's indentation and escapes were. */
  readonly text: string;
  /** Between the boundaries: base64, and headers of old formats (RFC 1421 §4.6). */
  readonly body: string;
}

const BEGIN = '-----BEGIN ';
const LABEL = /^([A-Z0-9][A-Z0-9 ]{0,63})-----/;

/** The first PEM blocks of a text; one without its end is left out. */
export function pemBlocks(text: string, most: number): readonly PemBlock[] {
  const plain = text.length > MAX_READ_CHARACTERS ? text.slice(0, MAX_READ_CHARACTERS) : text;
  const blocks: PemBlock[] = [];
  for (let at = plain.indexOf(BEGIN); at >= 0 && blocks.length < most; at = plain.indexOf(BEGIN, at)) {
    at += BEGIN.length;
    const [head, label] = LABEL.exec(plain.slice(at, at + 80)) ?? [];
    if (!head) continue;
    const end = plain.indexOf(`-----END ${label}-----`, at);
    if (end < 0) continue;
    const body = pemLines(plain.slice(at + head.length, end));
    blocks.push({ label: label!, body, text: `${BEGIN}${label}-----\n${body}\n-----END ${label}-----\n` });
  }
  return blocks;
}
