import { Link } from '@tanstack/react-router';
import { Section } from '../page/section.js';
import type { Schema } from '../service/service.js';
import classes from './findings-for-me.module.css';

interface FindingsForMeProps {
  readonly facets: Schema['FindingFacets']['facets'];
  readonly personId: string;
}

const SHADOWS = ['shadow-identity', 'shadow-credential', 'misplaced', 'unattributed', 'ghost'] as const;
const WORDS: Readonly<Record<(typeof SHADOWS)[number], readonly [one: string, more: string]>> = {
  'shadow-identity': ['shadow identity', 'shadow identities'],
  'shadow-credential': ['shadow credential', 'shadow credentials'],
  misplaced: ['misplaced', 'misplaced'],
  unattributed: ['unattributed', 'unattributed'],
  ghost: ['ghost', 'ghosts'],
};

/** How many findings wait, and of what kind; nothing where none does. */
export function FindingsForMe({ facets, personId }: FindingsForMeProps) {
  const countOf = (name: string, value: string) =>
    facets.find((each) => each.name === name && each.value === value)?.count ?? 0;
  const counts = SHADOWS.flatMap((verdict) => {
    const count = countOf('verdict', verdict);
    return count === 0 ? [] : [{ count, words: WORDS[verdict][count === 1 ? 0 : 1], search: { verdict } }];
  });
  if (counts.length === 0) return null;
  const [late, mine] = [countOf('overdue', 'true'), countOf('assignee', personId)];
  return (
    <Section title="What was found" bare actions={<Link to="/findings">The queue</Link>}>
      <ul className={classes.counts}>
        {mine > 0 && <Count count={mine} words={mine === 1 ? 'is yours' : 'are yours'} search={{ assigneeId: 'me' }} />}
        {late > 0 && <Count count={late} words="overdue" search={{ overdue: 'true' }} isLate />}
        {counts.map((each) => (
          <Count key={each.words} {...each} />
        ))}
      </ul>
    </Section>
  );
}

interface CountProps {
  readonly count: number;
  readonly words: string;
  readonly search: Readonly<Record<string, string>>;
  readonly isLate?: boolean;
}

function Count({ count, words, search, isLate = false }: CountProps) {
  return (
    <li data-late={isLate}>
      <Link to="/findings" search={search}>
        <strong>{count.toLocaleString('en')}</strong>
        <span>{words}</span>
      </Link>
    </li>
  );
}
