import { IconBulb } from '@tabler/icons-react';
import { Copyable } from '../../page/copyable.js';
import type { Run } from '../rotation-queries.js';
import classes from './runbook.module.css';

/** What keeps a run, and what the next human does. */
export function Runbook({ run: { runbook, state } }: { readonly run: Run }) {
  if (runbook === null) return null;
  return (
    <div className={classes.runbook} data-stuck={state === 'stuck'} role="note" aria-label="What to do">
      <IconBulb size={18} aria-hidden />
      <div>
        <p>{runbook.words}</p>
        {runbook.command !== null && <Copyable what="command" text={runbook.command} />}
      </div>
    </div>
  );
}
