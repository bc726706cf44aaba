/** Fewer characters say nothing to the index, which knows texts by three characters in a row. */
export const INDEXED_CHARACTERS = 3;

/** More words than this are not looked for one by one. */
const MAX_WORDS = 6;

/** What somebody typed into the search box, as it is looked for. */
export type Words = { readonly typed: string } & (
  | {
      readonly kind: 'contains';
      /** Every one must be part of the name, the SPIFFE id or the purpose; the index finds these. */
      readonly indexed: readonly string[];
      /** So must these, which are too short for the index. */
      readonly short: readonly string[];
      /** With what names begin that come first: what was typed, when a name can begin so. */
      readonly prefix: string | undefined;
    }
  /** Too short to be looked for anywhere: the name begins with it. */
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** The beginning of an identity's id, or of its SPIFFE id, or all of it. */
  | { readonly kind: 'id' | 'spiffe-id'; readonly prefix: string }
);

const ID_START = /^mid_[0-9a-f]{1,32}$/;
const SPIFFE_ID_START = /^spiffe:\/\/\S*$/i;
/** With what a name can begin. */
const NAME_START = /^[a-z0-9][a-z0-9._-]*$/;

/**
 * Reads what somebody typed. Capitals do not matter; words apart from one another must all be there, in any order.
 *
 * There is no search by similarity: on a million rows it takes seconds.
 *
 * @param text not empty once trimmed
 */
export function wordsOf(text: string): Words {
  const typed = text.trim();
  const lowered = typed.toLowerCase();
  if (ID_START.test(lowered)) return { typed, kind: 'id', prefix: lowered };
  if (SPIFFE_ID_START.test(typed)) return { typed, kind: 'spiffe-id', prefix: typed };
  const words = [...new Set(typed.split(/\s+/))].slice(0, MAX_WORDS);
  const indexed = words.filter(isIndexed);
  if (indexed.length === 0) return { typed, kind: 'prefix', prefix: lowered };
  const short = words.filter((word) => !isIndexed(word));
  return { typed, kind: 'contains', indexed, short, prefix: NAME_START.test(lowered) ? lowered : undefined };
}

function isIndexed(word: string): boolean {
  return [...word].length >= INDEXED_CHARACTERS;
}

/** Of a longer word the index is asked for so many characters: the more it is asked for, the longer it takes. */
const ASKED_CHARACTERS = 12;

/** What to ask the index for: the end of a long word, which is where names differ. */
export function askedOf(word: string): string {
  return [...word].slice(-ASKED_CHARACTERS).join('');
}

/** The text with what a pattern of LIKE would read otherwise than it is written escaped. */
export function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
