import { IconEyeCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { Pill, type Tone } from '../../page/pill.js';
import { Party } from '../../people/party.js';
import type { Column } from '../../table/data-table.js';
import { FoundTable } from '../../table/found-table.js';
import { type Sample, samplesQuery } from '../reviews-queries.js';

const TONES: Readonly<Record<Sample['state'], Tone>> = { open: 'warn', agreed: 'good', disagreed: 'bad' };

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
  { id: 'kept', header: 'By', cell: ({ keptBy }) => <Party id={keptBy} /> },
  { id: 'reviewer', header: 'Second look by', cell: ({ reviewerId }) => <Party id={reviewerId} /> },
  { id: 'state', header: 'Found', cell: (sample) => <SamplePill sample={sample} /> },
  { id: 'reason', header: 'Why', grows: true, cell: ({ reason }) => reason ?? '' },
];

/** Keeps that somebody else looks at again, and what they found. */
export function LooksTab({ campaignId }: { readonly campaignId: string }) {
  const found = useInfiniteQuery(samplesQuery({ campaignId }));
  return (
    <FoundTable
      label="Second looks"
      found={found}
      columns={COLUMNS}
      rowId={({ itemId }) => itemId}
      loadingRows={6}
      empty={
        <Empty icon={<IconEyeCheck size={32} stroke={1.25} />} title="No keep is looked at again yet.">
          <p>They are drawn by lot when decisions are signed.</p>
        </Empty>
      }
    />
  );
}

export function SamplePill({ sample: { state, resolution } }: { readonly sample: Sample }) {
  if (state === 'disagreed' && resolution !== null) return <Pill tone="still">Disagreed, settled</Pill>;
  return <Pill tone={TONES[state]}>{{ open: 'Open', agreed: 'Agreed', disagreed: 'Disagreed' }[state]}</Pill>;
}
