import { Link } from '@tanstack/react-router';
import type { Column } from '../table/data-table.js';
import { Instant } from '../time/instant.js';
import type { Rotation } from './rotation-queries.js';
import { RotationPill } from './rotation-words.js';

export const ROTATIONS_OF_ALL: readonly Column<Rotation>[] = [
  {
    id: 'name',
    header: 'Rotation',
    grows: true,
    narrow: 'bare',
    cell: ({ id, name }) => (
      <Link to="/rotation/$id" params={{ id }}>
        {name}
      </Link>
    ),
  },
  { id: 'state', header: 'State', cell: (rotation) => <RotationPill rotation={rotation} /> },
  {
    id: 'identity',
    header: 'Identity',
    cell: ({ identityId, identityName }) => (
      <Link to="/identities/$id" params={{ id: identityId }}>
        {identityName}
      </Link>
    ),
  },
  {
    id: 'next',
    header: 'Next',
    cell: ({ nextDueAt }) => (nextDueAt === null ? 'By hand' : <Instant at={nextDueAt} />),
  },
  {
    id: 'last',
    header: 'Last',
    narrow: 'hidden',
    cell: ({ rotatedAt }) => (rotatedAt === null ? 'Never' : <Instant at={rotatedAt} />),
  },
  {
    id: 'version',
    header: 'Version',
    cell: ({ currentVersion, previousVersion }) =>
      previousVersion === null ? currentVersion : `${currentVersion}, and ${previousVersion} still works`,
  },
  { id: 'pair', header: 'Pair', narrow: 'hidden', cell: ({ pair }) => pair ?? '–' },
];
/** Those of one identity need not say whose they are. */
export const ROTATIONS_OF_ONE = ROTATIONS_OF_ALL.filter(({ id }) => id !== 'identity' && id !== 'pair');
