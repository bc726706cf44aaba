import { IconEmergencyBed } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Party } from '../people/party.js';
import type { Me } from '../session/me.js';
import { Instant } from '../time/instant.js';
import classes from './emergency-banner.module.css';

/** Says on every page that the glass is broken, or that its review is due. */
export function EmergencyBanner({ emergencies }: Pick<Me, 'emergencies'>) {
  if (emergencies.length === 0) return null;
  return (
    <section className={classes.banner} aria-label="Broken glass">
      {emergencies.map(({ id, personId, state, endsAt, reviewDueAt }) => (
        <p key={id} data-state={state}>
          <IconEmergencyBed size={18} aria-hidden />
          <span>
            {state === 'open' ? (
              <>
                The glass is broken: <Party id={personId} /> has emergency roles until <Instant at={endsAt} full />.
              </>
            ) : (
              <>
                <Party id={personId} /> broke the glass; its review {state === 'review-overdue' ? 'was' : 'is'} due{' '}
                <Instant at={reviewDueAt} />.
              </>
            )}{' '}
            <Link to="/break-glass">Look into it</Link>
          </span>
        </p>
      ))}
    </section>
  );
}
