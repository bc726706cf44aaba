import { Link } from '@tanstack/react-router';
import classes from './campaigns.module.css';

const ROOMS = [
  { to: '/campaigns', name: 'Campaigns' },
  { to: '/reviews/calendar', name: 'Calendar' },
  { to: '/reviews/schedules', name: 'Schedules' },
  { to: '/reviews/risk-analyses', name: 'Risk analyses' },
] as const;

/** The ways between what reviews are made of. */
export function Rooms() {
  return (
    <nav aria-label="Reviews" className={classes.rooms}>
      {ROOMS.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
