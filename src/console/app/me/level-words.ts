/** Levels of proof, as people call them. */
const WORDS: Readonly<Record<string, string>> = {
  loa1: 'One factor',
  loa1c: 'Confirmed',
  loa2: 'Two factors',
  loa3: 'Passkey',
  loa4: 'Passkey bound to its device',
};

export function levelWords(acr: string): string {
  return WORDS[acr] ?? acr;
}
