import { Party } from '../../people/party.js';
import type { Decision } from '../queue/keyboard.js';
import { DECISION_WORDS } from '../review-words.js';
import type { SubmissionPreview } from '../reviews-queries.js';
import classes from './sign.module.css';

type Signed = SubmissionPreview['decisions'][number];

/** What takes something away comes first, then what goes to others; keeps are counted, and named when asked. */
const NAMED: readonly Decision[] = ['revoke', 'reduce', 'reassign', 'delegate'];

/** Every decision of a signature: how many of each, and by name whatever changes something. */
export function Summary({ what }: { readonly what: SubmissionPreview }) {
  const by = (decision: Decision) => what.decisions.filter((each) => each.decision === decision);
  const keeps = by('keep');
  return (
    <div className={classes.summary}>
      <dl className={classes.counts} aria-label="How many of each">
        {(['keep', ...NAMED] as const).map((decision) => (
          <div key={decision} data-none={by(decision).length === 0}>
            <dt>{DECISION_WORDS[decision].done}</dt>
            <dd>{by(decision).length.toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      {NAMED.filter((decision) => by(decision).length > 0).map((decision) => (
        <section key={decision} className={classes.group}>
          <h2>
            {DECISION_WORDS[decision].name} {by(decision).length.toLocaleString('en')}
          </h2>
          <ul>
            {by(decision).map((each) => (
              <OneDecision key={each.itemId} one={each} />
            ))}
          </ul>
        </section>
      ))}
      {keeps.length > 0 && (
        <details className={classes.group}>
          <summary>Keep {keeps.length.toLocaleString('en')}, as they are until the next review</summary>
          <ul className={classes.keeps}>
            {keeps.map(({ itemId, name, reason }) => (
              <li key={itemId}>
                {name}
                {reason !== null && <small>“{reason}”</small>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function OneDecision({ one: { name, to, wouldDo, reason } }: { readonly one: Signed }) {
  return (
    <li>
      <strong>{name}</strong>
      {to !== null && (
        <>
          {' '}
          to <Party id={to} />
        </>
      )}
      {wouldDo.map((words) => (
        <small key={words}>{words}</small>
      ))}
      {reason !== null && <small>“{reason}”</small>}
    </li>
  );
}
