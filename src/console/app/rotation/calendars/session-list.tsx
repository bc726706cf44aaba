import { exactly } from '../../time/spoken.js';
import type { Session } from './calendars-queries.js';
import classes from '../rotation.module.css';

/** Sessions, from when to when. */
export function SessionList({ sessions }: { readonly sessions: readonly Session[] }) {
  return (
    <ul className={classes.plain} aria-label="Next sessions">
      {sessions.map((session) => (
        <li key={session.from}>
          <time dateTime={session.from}>{exactly(session.from)}</time>{' '}
          {session.to === null ? (
            'without an end'
          ) : (
            <>
              to <time dateTime={session.to}>{exactly(session.to)}</time>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
