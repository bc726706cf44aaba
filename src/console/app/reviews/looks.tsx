import { IconEyeCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../page/empty.js';
import { Party } from '../people/party.js';
import type { Column } from '../table/data-table.js';
import { FoundTable } from '../table/found-table.js';
import { Instant } from '../time/instant.js';
import { type Sample, samplesQuery } from './reviews-queries.js';

const COLUMNS: readonly Column<Sample>[] = [
  {
    id: 'name',
    header: 'Kept',
    narrow: 'bare',
    cell: ({ itemId, name }) => (
      <Link to="/reviews/items/$id" params={{ id: itemId }}>
        {name}
      </Link>
    ),
  },
  { id: 'environment', header: 'Environment', cell: ({ environment }) => environment },
  { id: 'by', header: 'Kept by', cell: ({ keptBy }) => <Party id={keptBy} /> },
  { id: 'why', header: 'Because', grows: true, cell: ({ keptBecause }) => keptBecause ?? '' },
  { id: 'at', header: 'Drawn', narrow: 'hidden', cell: ({ chosenAt }) => <Instant at={chosenAt} /> },
];

/** Keeps of others that were drawn by lot for this person to look at again. */
export function LooksForMe() {
  const found = useInfiniteQuery(samplesQuery({ reviewer: 'me', state: 'open' }));
  return (
    <FoundTable
      label="Second looks"
      found={found}
      columns={COLUMNS}
      rowId={({ itemId }) => itemId}
      loadingRows={5}
      empty={
        <Empty icon={<IconEyeCheck size={32} stroke={1.25} />} title="No second look waits for you.">
          <p>
            Of what others keep, a few are drawn by lot, and somebody else says whether they would have kept them too.
          </p>
        </Empty>
      }
    />
  );
}
