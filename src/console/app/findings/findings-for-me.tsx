import { Link } from '@tanstack/react-router';
import { Section } from '../page/section.js';
import type { FindingCount } from './finding-counts.js';
import classes from './findings-for-me.module.css';

/** How many findings wait, and of what kind; nothing where none does. */
export function FindingsForMe({ counts }: { readonly counts: readonly FindingCount[] }) {
  if (counts.length === 0) return null;
  return (
    <Section title="What was found" bare actions={<Link to="/findings">The queue</Link>}>
      <ul className={classes.counts}>
        {counts.map(({ count, words, search, isLate = false }) => (
          <li key={words} data-late={isLate}>
            <Link to="/findings" search={search}>
              <strong>{count.toLocaleString('en')}</strong>
              <span>{words}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
