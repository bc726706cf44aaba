/** The five decisions in the order of their keys. */
export const DECISIONS = ['keep', 'reduce', 'revoke', 'reassign', 'delegate'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What somebody at the queue wants. */
export type Intent =
  | { readonly kind: 'move'; readonly step: 1 | -1 }
  | { readonly kind: 'decide'; readonly decision: Decision }
  | { readonly kind: 'undo' }
  | { readonly kind: 'table' }
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

/** As long as the frame waits for the second key of `g h`. */
const GO_MILLISECONDS = 1_200;

/** A key as it was pressed; `at` in milliseconds of the page's own clock. */
export interface Pressed {
  readonly key: string;
  readonly at: number;
  /** With control, alt or command: never ours. */
  readonly isModified: boolean;
  /** The key is held down: one press is one decision. */
  readonly isRepeated: boolean;
}

/** What keys mean at the queue; what follows `g` belongs to the frame, which goes elsewhere by it. */
export class ReviewKeyboard {
  private goUntil = 0;

  intentOf({ key, at, isModified, isRepeated }: Pressed): Intent | undefined {
    if (isModified) return undefined;
    const isDestination = at < this.goUntil;
    this.goUntil = !isDestination && key === 'g' ? at + GO_MILLISECONDS : 0;
    if (isDestination) return undefined;
    if (key === 'j' || key === 'k') return { kind: 'move', step: key === 'j' ? 1 : -1 };
    if (isRepeated) return undefined;
    const decision = /^[1-5]$/.test(key) ? DECISIONS[Number(key) - 1] : undefined;
    if (decision) return { kind: 'decide', decision };
    return OTHERS[key];
  }
}

const OTHERS: Readonly<Record<string, Intent>> = {
  u: { kind: 'undo' },
  t: { kind: 'table' },
  s: { kind: 'sign' },
};
