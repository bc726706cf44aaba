import type { Progress } from './queue.js';
import classes from './progress-bar.module.css';

interface ProgressBarProps {
  readonly progress: Progress;
  readonly label: string;
}

/** How much is decided, and of that how much is signed: in words first, drawn second. */
export function ProgressBar({ progress: { total, staged, submitted }, label }: ProgressBarProps) {
  const done = staged + submitted;
  const share = (count: number) => ({ width: `${total === 0 ? 0 : (100 * count) / total}%` });
  return (
    <div className={classes.progress}>
      <span className={classes.words}>
        <strong>
          {done.toLocaleString('en')} of {total.toLocaleString('en')}
        </strong>{' '}
        decided{submitted > 0 && `, ${submitted.toLocaleString('en')} signed`}
      </span>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={`${done} of ${total} decided`}
      >
        <span className={classes.signed} style={share(submitted)} />
        <span className={classes.staged} style={share(staged)} />
      </div>
    </div>
  );
}
