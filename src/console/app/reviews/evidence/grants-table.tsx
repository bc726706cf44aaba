import { Party } from '../../people/party.js';
import { Instant } from '../../time/instant.js';
import type { Evidence } from '../reviews-queries.js';
import classes from './evidence.module.css';

interface GrantsTableProps extends Pick<Evidence, 'grants'> {
  /** Whether who looks may take some of them away. */
  readonly canReduce: boolean;
}

/** Grants with their use, and which of them the right-sized set would keep. */
export function GrantsTable({ grants, canReduce }: GrantsTableProps) {
  if (grants.length === 0) return <p className={classes.quiet}>It was granted nothing anywhere.</p>;
  const unused = grants.filter(({ keep }) => !keep).length;
  return (
    <>
      {unused > 0 && (
        <p className={classes.proposal}>
          {unusedWords(unused, grants.length)}
          {canReduce && (
            <>
              {' '}
              <strong>Reduce</strong> opens with {unused === 1 ? 'it' : 'them'} ticked.
            </>
          )}
        </p>
      )}
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Grant</th>
            <th scope="col">Last used</th>
            <th scope="col">Verified</th>
          </tr>
        </thead>
        <tbody>
          {grants.map(({ id, target, scope, purpose, lastUsedAt, keep, verifiedAt, verifierId }) => (
            <tr key={id} data-unused={!keep}>
              <td>
                <strong>{scope}</strong> on {target}
                <small>{purpose}</small>
              </td>
              <td className={keep ? undefined : classes.unused}>
                {lastUsedAt === null ? 'Never seen' : <Instant at={lastUsedAt} />}
              </td>
              <td>
                {verifiedAt === null ? (
                  <span className={classes.unused}>Never</span>
                ) : (
                  <>
                    <Instant at={verifiedAt} /> by <Party id={verifierId} />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function unusedWords(unused: number, all: number): string {
  if (unused < all) return `${unused} of ${all} ${unused === 1 ? 'was' : 'were'} not used in 90 days.`;
  return all === 1 ? 'Its only grant was not used in 90 days.' : 'None of its grants was used in 90 days.';
}
