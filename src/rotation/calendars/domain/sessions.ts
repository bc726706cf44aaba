/** A stretch of time, in milliseconds since 1970; `to` is not itself part of it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The times in which nothing may begin: a calendar's, or several calendars' together. */
export interface Sessions {
  /**
   * The first session that is not over at an instant, whether it has begun or is still to come; null where there is none within
   * what can be told.
   */
  from(instant: number): Stretch | null;
}

export const NO_SESSIONS: Sessions = { from: () => null };

/** How many sessions that follow one another without a break are taken for one; beyond it the calendar counts as never free. */
const LONGEST_CHAIN = 20_000;

/** Of a sorted list that does not overlap. */
export function sessionsOf(stretches: readonly Stretch[]): Sessions {
  return { from: (instant) => firstNotOver(stretches, instant) };
}

/** The first of a sorted list that does not overlap which ends after an instant. */
export function firstNotOver(stretches: readonly Stretch[], instant: number): Stretch | null {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle]!.to > instant) high = middle;
    else low = middle + 1;
  }
  return stretches[low] ?? null;
}

/** Whatever is a session of any of them. */
export function together(all: readonly Sessions[]): Sessions {
  if (all.length === 0) return NO_SESSIONS;
  if (all.length === 1) return all[0]!;
  return {
    from(instant) {
      let first: Stretch | null = null;
      for (const sessions of all) {
        const found = sessions.from(instant);
        if (found && (!first || found.from < first.from || (found.from === first.from && found.to > first.to)))
          first = found;
      }
      return first;
    },
  };
}

/** The session an instant lies in, or null. */
export function sessionAt(sessions: Sessions, instant: number): Stretch | null {
  const found = sessions.from(instant);
  return found && found.from <= instant ? found : null;
}

/** The first instant that lies in no session, not before another; null where the sessions do not end. */
export function freeFrom(sessions: Sessions, instant: number): number | null {
  let at = instant;
  for (let steps = 0; steps < LONGEST_CHAIN; steps += 1) {
    const session = sessionAt(sessions, at);
    if (!session) return at;
    at = session.to;
  }
  return null;
}

/** What of a stretch lies in no session, in order. */
export function freeWithin(sessions: Sessions, { from, to }: Stretch): Stretch[] {
  const free: Stretch[] = [];
  let at = from;
  while (at < to) {
    const session = sessions.from(at);
    const until = session ? Math.min(Math.max(session.from, at), to) : to;
    if (until > at) free.push({ from: at, to: until });
    if (!session) break;
    at = Math.max(session.to, at);
  }
  return free;
}

/** The sessions of a stretch, those that touch one another as one, up to so many. */
export function sessionsWithin(sessions: Sessions, { from, to }: Stretch, most: number): Stretch[] {
  const found: Stretch[] = [];
  for (let at = from; ;) {
    const next = sessions.from(at);
    if (!next || next.from >= to) return found;
    const end = freeFrom(sessions, Math.max(next.from, at)) ?? Infinity;
    if (found.length === most) return found;
    found.push({ from: Math.min(next.from, end), to: end });
    if (end >= to) return found;
    at = end;
  }
}

/** Sorts, and makes one of what overlaps or touches. */
export function merged(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of [...stretches].sort((one, other) => one.from - other.from)) {
    const last = result.at(-1);
    if (stretch.to <= stretch.from) continue;
    if (last && stretch.from <= last.to) result[result.length - 1] = { ...last, to: Math.max(last.to, stretch.to) };
    else result.push(stretch);
  }
  return result;
}
