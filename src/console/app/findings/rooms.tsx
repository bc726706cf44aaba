import { Rooms as Ways } from '../page/rooms.js';

const ROOMS = [
  { to: '/findings', name: 'Queue' },
  { to: '/findings/ghosts', name: 'Ghosts and shadows' },
  { to: '/findings/posture', name: 'Posture' },
  { to: '/findings/trends', name: 'Trends' },
  { to: '/sources', name: 'Sources' },
] as const;

/** The ways between what discovery is made of. */
export function Rooms() {
  return <Ways label="Discovery" rooms={ROOMS} />;
}
