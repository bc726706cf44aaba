import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { asProblem } from '../service/problem.js';
import { exactly } from '../time/spoken.js';
import { type RotationSchedule, schedulePreviewQuery } from './rotation-queries.js';
import classes from './rotation.module.css';

const TYPING_MILLISECONDS = 400;
const MOST_SHOWN = 5;

interface SchedulePreviewProps {
  readonly schedule: RotationSchedule;
  readonly calendarIds: readonly string[];
  readonly rotationId?: string | undefined;
}

/** When a schedule would come to its turn next, and what it can never agree with. */
export function SchedulePreview({ schedule, calendarIds, rotationId }: SchedulePreviewProps) {
  const [wanted] = useDebouncedValue(JSON.stringify({ schedule, calendarIds, rotationId }), TYPING_MILLISECONDS);
  const found = useQuery({
    ...schedulePreviewQuery(JSON.parse(wanted) as SchedulePreviewProps),
    placeholderData: keepPreviousData,
  });
  if (found.isError) return <p className={classes.bad}>{asProblem(found.error).message}</p>;
  if (!found.data) return null;
  const { begins, more, conflicts } = found.data;
  return (
    <div className={classes.preview}>
      <ul className={classes.plain} aria-label="Begins next">
        {begins.slice(0, MOST_SHOWN).map(({ at, cause }) => (
          <li key={at}>
            <time dateTime={at}>{exactly(at)}</time>
            {cause === 'maximum-age' && <span className={classes.muted}>, because it is too old by then</span>}
          </li>
        ))}
        {begins.length === 0 && <li className={classes.muted}>Nothing within ninety days.</li>}
        {(more || begins.length > MOST_SHOWN) && <li className={classes.muted}>and so on</li>}
      </ul>
      {conflicts.map(({ code, words }) => (
        <p key={code} className={classes.bad}>
          {words}
        </p>
      ))}
    </div>
  );
}
