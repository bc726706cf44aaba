import type { Finding } from './findings-queries.js';

type Named = Pick<Finding, 'kind' | 'name' | 'lastFour' | 'words' | 'named' | 'vendor'> &
  Partial<Pick<Finding, 'evidence'>>;

/** As people call one: “GitHub access token …3F2A”, “PostgreSQL URL with a password of ledger”, or the account by its own name. */
export function nameOf({ kind, name, vendor, lastFour, words, named, evidence = [] }: Named): string {
  if (kind !== 'credential') return words[0] ?? named ?? name;
  const whole = vendor === 'any' || name.toLowerCase().includes(vendor.toLowerCase()) ? name : `${vendor} ${name}`;
  if (lastFour !== null) return `${whole} …${lastFour}`;
  const account = named ?? evidence.find(({ by }) => by === 'account' || by === 'listed')?.identifier;
  return account == null ? whole : `${whole} of ${userIn(account)}`;
}

/** A secret as far as anybody is shown it. */
export function masked(lastFour: string | null): string {
  return `••••••••••••${lastFour ?? ''}`;
}

/** What an account is called within its system: `postgresql:db.example:5432:ledger` → `ledger`. */
export function userIn(account: string): string {
  return account.slice(account.lastIndexOf(':') + 1);
}
