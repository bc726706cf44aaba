import { PageKeyboard } from '../../shell/page-keyboard.js';

/** What somebody at the queue wants done with what is chosen, or else with the row that has the focus. */
export type FindingIntent = 'take' | 'assign' | 'dismiss' | 'choose' | 'clear';

/** As the help lists them; `j`, `k` and Enter work as in every list. */
export const FINDING_KEYS = [
  { keys: ['x'], does: 'Choose the row' },
  { keys: ['a'], does: 'Take it: assign it to me' },
  { keys: ['s'], does: 'Assign it to somebody' },
  { keys: ['d'], does: 'Dismiss it, with a reason' },
  { keys: ['Escape'], does: 'Choose none' },
] as const;

const INTENTS: Readonly<Record<string, FindingIntent>> = {
  x: 'choose',
  a: 'take',
  s: 'assign',
  d: 'dismiss',
  Escape: 'clear',
};

/** What keys mean at the queue. */
export function findingKeyboard(): PageKeyboard<FindingIntent> {
  return new PageKeyboard(INTENTS);
}
