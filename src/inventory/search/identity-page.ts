import type { Identity } from '../domain/identity.js';
import type { Sort } from './domain/order.js';

/**
 * Where a page ended: by which order and filter, the stage, what it is ordered by there, the id, and whether it turned
 * out that many meet the filter.
 */
export type ListPosition = [sort: Sort, digest: string, stage: number, key: string, id: string, breadth: '' | 'broad'];

/** A page of a list; `next` is undefined on the last one, and a page that is short need not be the last. */
export interface IdentityPage {
  readonly identities: readonly Identity[];
  readonly next: ListPosition | undefined;
  readonly total: Total;
}

/** How many there are in all, or about as many. */
export interface Total {
  readonly count: number;
  readonly isExact: boolean;
}
