import { Link } from '@tanstack/react-router';
import { Section } from '../../page/section.js';
import type { Unrotatable } from './emergencies-queries.js';
import { touchWords } from './emergency-words.js';
import classes from './emergency.module.css';

interface UnrotatableListProps {
  readonly items: readonly Unrotatable[];
  readonly count: number;
}

/** What was touched and does not rotate by itself, each with what to do instead. */
export function UnrotatableList({ items, count }: UnrotatableListProps) {
  if (count === 0) return null;
  return (
    <Section title="Does not rotate by itself" lead="It was touched all the same: see to each of these." bare>
      <ul className={classes.rest}>
        {items.map(({ identityId, identityName, touches, advice }) => (
          <li key={identityId} data-row>
            <Link to="/identities/$id" params={{ id: identityId }}>
              {identityName}
            </Link>{' '}
            <span>({touchWords(touches)})</span>
            <p>{advice}</p>
          </li>
        ))}
        {count > items.length && <li>and {(count - items.length).toLocaleString('en')} more</li>}
      </ul>
    </Section>
  );
}
