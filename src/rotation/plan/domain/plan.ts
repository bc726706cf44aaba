import { sessionAt } from '../../calendars/domain/sessions.js';
import { foresee, type Foreseen, type Member, nextOf } from '../../schedules/domain/course.js';
import { HORIZON_MS, nextBeginning, placeIn, windowsWithin } from '../../schedules/domain/schedule.js';

/** Where a schedule, its calendars, its age and its pair cannot agree. */
export interface Conflict {
  readonly code:
    | 'never_free'
    | 'windows_frozen'
    | 'beyond_coverage'
    | 'only_by_age'
    | 'no_more_windows'
    | 'held_by_pair';
  readonly words: string;
}

/** What becomes of one rotation in a time. */
export interface Outlook {
  readonly foreseen: readonly Foreseen[];
  /** Whether there is more than is shown. */
  readonly more: boolean;
  readonly windows: { readonly count: number; readonly frozen: number };
  readonly conflicts: readonly Conflict[];
}

const MOST_FORESEEN = 20;
const MOST_WINDOWS = 400;

/**
 * Looks ahead: what begins when, if every run takes as long as its observation, and what cannot agree.
 *
 * That a schedule is never free is proved over five years, or as long as the calendars are known.
 *
 * @param others the rest of its pair
 * @param coveredUntil from when on one of its calendars knows nothing
 */
export function lookAhead(
  member: Member,
  others: readonly Member[],
  coveredUntil: number | null,
  from: number,
  to: number,
): Outlook {
  const all = foresee([member, ...others], from, to, MOST_FORESEEN * (1 + others.length) + 1);
  const own = all.filter(({ rotationId }) => rotationId === member.rotationId);
  const windows = windowsOf(member, from, to);
  return {
    foreseen: own.slice(0, MOST_FORESEEN),
    more: own.length > MOST_FORESEEN,
    windows,
    conflicts: [
      ...neverFree(member, coveredUntil, from),
      ...(windows.frozen > 0
        ? [conflict('windows_frozen', `${windows.frozen} of its ${windows.count} windows lie in sessions as a whole.`)]
        : []),
      ...(coveredUntil !== null && coveredUntil < to
        ? [
            conflict(
              'beyond_coverage',
              `Its calendars are known until ${day(coveredUntil)}: beyond, every weekday counts as a session.`,
            ),
          ]
        : []),
      ...heldByPair(own),
    ],
  };
}

function windowsOf({ schedule, freeze, rotationId }: Member, from: number, to: number) {
  const windows = schedule ? windowsWithin(schedule, { from, to }, MOST_WINDOWS) : [];
  const frozen = windows.filter((window) => placeIn(schedule!, window, rotationId, freeze) === null);
  return { count: windows.length, frozen: frozen.length };
}

function neverFree(member: Member, coveredUntil: number | null, from: number): Conflict[] {
  const { schedule, rotationId, freeze, since, bornAt } = member;
  if (!schedule) return [];
  const until = Math.min(from + HORIZON_MS, coveredUntil ?? Infinity);
  if (schedule.cron !== null) {
    const around = { rotationId, freeze, since, bornAt };
    const byWindow = nextBeginning({ ...schedule, maximumAgeMs: null }, around, from);
    // What is only free where nothing is known of the calendars is not free as far as they are known.
    if (byWindow && byWindow.at < until) return [];
    if (windowsWithin(schedule, { from, to: until }, 1).length === 0)
      return [conflict('no_more_windows', `Its cron names no instant until ${day(until)}.`)];
    const words = `Every one of its windows until ${day(until)} lies in a session of its calendars`;
    if (schedule.maximumAgeMs !== null) return [conflict('only_by_age', `${words}: it runs by its age alone.`)];
    return [
      conflict('never_free', `${words}: it never runs. Move its cron, make its window longer, or take a calendar out.`),
    ];
  }
  if (nextOf(member, from) !== null) return [];
  const session = sessionAt(freeze, from);
  const words = session ? `since ${day(session.from)} there is a session without an end` : 'its calendars have no end';
  return [conflict('never_free', `It never runs: ${words}.`)];
}

function heldByPair(own: readonly Foreseen[]): Conflict[] {
  const held = own.filter((one) => one.held !== null);
  if (held.length === 0) return [];
  const [first] = held;
  const then = own.find(({ at, held: by }) => by === null && at > first!.at);
  const words = then ? `it begins on ${new Date(then.at).toISOString()} instead` : 'it does not begin within this time';
  return [
    conflict(
      'held_by_pair',
      `Its pair keeps it from beginning ${held.length} times, first on ${new Date(first!.at).toISOString()}: ${words}.`,
    ),
  ];
}

function conflict(code: Conflict['code'], words: string): Conflict {
  return { code, words };
}

function day(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
