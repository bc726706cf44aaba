import { RUN_STATES } from './source-words.js';
import type { SourceRun } from './sources-queries.js';
import classes from './sources.module.css';

/** How far a look has come, as it goes: where the end is not known, that it goes on. */
export function RunProgress({ run }: { readonly run: SourceRun }) {
  const { state, done, ofAll, observed } = run;
  const percent = ofAll === null || ofAll === 0 ? undefined : Math.min(100, Math.round((100 * done) / ofAll));
  const words =
    state === 'waiting'
      ? RUN_STATES.waiting.name
      : `${ofAll === null ? done.toLocaleString('en') : `${done.toLocaleString('en')} of ${ofAll.toLocaleString('en')}`} read, ${observed.toLocaleString('en')} seen`;
  return (
    <span className={classes.progress}>
      <span
        className={classes.bar}
        role="progressbar"
        aria-label="How far the look has come"
        aria-valuetext={words}
        {...(percent !== undefined && { 'aria-valuenow': percent, 'aria-valuemin': 0, 'aria-valuemax': 100 })}
        data-endless={percent === undefined}
      >
        <span style={{ width: `${percent ?? 40}%` }} />
      </span>
      <small>{words}</small>
    </span>
  );
}
