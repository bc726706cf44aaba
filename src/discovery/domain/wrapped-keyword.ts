import type { Wrapping } from './decoders/index.js';
import type { Keyword } from './keyword.js';

/** What a keyword looks like where it is wrapped: only where one of these stands is anything unwrapped. */
export interface WrappedKeyword {
  readonly keyword: Keyword;
  readonly by: Wrapping;
  /** How far it is from a boundary of the encoding: characters of a group of four. */
  readonly phase: number;
}

const GZIP_IN_BASE64 = 'H4sIA';

/** The beginning of every gzip stream of unnamed content (RFC 1952 §2.3.1) in base64, and that in base64 again, as Helm has it. */
export const gzipKeywords = (): readonly WrappedKeyword[] => [
  { keyword: exactly(GZIP_IN_BASE64), by: 'gzip', phase: 0 },
  ...inBase64(GZIP_IN_BASE64),
];

const LEAST = 4;
/** More of a long beginning tells nothing new. */
const MOST = 24;

/** A beginning of three letters is in too much base64 to be told from chance. */
export function wrappedKeywords(head: string): readonly WrappedKeyword[] {
  if (head.length < LEAST) return [];
  const text = head.slice(0, MOST);
  return [...inBase64(text), inHex(text), ...inPercent(text), ...inEscapes(text)];
}

/** A group of four characters holds three bytes: the text may begin at each of these. */
function inBase64(text: string): WrappedKeyword[] {
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.from('\0'.repeat(before) + text, 'latin1').toString('base64');
    const phase = [0, 2, 3][before]!;
    const sure = encoded.slice(phase, Math.floor(((before + text.length) * 8) / 6));
    const spellings = new Set([sure, sure.replaceAll('+', '-').replaceAll('/', '_')]);
    return [...spellings].map((spelling) => ({ keyword: exactly(spelling), by: 'base64' as const, phase }));
  });
}

function inHex(text: string): WrappedKeyword {
  return { keyword: folded(Buffer.from(text, 'latin1').toString('hex')), by: 'hex', phase: 0 };
}

function inPercent(text: string): WrappedKeyword[] {
  const encoded = encodeURIComponent(text);
  return encoded === text ? [] : [{ keyword: folded(encoded.toLowerCase()), by: 'percent', phase: 0 }];
}

function inEscapes(text: string): WrappedKeyword[] {
  if (!text.includes('/')) return [];
  return [{ keyword: exactly(text.replaceAll('/', String.raw`\/`)), by: 'escapes', phase: 0 }];
}

function exactly(text: string): Keyword {
  return { text, exact: true, glued: true };
}

function folded(text: string): Keyword {
  return { text, exact: false, glued: true };
}
