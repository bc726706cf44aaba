import type { Words } from './words.js';

/** How a list can be ordered; `match` puts names that begin with what was searched for first. */
export const SORTS = ['match', 'name', 'registeredAt', 'handoverDueAt'] as const;
export type Sort = (typeof SORTS)[number];

/**
 * One stretch of a list. A list is its stages one after another, each one index read in one direction: so a page is
 * found by where the one before ended, wherever in a million rows that was. Every identity is in at most one stage.
 */
export interface Stage {
  /** What identities are ordered by within the stage; the id decides between equals. */
  readonly by: 'name' | 'created_at' | 'handover_due_at' | 'id';
  readonly direction: 'ASC' | 'DESC';
  /** Names from this one on, as bytes order them. */
  readonly from?: string;
  /** Names before this one. */
  readonly before?: string;
  /** Only identities that have a running hand-over clock, or only those that have none. */
  readonly handover?: 'running' | 'none';
}

/** Where a page ended: the stage, what the last row is ordered by as PostgreSQL writes it, and its id. */
export interface Position {
  readonly stage: number;
  readonly key: string;
  readonly id: string;
}

const BY_NAME: Stage = { by: 'name', direction: 'ASC' };

/** @param words what is searched for; nothing when a list is only filtered */
export function stagesOf(sort: Sort, words: Words | undefined): readonly Stage[] {
  switch (sort) {
    case 'match': {
      const prefix = words?.kind === 'contains' ? words.prefix : undefined;
      if (prefix === undefined) return stagesOf('name', words);
      return [
        { ...BY_NAME, from: prefix, before: endOf(prefix) },
        { ...BY_NAME, before: prefix },
        { ...BY_NAME, from: endOf(prefix) },
      ];
    }
    case 'name':
      return words?.kind === 'prefix' ? [{ ...BY_NAME, from: words.prefix, before: endOf(words.prefix) }] : [BY_NAME];
    case 'registeredAt':
      return [{ by: 'created_at', direction: 'DESC' }];
    case 'handoverDueAt':
      return [
        { by: 'handover_due_at', direction: 'ASC', handover: 'running' },
        { by: 'id', direction: 'ASC', handover: 'none' },
      ];
  }
}

/** The least text that is greater than every text which begins with the prefix and has no character past U+10FFFE. */
export function endOf(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}
