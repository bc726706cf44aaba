import type { Id } from '../../kernel/index.js';
import { CustodyError } from './errors.js';

/** Accounts that belong to one human, in order of id; an account that nobody linked is alone. */
export type Accounts = readonly Id<'person'>[];

/**
 * Which accounts are one human's once two of them are found to be the same person's.
 *
 * Linking only takes away: no account of a human decides, verifies or reviews what another of theirs had a hand in.
 *
 * @throws CustodyError `same_account`, `already_linked`
 */
export function linked(one: Accounts, other: Accounts): Accounts {
  if (one.length === 1 && other.length === 1 && one[0] === other[0])
    throw new CustodyError('same_account', 'Name another account of the same human.');
  if (one.some((id) => other.includes(id)))
    throw new CustodyError('already_linked', 'These accounts are known to be one human’s; nothing remains to be done.');
  return [...one, ...other].sort();
}

/**
 * Which of a human's accounts stay linked once one of them is found to be somebody else's.
 *
 * @param by who says so: none of these accounts, for whoever is held apart from themselves would like to be two
 * @returns the others; empty where but one remains, for one account is no link
 * @throws CustodyError `not_linked`, `own_link`
 */
export function unlinked(accounts: Accounts, id: Id<'person'>, by: Id<'person'> | null): Accounts {
  if (accounts.length < 2) throw new CustodyError('not_linked', 'This account is linked to no other.');
  if (by !== null && accounts.includes(by))
    throw new CustodyError('own_link', 'Ask another administrator to part accounts of yours.');
  const others = accounts.filter((account) => account !== id);
  return others.length < 2 ? [] : others;
}
