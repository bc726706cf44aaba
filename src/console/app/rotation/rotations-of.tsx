import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../page/empty.js';
import { FoundTable } from '../table/found-table.js';
import { ROTATIONS_OF_ONE } from './rotations-columns.js';
import { rotationsQuery } from './rotation-queries.js';

/** What of an identity rotates. */
export function RotationsOf({ identityId }: { readonly identityId: string }) {
  const found = useInfiniteQuery(rotationsQuery({ identityId }));
  return (
    <FoundTable
      label="Rotations"
      found={found}
      columns={ROTATIONS_OF_ONE}
      rowId={({ id }) => id}
      loadingRows={2}
      empty={
        <Empty title="Nothing of it rotates.">
          <p>
            With an account on a target{' '}
            <Link to="/rotation/new" search={{ identityId }}>
              it can
            </Link>
            .
          </p>
        </Empty>
      }
    />
  );
}
