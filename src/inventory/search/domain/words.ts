/** Fewer characters say nothing to the index, which knows texts by three characters in a row. */
export const INDEXED_CHARACTERS = 3;

/** More words than this are not looked for one by one. */
const MAX_WORDS = 6;

/** What somebody typed into the search box, as it is looked for. */
export type Words =
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
  /** The beginning of an identity's id, or all of it. */
  | { readonly kind: 'id'; readonly prefix: string };

const ID_START = /^mid_[0-9a-f]{1,32}$/;
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
  if (ID_START.test(lowered)) return { kind: 'id', prefix: lowered };
  const words = [...new Set(typed.split(/\s+/))].slice(0, MAX_WORDS);
  const indexed = words.filter(isIndexed);
  if (indexed.length === 0) return { kind: 'prefix', prefix: lowered };
  const short = words.filter((word) => !isIndexed(word));
  return { kind: 'contains', indexed, short, prefix: NAME_START.test(lowered) ? lowered : undefined };
}

function isIndexed(word: string): boolean {
  return [...word].length >= INDEXED_CHARACTERS;
}

/** The text with what a pattern of LIKE would read otherwise than it is written escaped. */
export function literally(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
