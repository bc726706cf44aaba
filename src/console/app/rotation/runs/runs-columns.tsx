import { Link } from '@tanstack/react-router';
import { Party } from '../../people/party.js';
import type { Column } from '../../table/data-table.js';
import { Instant } from '../../time/instant.js';
import type { Run } from '../rotation-queries.js';
import { CAUSES, RunPill, versionsOf } from '../rotation-words.js';

const STATE: Column<Run> = { id: 'state', header: 'State', cell: (run) => <RunPill run={run} /> };
const CAUSE: Column<Run> = { id: 'cause', header: 'Because of', cell: ({ cause }) => CAUSES[cause] };
const BY: Column<Run> = {
  id: 'by',
  header: 'Started by',
  narrow: 'hidden',
  cell: ({ startedBy }) => <Party id={startedBy} />,
};
const STARTED: Column<Run> = { id: 'started', header: 'Started', cell: ({ startedAt }) => <Instant at={startedAt} /> };
const ENDED: Column<Run> = {
  id: 'ended',
  header: 'Ended',
  cell: ({ endedAt }) => (endedAt === null ? '–' : <Instant at={endedAt} />),
};

/** A column that leads to the run. */
function toRun(header: string, words: (run: Run) => string): Column<Run> {
  return {
    ...{ id: 'run', header, narrow: 'bare' },
    cell: (run) => (
      <Link to="/rotation/runs/$id" params={{ id: run.id }}>
        {words(run)}
      </Link>
    ),
  };
}

export const RUNS_OF_ALL: readonly Column<Run>[] = [
  { ...toRun('Rotation', ({ rotationName }) => rotationName), grows: true },
  { id: 'version', header: 'Version', narrow: 'hidden', cell: versionsOf },
  ...[STATE, CAUSE, BY, STARTED, ENDED],
];
/** Those of one rotation need not say which. */
export const RUNS_OF_ONE: readonly Column<Run>[] = [toRun('Version', versionsOf), STATE, CAUSE, BY, STARTED, ENDED];
