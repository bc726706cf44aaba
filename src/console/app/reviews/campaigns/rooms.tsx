import { Rooms as Ways } from '../../page/rooms.js';

const ROOMS = [
  { to: '/campaigns', name: 'Campaigns' },
  { to: '/reviews/calendar', name: 'Calendar' },
  { to: '/reviews/schedules', name: 'Schedules' },
  { to: '/reviews/risk-analyses', name: 'Risk analyses' },
] as const;

/** The ways between what reviews are made of. */
export function Rooms() {
  return <Ways label="Reviews" rooms={ROOMS} />;
}
