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
/** As long as the frame waits for the second key of `g h`. */
const GO_MILLISECONDS = 1_200;

/** A key as it was pressed; `at` in milliseconds of the page's own clock. */
export interface Pressed {
  readonly key: string;
  readonly at: number;
  /** With control, alt or command: never ours. */
  readonly isModified: boolean;
  /** The key is held down: one press is one deed. */
  readonly isRepeated: boolean;
}

/** What keys mean at the queue; what follows `g` belongs to the frame, which goes elsewhere by it. */
export class FindingKeyboard {
  private goUntil = 0;

  intentOf({ key, at, isModified, isRepeated }: Pressed): FindingIntent | undefined {
    if (isModified || isRepeated) return undefined;
    const isDestination = at < this.goUntil;
    this.goUntil = !isDestination && key === 'g' ? at + GO_MILLISECONDS : 0;
    return isDestination ? undefined : INTENTS[key];
  }
}
