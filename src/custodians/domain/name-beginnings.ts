/** With fewer letters hardly anybody is meant, and a digest of them would tell more than it finds. */
export const SHORTEST_BEGINNING = 2;

/** Of what is typed, so many letters are looked at: no two colleagues are told apart by later ones. */
export const LONGEST_BEGINNING = 24;

const MOST_WORDS = 8;

/**
 * Everything that a name is found by: how it begins at each of its words, in lower case, without accents and signs.
 * "Mei-Ling Sørensen" is found by `mei l` as by `sør`.
 */
export function beginningsOf(name: string): readonly string[] {
  const words = plain(name).split(' ');
  const tails = words.slice(0, MOST_WORDS).map((_word, at) => [...words.slice(at).join(' ')]);
  const lengths = Array.from(
    { length: LONGEST_BEGINNING - SHORTEST_BEGINNING + 1 },
    (_, at) => at + SHORTEST_BEGINNING,
  );
  const beginnings = tails.flatMap((tail) =>
    lengths.filter((length) => length <= tail.length).map((length) => tail.slice(0, length).join('')),
  );
  return [...new Set(beginnings.filter((beginning) => !beginning.endsWith(' ')))];
}

/** What was typed as it is looked up, or undefined where it is too little to find anybody by. */
export function beginningOf(typed: string): string | undefined {
  const letters = [...plain(typed)];
  return letters.length < SHORTEST_BEGINNING ? undefined : letters.slice(0, LONGEST_BEGINNING).join('').trimEnd();
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
