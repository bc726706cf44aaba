import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { asProblem } from '../../service/problem.js';
import { onDay } from '../../time/spoken.js';
import { calendarPreviewQuery, type CalendarText } from './calendars-queries.js';
import { SessionList } from './session-list.js';
import classes from '../rotation.module.css';

const TYPING_MILLISECONDS = 400;

/** The next sessions of a calendar that is not set up yet, or where it is not understood. */
export function CalendarPreview({ wanted }: { readonly wanted: CalendarText }) {
  const [settled] = useDebouncedValue(JSON.stringify(wanted), TYPING_MILLISECONDS);
  const found = useQuery({
    ...calendarPreviewQuery(JSON.parse(settled) as CalendarText),
    placeholderData: keepPreviousData,
  });
  if (found.isError) return <p className={classes.bad}>{asProblem(found.error).message}</p>;
  if (!found.data) return null;
  const { items, zone, coveredUntil } = found.data;
  return (
    <div className={classes.preview}>
      <p className={classes.muted}>
        By the clocks of {zone}
        {coveredUntil !== null && <>, known until {onDay(coveredUntil)}</>}.
      </p>
      {items.length === 0 ? <p>It has no session in the next year.</p> : <SessionList sessions={items} />}
    </div>
  );
}
