import { plain, sentence } from '../words/deeds.js';
import type { Decision } from './queue/keyboard.js';

const MOST_LINES = 4;

/** What each decision is called, before and after. */
export const DECISION_WORDS: Readonly<Record<Decision, { readonly name: string; readonly done: string }>> = {
  keep: { name: 'Keep', done: 'Kept' },
  reduce: { name: 'Reduce', done: 'Reduced' },
  revoke: { name: 'Revoke', done: 'Revoked' },
  reassign: { name: 'Reassign', done: 'Reassigned' },
  delegate: { name: 'Delegate', done: 'Delegated' },
};

/** What a decision would do, short enough to read beside the others. */
export function wouldDo(decision: Decision, lines: readonly string[]): string {
  if (lines.length === 0) return decision === 'reduce' ? 'You choose which grants it loses: none stands out.' : '';
  const rest = lines.length - MOST_LINES;
  return [...lines.slice(0, MOST_LINES), ...(rest > 0 ? [`And ${rest} more.`] : [])].join(' ');
}

/** What of the evidence was stale or missing, where the campaign does not say it itself. */
export function gapWords(code: string): string {
  return `${sentence(plain(code))}.`;
}
