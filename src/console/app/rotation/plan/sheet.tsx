import { Link } from '@tanstack/react-router';
import { dayOf } from '../../reviews/days.js';
import { atTime, exactly } from '../../time/spoken.js';
import { type Begin, PLAN_DAYS, type Planned } from './plan-queries.js';
import { byDay, daysOn, type FrozenPart, weeksFrom } from './span.js';
import classes from './plan.module.css';

const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
/** Where a day stands by itself, without its week. */
const WHOLE_DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const MONTH_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
/** Marks in one day before the rest is only counted. */
const MOST_MARKS = 5;

interface SheetProps {
  readonly today: Date;
  readonly planned: readonly Planned[];
  readonly frozen: readonly FrozenPart[];
}

interface Mark {
  readonly of: Planned;
  readonly begin: Begin;
}

/** Thirty days in weeks: what begins when, and the hours in which nothing may. */
export function Sheet({ today, planned, frozen }: SheetProps) {
  const weeks = weeksFrom(today, PLAN_DAYS);
  const marks = byDay(
    planned.flatMap((of) => of.begins.map((begin): Mark => ({ of, begin }))),
    ({ begin }) => begin.at,
  );
  const parts = byDay(frozen, ({ from }) => from);
  const last = daysOn(today, PLAN_DAYS);
  return (
    <table className={classes.sheet} aria-label="The next thirty days">
      <thead>
        <tr>
          {weeks[0]!.map((date) => (
            <th key={date.getDay()} scope="col">
              {WEEKDAY.format(date)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]!.getTime()}>
            {week.map((date) => {
              const day = dayOf(date);
              const isOther = date < today || date >= last;
              return (
                <Day
                  key={day}
                  date={date}
                  isOther={isOther}
                  isToday={date.getTime() === today.getTime()}
                  marks={[...(marks.get(day) ?? [])].sort(earliestFirst)}
                  parts={parts.get(day) ?? []}
                />
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DayProps {
  readonly date: Date;
  readonly isOther: boolean;
  readonly isToday: boolean;
  readonly marks: readonly Mark[];
  readonly parts: readonly FrozenPart[];
}

function Day({ date, isOther, isToday, marks, parts }: DayProps) {
  return (
    <td
      data-other={isOther}
      data-empty={marks.length === 0}
      data-frozen={parts.length > 0}
      aria-current={isToday ? 'date' : undefined}
    >
      <time dateTime={dayOf(date)}>
        <span className={classes.short}>
          {date.getDate() === 1 || isToday ? MONTH_DAY.format(date) : date.getDate()}
        </span>
        <span className={classes.whole}>{WHOLE_DAY.format(date)}</span>
      </time>
      {parts.length > 0 && (
        <>
          <span className={classes.hours} aria-hidden>
            {parts.map((part) => (
              <span
                key={part.calendar + part.from}
                style={{ insetInlineStart: `${100 * part.begins}%`, width: `${100 * (part.ends - part.begins)}%` }}
              />
            ))}
          </span>
          <span className={classes.frozen}>
            {namesOf(parts)} {spansOf(parts)}
          </span>
        </>
      )}
      <ul>
        {marks.slice(0, MOST_MARKS).map(({ of, begin }) => (
          <li key={of.rotationId + begin.at} data-kind={kindOf(of, begin)} title={exactly(begin.at)}>
            <span className={classes.time}>{atTime(begin.at)}</span>{' '}
            <Link to="/rotation/$id" params={{ id: of.rotationId }}>
              {of.name}
            </Link>
            <Note kind={kindOf(of, begin)} />
          </li>
        ))}
        {marks.length > MOST_MARKS && <li className={classes.rest}>and {marks.length - MOST_MARKS} more</li>}
      </ul>
    </td>
  );
}

/** In words what its colour says. */
function Note({ kind }: { readonly kind: ReturnType<typeof kindOf> }) {
  if (kind === 'plain') return null;
  return <span className={classes.note}> {kind === 'held' ? 'waits for its pair' : 'somebody would miss it'}</span>;
}

/** How a beginning stands out: it would be held up, somebody would break, or neither. */
function kindOf({ risks }: Planned, { held }: Begin): 'held' | 'risk' | 'plain' {
  if (held !== null) return 'held';
  return risks.some(({ code }) => BREAKING.has(code)) ? 'risk' : 'plain';
}

const BREAKING: ReadonlySet<string> = new Set([
  'consumer_never_seen',
  'consumer_behind',
  'identity_not_active',
  'nobody_gets_it',
]);

function namesOf(parts: readonly FrozenPart[]): string {
  return [...new Set(parts.map(({ calendar }) => calendar))].join(', ');
}

function spansOf(parts: readonly FrozenPart[]): string {
  const spans = parts.map(({ from, to, begins, ends }) =>
    begins === 0 && ends === 1 ? 'all day' : `${atTime(from)}–${ends === 1 ? '24:00' : atTime(to)}`,
  );
  return [...new Set(spans)].join(', ');
}

function earliestFirst(one: Mark, other: Mark): number {
  return one.begin.at.localeCompare(other.begin.at);
}
