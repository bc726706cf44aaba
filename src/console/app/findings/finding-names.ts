import type { Finding } from './findings-queries.js';

/** As people call one: “AWS access key …3F2A”, or the account by its own name. */
export function nameOf({
  kind,
  name,
  lastFour,
  words,
  named,
}: Pick<Finding, 'kind' | 'name' | 'lastFour' | 'words' | 'named'>): string {
  if (kind !== 'credential') return words[0] ?? named ?? name;
  return lastFour === null ? name : `${name} …${lastFour}`;
}

/** A secret as far as anybody is shown it. */
export function masked(lastFour: string | null): string {
  return `••••••••••••${lastFour ?? ''}`;
}
