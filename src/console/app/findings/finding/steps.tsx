import { Copyable } from '../../page/copyable.js';
import type { Finding } from '../findings-queries.js';
import classes from './next-step.module.css';

/** Steps for people, in order; commands can be taken along. */
export function Steps({ steps, finding, identityName }: StepsProps) {
  const { identityId } = finding;
  // The first time, people read it; after that, it is typed.
  const named = (step: string) =>
    identityId === null || identityName === null ? step : step.replace(identityId, identityName);
  return (
    <ol className={classes.list} aria-label="Steps for people">
      {steps.map((step) => (
        <li key={step}>{isCommand(step) ? <Copyable what="command" text={step} /> : named(step)}</li>
      ))}
    </ol>
  );
}

interface StepsProps {
  readonly steps: readonly string[];
  readonly finding: Finding;
  readonly identityName: string | null;
}

function isCommand(step: string): boolean {
  return /^(aws|gcloud|az|kubectl|ALTER|ACL)\b/.test(step);
}
