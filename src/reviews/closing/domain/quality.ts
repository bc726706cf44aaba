import type { Quality } from './figures.js';

/** Something about how decisions came about that whoever runs the review should know, in words. */
export interface QualityFlag {
  readonly code: 'in_a_rush' | 'one_after_another' | 'evidence_unread' | 'mostly_in_bulk' | 'all_kept';
  readonly words: string;
}

/** Three seconds each. */
const RUSH = 30;
const HASTY = 5;
const FEW = 10;
const MANY = 20;

/** What stands out; it accuses nobody, and refuses nothing. */
export function flagsOf(quality: Quality): QualityFlag[] {
  const { decided, keeps, opened, bulkKeeps, hastyKeeps, busiest } = quality;
  const unread = decided - opened;
  const flags: readonly (QualityFlag | false)[] = [
    busiest >= RUSH && { code: 'in_a_rush', words: `${busiest} decisions within ninety seconds.` },
    hastyKeeps >= HASTY && {
      code: 'one_after_another',
      words: `${hastyKeeps} keeps within three seconds of the decision before.`,
    },
    unread * 10 > decided && {
      code: 'evidence_unread',
      words: `${unread} of ${decided} decided without opening the evidence.`,
    },
    bulkKeeps >= FEW &&
      bulkKeeps * 2 > keeps && {
        code: 'mostly_in_bulk',
        words: `${bulkKeeps} of ${keeps} keeps in bulk.`,
      },
    decided >= MANY && keeps === decided && { code: 'all_kept', words: `All ${decided} kept.` },
  ];
  return flags.filter((flag) => flag !== false);
}
