import type { Schema } from '../service/service.js';

type Entry = Schema['TimelineEntry'];

/** The same deed of the same actor several times in a row, told once. */
export interface Told {
  /** The newest of them. */
  readonly entry: Entry;
  readonly times: number;
}

/** Puts together what repeats itself, so that reading does not bury what was changed. */
export function inARow(entries: readonly Entry[]): Told[] {
  const told: Told[] = [];
  for (const entry of entries) {
    const last = told.at(-1);
    if (last && last.entry.type === entry.type && last.entry.actor.id === entry.actor.id)
      told[told.length - 1] = { ...last, times: last.times + 1 };
    else told.push({ entry, times: 1 });
  }
  return told;
}
