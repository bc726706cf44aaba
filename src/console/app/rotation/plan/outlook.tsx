import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { exactly, inOwnTime } from '../../time/spoken.js';
import { CAUSES } from '../rotation-words.js';
import { Risks } from './concerns.js';
import { planOfQuery } from './plan-queries.js';
import classes from './plan.module.css';

const MOST = 6;

/** What one rotation would do, what it would wait for, and who would break. */
export function Outlook({ rotationId }: { readonly rotationId: string }) {
  const found = useQuery(planOfQuery(rotationId));
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.isPending) return <RowsLoading rows={4} />;
  if (found.data === null) return <p className={classes.quiet}>Nothing begins by itself.</p>;
  const { begins, conflicts, risks, more } = found.data;
  const isMore = more || begins.length > MOST;
  return (
    <div className={classes.outlook}>
      {begins.length === 0 && <p className={classes.quiet}>Nothing begins by itself.</p>}
      {begins.length > 0 && (
        <ul aria-label="Begins">
          {begins.slice(0, MOST).map(({ at, cause, held }) => (
            <li key={at}>
              <time dateTime={at}>{exactly(at)}</time>{' '}
              <span className={classes.why}>{CAUSES[cause].toLowerCase()}</span>
              {held !== null && (
                <>
                  , waits for{' '}
                  <Link to="/rotation/$id" params={{ id: held.by }}>
                    its pair
                  </Link>
                </>
              )}
            </li>
          ))}
          {isMore && <li className={classes.quiet}>and more</li>}
        </ul>
      )}
      {conflicts.length > 0 && (
        <div>
          <h3>Where it does not agree</h3>
          <ul>
            {conflicts.map(({ code, words }) => (
              <li key={code}>{inOwnTime(words)}</li>
            ))}
          </ul>
        </div>
      )}
      {risks.length > 0 && (
        <div>
          <h3>Who would break, or hold it up</h3>
          <ul>
            <Risks risks={risks} />
          </ul>
        </div>
      )}
    </div>
  );
}
