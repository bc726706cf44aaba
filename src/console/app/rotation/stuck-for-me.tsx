import { Link } from '@tanstack/react-router';
import classes from '../home/home-page.module.css';
import { Section } from '../page/section.js';
import { Instant } from '../time/instant.js';
import type { Run } from './rotation-queries.js';
import { RunPill } from './rotation-words.js';

/** Rotations that only somebody who runs them takes further. */
export function StuckForMe({ runs }: { readonly runs: readonly Run[] }) {
  if (runs.length === 0) return null;
  return (
    <Section
      title="Rotations that are stuck"
      bare
      actions={<Link to="/rotation/stuck">{runs.length === 1 ? 'What to do' : 'All of them'}</Link>}
    >
      <ul className={classes.list}>
        {runs.map((run) => (
          <li key={run.id} data-row className={classes.row}>
            <span className={classes.first}>
              <Link to="/rotation/runs/$id" params={{ id: run.id }} className={classes.link}>
                {run.rotationName}
              </Link>
              <RunPill run={run} />
            </span>
            <span className={classes.about}>
              since <Instant at={run.stepSince} />: {run.runbook?.words ?? run.failure}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
