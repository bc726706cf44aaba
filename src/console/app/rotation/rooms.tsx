import { Rooms as Ways } from '../page/rooms.js';

const ROOMS = [
  { to: '/rotation', name: 'What rotates' },
  { to: '/rotation/plan', name: 'Calendar' },
  { to: '/rotation/stuck', name: 'Stuck' },
  { to: '/rotation/runs', name: 'History' },
  { to: '/rotation/emergencies', name: 'Emergencies' },
  { to: '/rotation/freezes', name: 'Freezes' },
] as const;

/** The ways between what rotation is made of. */
export function Rooms() {
  return <Ways label="Rotation" rooms={ROOMS} />;
}
