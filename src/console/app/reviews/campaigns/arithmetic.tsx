import type { ReactNode } from 'react';
import type { Figures } from '../reviews-queries.js';
import classes from './campaign.module.css';

interface Term {
  readonly name: string;
  readonly count: number;
  /** What stands in the way of the end, unless it is none. */
  readonly isOpen?: boolean;
}

/** The sums that have to come out: what was frozen, what was to be done about it, and who looked again. */
export function Arithmetic({ figures: { population, items, effects, samples } }: { readonly figures: Figures }) {
  const undone = effects.unverified + effects.unattested + effects.failed + effects.missing;
  const wanted = effects.verified + effects.attested + effects.excepted + undone;
  const looks = samples.open + samples.agreed + samples.disagreed;
  return (
    <div className={classes.sums}>
      <Sum
        name="Population"
        total={population}
        terms={[
          { name: 'kept', count: items.keep },
          { name: 'reduced', count: items.reduce },
          { name: 'revoked', count: items.revoke },
          { name: 'excepted', count: items.excepted },
          { name: 'not signed', count: items.staged, isOpen: true },
          { name: 'open', count: items.open, isOpen: true },
        ]}
      />
      <Sum
        name="To be taken away"
        total={wanted}
        terms={[
          { name: 'verified on the target', count: effects.verified },
          { name: 'attested by somebody', count: effects.attested },
          { name: 'excepted', count: effects.excepted },
          { name: 'not verified', count: effects.unverified, isOpen: true },
          { name: 'not attested', count: effects.unattested, isOpen: true },
          { name: 'failed', count: effects.failed + effects.missing, isOpen: true },
        ]}
      />
      <Sum
        name="Second looks"
        total={looks}
        terms={[
          { name: 'agreed', count: samples.agreed },
          { name: 'disagreed, settled', count: samples.disagreed - samples.unresolved },
          { name: 'disagreed, not settled', count: samples.unresolved, isOpen: true },
          { name: 'open', count: samples.open, isOpen: true },
        ]}
      />
    </div>
  );
}

interface SumProps {
  readonly name: string;
  readonly total: number;
  readonly terms: readonly Term[];
}

function Sum({ name, total, terms }: SumProps): ReactNode {
  const shown = terms.filter(({ count, isOpen }) => !isOpen || count > 0);
  return (
    <p className={classes.sum}>
      <span className={classes.term}>
        <strong>{total.toLocaleString('en')}</strong>
        <span>{name}</span>
      </span>
      {shown.map(({ name: each, count, isOpen }, at) => (
        <span key={each} className={classes.part}>
          <span className={classes.sign}>{at === 0 ? '=' : '+'}</span>
          <span className={classes.term} data-open={isOpen && count > 0} data-none={count === 0}>
            <strong>{count.toLocaleString('en')}</strong>
            <span>{each}</span>
          </span>
        </span>
      ))}
    </p>
  );
}
