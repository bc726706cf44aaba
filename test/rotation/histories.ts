import { Zone } from '../../src/rotation/calendars/domain/zone.js';
import { type Sessions, sessionsOf, together } from '../../src/rotation/calendars/domain/sessions.js';
import { type TradingDays, TradingSessions, WEEKDAYS } from '../../src/rotation/calendars/domain/trading-days.js';
import { EXCHANGES, tradingDaysOf } from '../../src/rotation/calendars/exchanges/exchanges.js';
import { foresee, type Foreseen, type Member } from '../../src/rotation/schedules/domain/course.js';
import { readSchedule, type ScheduleText } from '../../src/rotation/schedules/domain/schedule.js';
import type { Id } from '../../src/kernel/index.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = Intl.supportedValuesOf('timeZone');

/** What one history is made of, in plain words: the judge reads nothing else. */
export interface Plan {
  readonly from: number;
  readonly to: number;
  readonly schedules: readonly ScheduleText[];
  readonly observeMs: readonly number[];
  readonly frozen: readonly Frozen[];
}
export type Frozen = { readonly days: TradingDays } | { readonly stretches: readonly { from: number; to: number }[] };

/** Seeded; small numbers near one another are well apart (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One or two halves, their schedules, and when nothing may begin; half of them begin within days of the clocks being changed. */
export function planOf(next: () => number): Plan {
  const below = (most: number) => Math.floor(next() * most);
  const of = <Value>(values: readonly Value[]) => values[below(values.length)]!;
  const zone = of(ZONES);
  const start = Date.UTC(2026, 0, 1) + below(3 * 365) * DAY + below(1440) * MINUTE;
  const from = next() < 0.5 ? nearChange(zone, start) : start;
  const field = (least: number, most: number) => {
    const value = () => least + below(most - least + 1);
    const [one, other] = [value(), value()];
    return of([
      () => '*',
      () => String(one),
      () => `${one},${other}`,
      () => `${Math.min(one, other)}-${Math.max(one, other)}`,
      () => `*/${1 + below(Math.max(2, most / 2))}`,
    ])();
  };
  const schedule = (): ScheduleText => {
    const windowMinutes = 1 + below(of([30, 120, 1440]));
    const hours = next() < 0.5 ? of(['0', '1', '2', '3', '0-3', '2,3']) : field(0, 23);
    const cron = `${field(0, 59)} ${hours} ${next() < 0.7 ? '*' : field(1, 28)} ${next() < 0.9 ? '*' : field(1, 12)} ${next() < 0.7 ? '*' : field(0, 6)}`;
    const maximumAgeDays = next() < 0.3 ? 1 + below(20) : null;
    return {
      cron: maximumAgeDays !== null && next() < 0.2 ? null : cron,
      zone: next() < 0.8 ? zone : of(ZONES),
      ...{ windowMinutes, jitterMinutes: below(windowMinutes), maximumAgeDays },
    };
  };
  const halves = next() < 0.6 ? 2 : 1;
  return {
    ...{ from, to: from + 12 * DAY },
    schedules: Array.from({ length: halves }, schedule),
    observeMs: Array.from({ length: halves }, () => of([MINUTE, HOUR, 6 * HOUR, DAY])),
    frozen: Array.from({ length: below(3) }, (): Frozen => {
      if (next() < 0.4) return { days: tradingDaysOf(of(EXCHANGES)) };
      if (next() < 0.5) return { days: ownDays(of, below) };
      const stretches = Array.from({ length: 1 + below(6) }, (_, index) => {
        const begin = from + index * 2 * DAY + below(1440) * MINUTE;
        return { from: begin, to: begin + (1 + below(1400)) * MINUTE };
      });
      return { stretches };
    }),
  };
}

/** What the house makes of it. */
export function historyOf(plan: Plan, most: number): Foreseen[] {
  const freeze: Sessions = together(plan.frozen.map(sessionsFor));
  const members = plan.schedules.map((text, index): Member => ({
    rotationId: rotationId(index),
    schedule: readSchedule(text),
    ...{ freeze, observeMs: plan.observeMs[index]!, since: plan.from, bornAt: plan.from },
    ...{ lastBegunAt: null, lastEndedAt: null, owedSince: null },
  }));
  return foresee(members, plan.from, plan.to, most);
}

export function rotationId(index: number): Id<'rotation'> {
  return `rot_${index}`;
}

const kept = new Map<TradingDays, Sessions>();

function sessionsFor(frozen: Frozen): Sessions {
  if ('stretches' in frozen) return sessionsOf(frozen.stretches);
  const found = kept.get(frozen.days);
  if (found) return found;
  const sessions = new TradingSessions(frozen.days);
  if (EXCHANGES.some((exchange) => tradingDaysOf(exchange) === frozen.days)) kept.set(frozen.days, sessions);
  return sessions;
}

const own = new Map<string, TradingDays>();

/** Some hundred calendars of people, also overnight ones. */
function ownDays(of: <Value>(values: readonly Value[]) => Value, below: (most: number) => number): TradingDays {
  const key = String(below(200));
  const found = own.get(key);
  if (found) return found;
  const time = () => `${String(below(24)).padStart(2, '0')}:${of(['00', '15', '30', '59'])}`;
  const days: TradingDays = {
    zone: of(ZONES),
    sessions: [{ days: WEEKDAYS.filter(() => below(2) === 0).concat(['wed']), open: time(), close: time() }],
    ...{ holidays: [], halfDays: [], freezes: [] },
  };
  own.set(key, days);
  kept.set(days, new TradingSessions(days));
  return days;
}

const changes = new Map<string, number[]>();

/** Up to three days before the clocks of a zone are changed, where they are. */
function nearChange(name: string, start: number): number {
  let known = changes.get(name);
  if (!known) {
    known = [];
    const zone = Zone.of(name);
    const offset = (at: number) => zone.wallAt(at) - at;
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2029, 0, 1); at += DAY)
      if (offset(at) !== offset(at + DAY)) known.push(at);
    changes.set(name, known);
  }
  if (known.length === 0) return start;
  return known[Math.floor(start / MINUTE) % known.length]! - (start % (3 * DAY));
}
