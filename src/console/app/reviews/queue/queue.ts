import type { Decision } from './keyboard.js';

/** An item as the queue has to know it. */
export interface Queued {
  readonly id: string;
  readonly state: 'open' | 'staged' | 'submitted' | 'excepted';
  readonly decision: { readonly decision: Decision } | null;
}

/** How far one is: what is decided counts whether it is signed or not. */
export interface Progress {
  readonly total: number;
  readonly open: number;
  readonly staged: number;
  readonly submitted: number;
}

/** The next that waits, after this one first and then from the beginning; undefined when none does. */
export function nextOpen<Item extends Queued>(items: readonly Item[], after: string | undefined): Item | undefined {
  const at = items.findIndex(({ id }) => id === after);
  return [...items.slice(at + 1), ...items.slice(0, at + 1)].find(({ id, state }) => state === 'open' && id !== after);
}

/** The one before or behind; the first and the last have none on one side. */
export function neighbour<Item extends Queued>(
  items: readonly Item[],
  of: string | undefined,
  step: 1 | -1,
): Item | undefined {
  const at = items.findIndex(({ id }) => id === of);
  return at < 0 ? items[0] : items[at + step];
}

/** Where one begins: at the one asked for, else at the first that waits, else at the first. */
export function startAt<Item extends Queued>(items: readonly Item[], wanted: string | undefined): Item | undefined {
  return items.find(({ id }) => id === wanted) ?? items.find(({ state }) => state === 'open') ?? items[0];
}

/** The item as decided, or, without a decision, as it was before. */
export function decided<Item extends Queued>(item: Item, decision: Item['decision']): Item {
  return { ...item, decision, state: decision === null ? 'open' : 'staged' };
}

/** The progress once an item went from one state to another. */
export function moved(progress: Progress, from: Queued['state'], to: Queued['state']): Progress {
  const by = (state: Queued['state'], step: number) =>
    state in progress ? { [state]: progress[state as 'open'] + step } : {};
  if (from === to) return progress;
  return { ...progress, ...by(from, -1), ...by(to, 1) };
}

/** Why an item cannot be kept together with others; undefined where it can. */
export function whyNotInBulk(
  item: Queued & { readonly opened: boolean; readonly canDecide: boolean },
): string | undefined {
  if (item.state === 'submitted') return 'It is signed.';
  if (item.state === 'excepted') return 'It is excepted.';
  if (!item.canDecide) return 'It is somebody else’s to decide.';
  if (!item.opened) return 'Open it first: its evidence has not been read.';
  return undefined;
}
