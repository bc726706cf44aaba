import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import classes from './source-warning.module.css';
import type { FewSources, Source } from './sources-queries.js';
import { failureWords, HEALTHS } from './source-words.js';

/** Says which sources cannot be relied on, so that a short queue is not taken for a clean house. */
export function SourceWarning({ sources: { items, isAll } }: { readonly sources: FewSources }) {
  const doubtful = items.filter(({ health }) => health !== 'good');
  if (doubtful.length === 0) return null;
  const [first] = doubtful as [Source];
  const why = first.failure === null ? HEALTHS[first.health].means : failureWords(first.failure);
  return (
    <div className={classes.warning} role="note">
      <IconAlertTriangle size={18} aria-hidden />
      <p>
        {doubtful.length === 1 ? (
          <>
            <Link to="/sources/$id" params={{ id: first.id }}>
              {first.name}
            </Link>{' '}
            cannot be relied on: {why}
          </>
        ) : (
          <>
            {isAll ? `${doubtful.length} of ${items.length} sources` : `More than ${doubtful.length} sources`} cannot be
            relied on; what they hold now is not known. <Link to="/sources">See which</Link>
          </>
        )}
      </p>
    </div>
  );
}
