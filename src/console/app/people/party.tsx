import { Link } from '@tanstack/react-router';
import { shortId } from '../words/ids.js';
import { usePerson } from './people-queries.js';
import classes from './party.module.css';

/** Whoever acts or answers, by name: a person, a machine identity, or Muster itself. */
export function Party({ id }: { readonly id: string | null }) {
  const person = usePerson(id);
  if (id === null) return <span className={classes.nobody}>nobody</span>;
  if (id.startsWith('system:')) return <span title={id}>Muster ({id.slice('system:'.length)})</span>;
  if (id.startsWith('mid_'))
    return (
      <Link to="/identities/$id" params={{ id }} title={id}>
        {shortId(id)}
      </Link>
    );
  if (!person) return <code title={id}>{shortId(id)}</code>;
  return (
    <span title={id}>
      {person.name}
      {person.status !== 'active' && <span className={classes.left}> ({person.status})</span>}
    </span>
  );
}
