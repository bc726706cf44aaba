/**
 * How surprising one letter is after another, in bits, at most nine: a row for the first, `a` to `z`, a digit for the second.
 * Counted over five million pairs of letters in the prose and the identifiers of programs' documentation.
 */
const SURPRISE = `
95449759497343959432568969 38783999449289399559399939 39694993594499299463599989 38841879399578499648499969
48446579799453966234866569 39894499299599299475499949 59891954299584599447499989 39991999399779399683599999
56455559997352369543959796 37992999799999279929456999 48871779399585789737598989 47952899399399379935489949
25992979389457339959599989 49433539597686469733669969 66548869796542559255365889 39963987499369349344599989
99999999699999399999999099 37652769496756399544469959 59592994497788457832488969 49693992299769459444698959
63563759599343949333999999 29991969299999599999999999 39994993299895399548995999 29493998499969829982999969
58795999599554129845967998 39981999399689499989599965`
  .trim()
  .split(/\s+/);

/** Letters by chance cost 6.7 on the average, and less than this in one of two hundred texts of sixteen. */
const WORD_BITS = 4.8;
const LETTERS = /[A-Z]?[a-z]{3,}|[A-Z]{4,}/g;

/**
 * How much of a text is words, from 0 to 1: what people choose (`my_service_password`) is, what is made by chance is not. It says
 * what token efficiency says (few tokens of a language model for many characters) without its 30 MB of tables.
 */
export function wordiness(text: string): number {
  let inWords = 0;
  for (const [word] of text.matchAll(LETTERS)) if (surpriseOf(word.toLowerCase()) <= WORD_BITS) inWords += word.length;
  const counted = text.replaceAll(/[^0-9A-Za-z]/g, '').length;
  return counted === 0 ? 0 : inWords / counted;
}

/** How surprising a letter is after another, in bits; both small ones, by their codes. */
function surprise(first: number, second: number): number {
  return SURPRISE[first - 0x61]!.charCodeAt(second - 0x61) - 0x30;
}

function surpriseOf(word: string): number {
  let bits = 0;
  for (let index = 1; index < word.length; index++)
    bits += surprise(word.charCodeAt(index - 1), word.charCodeAt(index));
  return bits / (word.length - 1);
}

/** How surprising one byte is after another in text and code, in bits, large and small letters alike. */
export function pairRarity(first: number, second: number): number {
  const one = first | 0x20;
  const other = second | 0x20;
  if (isLetter(one) && isLetter(other)) return surprise(one, other);
  if (isDigit(first) && isDigit(second)) return 4;
  // Rows of hyphens, equals signs and blanks are what text is drawn with; `://` is in every address.
  if (first === second || second === 0x2f) return 1;
  return isLetter(one) || isLetter(other) ? 5 : 3;
}

function isLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
