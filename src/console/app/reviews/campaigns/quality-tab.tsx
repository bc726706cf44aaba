import { IconEyeOff } from '@tabler/icons-react';
import { Empty } from '../../page/empty.js';
import { type Fact, Facts } from '../../page/facts.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { lasting } from '../../time/spoken.js';
import type { Figures } from '../reviews-queries.js';
import classes from './campaign.module.css';

type Quality = NonNullable<Figures['quality']>;
type OfCustodian = NonNullable<Figures['custodians']>[number];

const COLUMNS: readonly Column<OfCustodian>[] = [
  { id: 'who', header: 'Custodian', narrow: 'bare', cell: ({ personId }) => <Party id={personId} /> },
  { id: 'decided', header: 'Decided', cell: ({ decided }) => decided.toLocaleString('en') },
  { id: 'opened', header: 'Evidence read', cell: ({ opened, decided }) => share(opened, decided) },
  { id: 'median', header: 'Half within', cell: ({ medianSeconds }) => lasting(medianSeconds) },
  { id: 'p90', header: 'Nine in ten within', narrow: 'hidden', cell: ({ p90Seconds }) => lasting(p90Seconds) },
  { id: 'bulk', header: 'Kept in bulk', narrow: 'hidden', cell: ({ bulkKeeps }) => bulkKeeps.toLocaleString('en') },
  {
    id: 'flags',
    header: 'Worth a word',
    grows: true,
    cell: ({ flags }) => <span className={classes.late}>{flags.map(({ words }) => words).join(' ')}</span>,
  },
];

/** How the decisions came about. It accuses nobody, and refuses nothing. */
export function QualityTab({ figures: { quality, custodians } }: { readonly figures: Figures }) {
  if (quality === null || custodians === null)
    return (
      <Empty icon={<IconEyeOff size={32} stroke={1.25} />} title="This is for whoever runs the campaign.">
        <p>
          Its owner, management, administrators and auditors see how long decisions took and whether evidence was read.
        </p>
      </Empty>
    );
  return (
    <div className={classes.column}>
      <Section title="All decisions" lead="By the service’s clock, from opening the evidence to the decision.">
        <Facts facts={factsOf(quality)} />
      </Section>
      <Section title="By custodian" bare>
        {custodians.length === 0 ? (
          <p className={classes.muted}>Nobody has signed anything yet.</p>
        ) : (
          <DataTable
            label="Quality by custodian"
            columns={COLUMNS}
            rows={custodians}
            rowId={({ personId }) => personId}
          />
        )}
      </Section>
    </div>
  );
}

function factsOf({
  decided,
  keeps,
  opened,
  medianSeconds,
  p90Seconds,
  bulkKeeps,
  hastyKeeps,
  busiest,
  flags,
}: Quality): (Fact | false)[] {
  return [
    ['Decided', decided.toLocaleString('en')],
    ['Evidence read', share(opened, decided)],
    ['Half took at most', lasting(medianSeconds)],
    ['Nine in ten', lasting(p90Seconds)],
    ['Kept in bulk', `${bulkKeeps.toLocaleString('en')} of ${keeps.toLocaleString('en')} keeps`],
    ['Kept in a rush', `${hastyKeeps.toLocaleString('en')} within three seconds of the decision before`],
    ['Busiest', `${busiest.toLocaleString('en')} by one person within ninety seconds`],
    flags.length > 0 && ['Worth a word', flags.map(({ words }) => words).join(' ')],
  ];
}

function share(count: number, of: number): string {
  if (of === 0) return 'none yet';
  return `${count.toLocaleString('en')} of ${of.toLocaleString('en')} (${Math.round((100 * count) / of)} %)`;
}
