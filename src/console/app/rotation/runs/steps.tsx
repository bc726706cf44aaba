import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconCircle, IconCircleCheck, IconCircleX, IconPlayerPause } from '@tabler/icons-react';
import { Instant } from '../../time/instant.js';
import type { WholeRun } from '../rotation-queries.js';
import { failureWords, RUN_STATES, STEPS } from '../rotation-words.js';
import classes from './steps.module.css';

type Stored = WholeRun['steps'][number];
type StepName = WholeRun['step'];

const ORDER = Object.keys(STEPS) as StepName[];

/** One step as it is shown: what is stored of it, where it was begun. */
interface Shown {
  readonly direction: WholeRun['direction'];
  readonly step: StepName;
  readonly stored: Stored | undefined;
}

/** The steps of a run in their order, each with when it was begun and done; and those of the way back. */
export function Steps({ run }: { readonly run: WholeRun }) {
  const shown = stepsOf(run);
  const done = shown.filter(({ stored }) => stored?.doneAt != null).length;
  return (
    <div className={classes.frame}>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Steps that are done"
        aria-valuemin={0}
        aria-valuemax={shown.length}
        aria-valuenow={done}
        aria-valuetext={`${done} of ${shown.length} steps are done`}
      >
        <span style={{ width: `${(100 * done) / shown.length}%` }} data-state={run.state} />
      </div>
      <ol className={classes.steps} aria-label="Steps">
        {shown.map(({ direction, step, stored }) => {
          const isNow = run.endedAt === null && run.direction === direction && run.step === step;
          const kind = stored?.doneAt != null ? 'done' : isNow ? run.state : 'later';
          const failure = stored?.failure ?? (isNow ? run.failure : null);
          return (
            <li key={direction + step} data-kind={kind} aria-current={isNow ? 'step' : undefined}>
              <StepIcon kind={kind} />
              <div>
                <strong>{STEPS[step][direction]}</strong>
                <span className={classes.about}>
                  {stored === undefined && (isNow ? RUN_STATES[run.state].name : 'Not yet')}
                  {stored && stored.doneAt === null && (
                    <>
                      {isNow ? RUN_STATES[run.state].name : 'Begun'}, since <Instant at={stored.begunAt} />
                    </>
                  )}
                  {stored?.doneAt != null && (
                    <>
                      Done <Instant at={stored.doneAt} />
                    </>
                  )}
                  {stored !== undefined && stored.attempts > 0 && stored.doneAt === null && (
                    <>, tried {stored.attempts === 1 ? 'once' : `${stored.attempts} times`}</>
                  )}
                </span>
                {failure !== null && stored?.doneAt == null && (
                  <span className={classes.failure}>
                    {failureWords(failure)} <code>{failure}</code>
                  </span>
                )}
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** Every step forth; of one that was given up, those that were begun and every step back that is stored or to come. */
function stepsOf(run: WholeRun): Shown[] {
  const of = (direction: WholeRun['direction'], step: StepName): Shown => ({
    ...{ direction, step },
    stored: run.steps.find((each) => each.direction === direction && each.step === step),
  });
  const forth = ORDER.map((step) => of('forth', step));
  if (run.direction === 'forth') return forth;
  const first = run.steps.find(({ direction }) => direction === 'back')?.step ?? run.step;
  const back = ORDER.slice(ORDER.indexOf(first)).map((step) => of('back', step));
  return [...forth.filter(({ stored }) => stored !== undefined), ...back];
}

function StepIcon({ kind }: { readonly kind: string }) {
  if (kind === 'done') return <IconCircleCheck size={20} role="img" aria-label="Done" />;
  if (kind === 'running') return <Loader size={18} role="img" aria-label="Under way" />;
  if (kind === 'stuck') return <IconAlertTriangle size={20} role="img" aria-label="Stuck" />;
  if (kind === 'held' || kind === 'planned') return <IconPlayerPause size={20} role="img" aria-label="Waits" />;
  if (kind === 'cancelled') return <IconCircleX size={20} role="img" aria-label="Given up" />;
  return <IconCircle size={20} role="img" aria-label="To come" />;
}
