import { Link, type LinkProps } from '@tanstack/react-router';
import classes from './rooms.module.css';

interface RoomsProps {
  /** What they are rooms of, for screen readers. */
  readonly label: string;
  readonly rooms: readonly { readonly to: LinkProps['to'] & string; readonly name: string }[];
}

/** The ways between pages that belong together. */
export function Rooms({ label, rooms }: RoomsProps) {
  return (
    <nav aria-label={label} className={classes.rooms}>
      {rooms.map(({ to, name }) => (
        <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
