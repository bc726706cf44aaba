import { Instant } from '../../time/instant.js';
import type { Rights } from '../findings-queries.js';
import classes from './concerns.module.css';

type Seen = Rights['unregistered'][number];

const MOST = 12;

/** What its account may do against what is registered, and what would be enough. */
export function RightsReview({ rights }: { readonly rights: Rights }) {
  const { unregistered, wider, unused, absent, proposed } = rights;
  const agrees = [unregistered, wider, unused, absent].every(({ length }) => length === 0);
  return (
    <div className={classes.rights}>
      {agrees && <p className={classes.quiet}>It may do what is registered, and nothing else.</p>}
      <Group title="Nobody registered" rights={unregistered} />
      <Group title="Wider than registered" rights={wider.map(({ seen }) => seen)} />
      <Group title="Not used for 90 days" rights={unused} />
      {absent.length > 0 && (
        <div>
          <h3>Registered, and not there</h3>
          <ul>
            {absent.slice(0, MOST).map(({ grantId, scope }) => (
              <li key={grantId}>
                <code>{scope}</code>
              </li>
            ))}
            <More count={absent.length} />
          </ul>
        </div>
      )}
      {!agrees && (
        <div className={classes.proposal}>
          <h3>What would be enough</h3>
          {proposed.length === 0 ? (
            <p className={classes.quiet}>Nothing: no registered right of it was seen to be used.</p>
          ) : (
            <ul>
              {proposed.slice(0, MOST).map(({ privilege, resource }) => (
                <li key={`${privilege} ${resource}`}>
                  <Right privilege={privilege} resource={resource} />
                </li>
              ))}
              <More count={proposed.length} />
            </ul>
          )}
        </div>
      )}
    </div>
  );
}

function Group({ title, rights }: { readonly title: string; readonly rights: readonly Seen[] }) {
  if (rights.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {rights.slice(0, MOST).map((seen) => (
          <li key={`${seen.privilege} ${seen.resource} ${seen.through}`}>
            <Right privilege={seen.privilege} resource={seen.resource} />
            <small>
              {seen.through !== undefined && ` through ${seen.through}`}
              {seen.lastUsedAt === null && ', never used'}
              {typeof seen.lastUsedAt === 'string' && (
                <>
                  , used <Instant at={seen.lastUsedAt} />
                </>
              )}
            </small>
          </li>
        ))}
        <More count={rights.length} />
      </ul>
    </div>
  );
}

function Right({ privilege, resource }: { readonly privilege: string; readonly resource: string }) {
  return (
    <>
      <code>{privilege === '*' ? 'anything' : privilege}</code> on{' '}
      <code>{resource === '*' ? 'everything' : resource}</code>
    </>
  );
}

function More({ count }: { readonly count: number }) {
  return count > MOST ? <li>and {(count - MOST).toLocaleString('en')} more</li> : null;
}
