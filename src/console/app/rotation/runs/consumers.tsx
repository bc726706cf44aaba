import { Empty } from '../../page/empty.js';
import { Pill } from '../../page/pill.js';
import { Party } from '../../people/party.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { Instant } from '../../time/instant.js';
import type { WholeRun } from '../rotation-queries.js';

type Consumer = WholeRun['consumers'][number];

const COLUMNS: readonly Column<Consumer>[] = [
  {
    id: 'instance',
    header: 'Consumer',
    grows: true,
    narrow: 'bare',
    cell: ({ instance, forgotten }) => (
      <span>
        {instance} {forgotten !== null && <Gone {...forgotten} />}
      </span>
    ),
  },
  {
    id: 'fetched',
    header: 'Fetched',
    cell: ({ fetchedVersion, fetchedAt }) => <Told version={fetchedVersion} at={fetchedAt} />,
  },
  {
    id: 'uses',
    header: 'Uses',
    cell: ({ acknowledgedVersion, acknowledgedAt }) => <Told version={acknowledgedVersion} at={acknowledgedAt} />,
  },
];

/** Who came for it, and which version they say they use. */
export function Consumers({ run: { consumers } }: { readonly run: WholeRun }) {
  if (consumers.length === 0)
    return (
      <Empty title="Nobody has fetched it.">
        <p>Programs fetch it by themselves, by muster exec or by an agent; else it is delivered to sinks.</p>
      </Empty>
    );
  return <DataTable label="Consumers" columns={COLUMNS} rows={consumers} rowId={({ instance }) => instance} />;
}

function Gone({ by, reason }: NonNullable<Consumer['forgotten']>) {
  return (
    <>
      <Pill tone="still">Gone</Pill> says <Party id={by} />: “{reason}”
    </>
  );
}

function Told({ version, at }: { readonly version: number | null; readonly at: string | null }) {
  if (version === null) return '–';
  return (
    <span>
      {version}
      {at !== null && (
        <>
          , <Instant at={at} />
        </>
      )}
    </span>
  );
}
