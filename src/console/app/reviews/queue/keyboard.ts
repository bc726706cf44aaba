import { PageKeyboard } from '../../shell/page-keyboard.js';

/** The five decisions in the order of their keys. */
export const DECISIONS = ['keep', 'reduce', 'revoke', 'reassign', 'delegate'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What somebody at the queue wants. */
export type Intent =
  | { readonly kind: 'move'; readonly step: 1 | -1 }
  | { readonly kind: 'decide'; readonly decision: Decision }
  | { readonly kind: 'undo' }
  | { readonly kind: 'table' }
  | { readonly kind: 'choose' }
  | { readonly kind: 'sign' };

/** As the help lists them; `/` and `?` work as on every page. */
export const REVIEW_KEYS = [
  { keys: ['j'], does: 'Next identity' },
  { keys: ['k'], does: 'The one before' },
  { keys: ['1'], does: 'Keep' },
  { keys: ['2'], does: 'Reduce: take grants away' },
  { keys: ['3'], does: 'Revoke' },
  { keys: ['4'], does: 'Reassign: somebody else answers for it' },
  { keys: ['5'], does: 'Delegate: somebody else decides this once' },
  { keys: ['u'], does: 'Undo, until it is signed' },
  { keys: ['t'], does: 'Table, or one at a time' },
  { keys: ['x'], does: 'Choose the row, in the table' },
  { keys: ['s'], does: 'Sign what is decided' },
] as const;

const INTENTS: Readonly<Record<string, Intent>> = {
  j: { kind: 'move', step: 1 },
  k: { kind: 'move', step: -1 },
  ...Object.fromEntries(
    DECISIONS.map((decision, at) => [String(at + 1), { kind: 'decide', decision } satisfies Intent] as const),
  ),
  u: { kind: 'undo' },
  t: { kind: 'table' },
  x: { kind: 'choose' },
  s: { kind: 'sign' },
};

/** What keys mean at the queue; one moves on as long as a key is held down. */
export function reviewKeyboard(): PageKeyboard<Intent> {
  return new PageKeyboard(INTENTS, ['j', 'k']);
}
