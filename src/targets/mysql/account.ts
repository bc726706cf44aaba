import { refused } from '../domain/refusals.js';

/** An account as MariaDB and MySQL have it: a name, and from where it may sign in (§6.2.4). */
export interface Account {
  readonly user: string;
  readonly host: string;
}

const USER = /^[^\p{Cc}]{1,80}$/u;
const HOST = /^[A-Za-z0-9.:_%/-]{1,255}$/;

/**
 * Reads `user@host`, or `user` alone for one that may sign in from everywhere.
 *
 * @throws TargetError `account_invalid`
 */
export function parseAccount(text: string): Account {
  const at = text.lastIndexOf('@');
  const account = at < 0 ? { user: text, host: '%' } : { user: text.slice(0, at), host: text.slice(at + 1) };
  if (!USER.test(account.user) || account.user.trim() !== account.user || !HOST.test(account.host))
    throw refused('accountInvalid');
  return account;
}

/** As a part of a statement: in the quotes that no setting of the server gives another meaning, whatever is in it. */
export function quoted({ user, host }: Account): string {
  return `${inQuotes(user)}@${inQuotes(host)}`;
}

function inQuotes(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
