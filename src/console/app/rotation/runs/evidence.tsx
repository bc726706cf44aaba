import { Facts } from '../../page/facts.js';
import { Pill } from '../../page/pill.js';
import { Instant } from '../../time/instant.js';
import { lasting } from '../../time/spoken.js';
import { type Column, DataTable } from '../../table/data-table.js';
import type { WholeRun } from '../rotation-queries.js';
import { COVERAGES, VERDICTS } from '../rotation-words.js';
import { Forget } from './forget.js';
import classes from './evidence.module.css';

type Seen = NonNullable<WholeRun['evidence']>;
type Caller = Seen['callers'][number];

const COLUMNS: readonly Column<Caller>[] = [
  { id: 'application', header: 'Application', narrow: 'bare', cell: ({ application }) => application ?? 'Nameless' },
  { id: 'address', header: 'Address', cell: ({ address }) => <code>{address}</code> },
  { id: 'session', header: 'Session', cell: ({ session }) => (session === null ? '–' : <code>{session}</code>) },
  { id: 'first', header: 'First seen', cell: ({ firstSeenAt }) => <Instant at={firstSeenAt} /> },
  {
    id: 'last',
    header: 'Last seen',
    cell: ({ open, lastSeenAt }) => (open ? <Pill tone="bad">Connected</Pill> : <Instant at={lastSeenAt} />),
  },
];

/** What was seen of whoever uses the one that is to go, how far it can be believed, and what would show more. */
export function Evidence({ run }: { readonly run: WholeRun }) {
  const { evidence, direction } = run;
  if (evidence === null) return <p className={classes.none}>It is not watched yet.</p>;
  const { verdict, coverage, gaps, callers, callerCount, missing, missingCount } = evidence;
  const stays = direction === 'forth' ? 'new' : 'old';
  return (
    <div className={classes.evidence}>
      <p className={classes.verdict} data-tone={VERDICTS[verdict].tone}>
        {VERDICTS[verdict].words}
      </p>
      {callers.length > 0 && (
        <DataTable
          label="Still seen on it"
          columns={COLUMNS}
          rows={callers}
          rowId={({ address, application, session, firstSeenAt }) =>
            [address, application, session, firstSeenAt].join(' ')
          }
        />
      )}
      {callerCount > callers.length && (
        <p className={classes.none}>And {(callerCount - callers.length).toLocaleString('en')} more.</p>
      )}
      {missing.length > 0 && (
        <div>
          <h3>Not seen on the {stays} one</h3>
          <ul>
            {missing.map((name) => (
              <li key={name}>
                {name} <Forget run={run} consumer={name} />
              </li>
            ))}
            {missingCount > missing.length && <li>and {missingCount - missing.length} more</li>}
          </ul>
        </div>
      )}
      {gaps.length > 0 && (
        <div>
          <h3>What to change, so that more can be seen</h3>
          <ul>
            {gaps.map((gap) => (
              <li key={gap}>{gap}</li>
            ))}
          </ul>
        </div>
      )}
      <Facts
        facts={[
          ['What can be seen', COVERAGES[coverage]],
          evidence.completeSince !== null && [
            'Nothing missed since',
            <Instant key="since" at={evidence.completeSince} full />,
          ],
          evidence.lagSeconds > 0 && ['Seen only after', lasting(evidence.lagSeconds)],
          evidence.quietSince !== null && ['Quiet since', <Instant key="quiet" at={evidence.quietSince} full />],
          evidence.permittedFrom !== null && [
            'May go from',
            <Instant key="permitted" at={evidence.permittedFrom} full />,
          ],
          ['Looked', <Instant key="looked" at={evidence.observedAt} />],
        ]}
      />
    </div>
  );
}
