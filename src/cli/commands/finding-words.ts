import type { components } from '../../client/index.js';

/** What was found, in a few words: never more of a secret than its last four characters. */
export function whatOf({
  vendor,
  name,
  lastFour,
}: Pick<components['schemas']['Finding'], 'lastFour' | 'name' | 'vendor'>): string {
  const what = name.startsWith(vendor) ? name : `${vendor} ${name}`;
  return lastFour === null ? what : `${what} …${lastFour}`;
}
