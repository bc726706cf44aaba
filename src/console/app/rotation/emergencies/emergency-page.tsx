import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { Facts } from '../../page/facts.js';
import { Page } from '../../page/page.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import type { Column } from '../../table/data-table.js';
import { FoundTable } from '../../table/found-table.js';
import { Instant } from '../../time/instant.js';
import { failureWords, RUN_STATES, RunPill, STEPS } from '../rotation-words.js';
import { EmergencyPill, sumOf } from './emergencies-page.js';
import { type EmergencyRun, emergencyQuery, emergencyRunsQuery } from './emergencies-queries.js';
import { ScopeWords, touchWords } from './emergency-words.js';
import { UnrotatableList } from './unrotatable-list.js';
import classes from './emergency.module.css';

const route = getRouteApi('/signed-in/rotation/emergencies/$id');

const COLUMNS: readonly Column<EmergencyRun>[] = [
  { id: 'place', header: 'Order', narrow: 'hidden', cell: ({ place }) => place },
  {
    id: 'rotation',
    header: 'Rotation',
    grows: true,
    narrow: 'bare',
    cell: ({ runId, rotationName }) => (
      <Link to="/rotation/runs/$id" params={{ id: runId }}>
        {rotationName}
      </Link>
    ),
  },
  { id: 'state', header: 'State', cell: (run) => <RunPill run={run} /> },
  { id: 'step', header: 'Step', cell: ({ state, step }) => (OVER.has(state) ? '–' : STEPS[step].forth) },
  { id: 'why', header: 'Touched', narrow: 'hidden', cell: ({ touches }) => touchWords(touches) },
  { id: 'failure', header: 'Kept by', cell: ({ failure }) => (failure === null ? '–' : failureWords(failure)) },
];
const OVER: ReadonlySet<EmergencyRun['state']> = new Set(['finished', 'cancelled']);

/** One emergency: how far each of its runs is, in their order, and what could not rotate. */
export function EmergencyPage() {
  const { id } = route.useParams();
  const emergency = useSuspenseQuery(emergencyQuery(id)).data;
  const runs = useInfiniteQuery(emergencyRunsQuery(id));
  const total = sumOf(emergency.runs);
  const done = emergency.runs.finished + emergency.runs.cancelled;
  return (
    <Page
      title={<ScopeWords scope={emergency.scope} />}
      tab="Emergency"
      over={<Link to="/rotation/emergencies">Emergencies</Link>}
      beside={<EmergencyPill emergency={emergency} />}
      lead={`“${emergency.reason}”`}
      wide
    >
      <div
        className={classes.bar}
        role="progressbar"
        aria-label="Runs that are over"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={`${done} of ${total} runs are over`}
      >
        <span style={{ width: `${total === 0 ? 100 : (100 * done) / total}%` }} />
      </div>
      <Facts
        facts={[
          ['Started by', <Party key="by" id={emergency.startedBy} />],
          ['Started', <Instant key="at" at={emergency.startedAt} full />],
          ...Object.entries(RUN_STATES).flatMap(([state, { name }]) => {
            const count = emergency.runs[state as EmergencyRun['state']];
            return count === 0 ? [] : [[name, count.toLocaleString('en')] as const];
          }),
        ]}
      />
      <Section title="What rotates, in this order" bare>
        <FoundTable
          label="Runs of the emergency"
          found={runs}
          columns={COLUMNS}
          rowId={({ runId }) => runId}
          empty={
            <Empty title="Nothing of it rotates.">
              <p>See below what it touched, and what to do about each.</p>
            </Empty>
          }
        />
      </Section>
      <UnrotatableList items={emergency.unrotatable} count={emergency.unrotatableCount} />
    </Page>
  );
}
