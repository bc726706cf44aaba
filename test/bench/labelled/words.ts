import { DIGITS, LARGE, SMALL, type Some } from '../some.js';

const WORDS = `
dragon monkey sunshine princess football charlie shadow michael jennifer hunter buster soccer harley ranger daniel starwars
orange banana ginger pepper cookie summer winter autumn spring liverpool arsenal chelsea barcelona toyota ferrari mustang
porsche corvette yamaha london paris berlin munich madrid tokyo sydney boston dallas austin denver phoenix tigger snoopy
batman superman merlin gandalf wizard falcon eagle tiger panther jaguar dolphin rabbit turtle spider cheese coffee chocolate
whiskey guitar piano violin maverick thunder lightning diamond silver golden purple yellow crimson matrix galaxy saturn
jupiter mercury neptune rainbow butterfly flower daisy violet jasmine rose lucky angel heaven freedom welcome passion
hello secure mountain river ocean island forest desert castle knight queen king rocket pirate ninja samurai zombie vampire
`
  .trim()
  .split(/\s+/);

const LEET: Readonly<Record<string, string>> = { a: '@', e: '3', i: '1', o: '0', s: '$', t: '7' };

export function word(some: Some): string {
  return some.pick(WORDS);
}

export function capital(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

/** Some of the letters as people write them who were told to take digits and signs. */
export function leet(some: Some, text: string): string {
  const letters = [...text].map((letter) => (some.number(3) > 0 ? (LEET[letter] ?? letter) : letter)).join('');
  return letters === text ? text.replace(/[aeiost]/, (letter) => LEET[letter]!) : letters;
}

/** With one of each kind at least, as generators of passwords give it. */
export function generated(some: Some, signs: string, length: number): string {
  const letters = some.of(SMALL + LARGE + DIGITS + signs, length - 4);
  const all = `${letters}${some.of(SMALL, 1)}${some.of(LARGE, 1)}${some.of(DIGITS, 1)}${signs === '' ? some.of(DIGITS, 1) : some.of(signs, 1)}`;
  const from = some.number(length);
  return all.slice(from) + all.slice(0, from);
}
