import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../page/empty.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { nameOf } from './finding-names.js';
import { Due, StatePill, VerdictPill } from './finding-words.js';
import { type FindingFilters, type FindingRow, findingsQuery } from './findings-queries.js';
import classes from './queue/queue.module.css';

const FEW = 10;

interface FindingsOfProps {
  readonly filters: FindingFilters;
  /** Said in its place where there is none. */
  readonly empty: string;
}

/** The findings of one thing, a few at a time. */
export function FindingsOf({ filters, empty }: FindingsOfProps) {
  const found = useInfiniteQuery(findingsQuery(filters, FEW));
  return (
    <FoundTable
      label="Findings"
      found={found}
      columns={COLUMNS}
      rowId={({ id }) => id}
      loadingRows={2}
      empty={<Empty title={empty} />}
    />
  );
}

const COLUMNS: readonly Column<FindingRow>[] = [
  {
    id: 'finding',
    header: 'Finding',
    grows: true,
    narrow: 'bare',
    cell: (finding) => (
      <span className={classes.finding}>
        <Link to="/findings/$id" params={{ id: finding.id }}>
          {nameOf(finding)}
        </Link>
        <small title={finding.because}>{finding.because}</small>
      </span>
    ),
  },
  { id: 'verdict', header: 'Verdict', cell: ({ verdict }) => <VerdictPill verdict={verdict} /> },
  {
    id: 'state',
    header: 'State',
    cell: ({ state, dueAt }) => (state === 'open' ? <Due dueAt={dueAt} /> : <StatePill state={state} />),
  },
];
