import { Button, UnstyledButton } from '@mantine/core';
import { Party } from '../../people/party.js';
import { Keys } from '../../shell/keys.js';
import type { ReviewItem } from '../reviews-queries.js';
import { DECISION_WORDS, wouldDo } from '../review-words.js';
import { DecisionForm, needsForm } from './decision-form.js';
import { type Decision, DECISIONS } from './keyboard.js';
import type { NewDecision } from './decisions.js';
import classes from './decision-panel.module.css';

interface DecisionPanelProps {
  readonly item: ReviewItem;
  /** The decision that is being filled in. */
  readonly draft: Decision | undefined;
  readonly onDraft: (decision: Decision | undefined) => void;
  readonly onDecide: (decision: NewDecision) => void;
  readonly onUndo: () => void;
}

/** The five decisions, each with what would happen before it is chosen. */
export function DecisionPanel({ item, draft, onDraft, onDecide, onUndo }: DecisionPanelProps) {
  const isOver = item.state === 'submitted' || item.state === 'excepted';
  return (
    <section className={classes.panel} aria-label="Your decision" data-item={item.name}>
      {item.decision !== null && <Decided item={item} onUndo={onUndo} />}
      {!isOver && !item.canDecide && (
        <p className={classes.note}>
          Not yours to decide: it waits for <Party id={item.reviewerId} />.
        </p>
      )}
      {!isOver && item.canDecide && (
        <ul className={classes.choices}>
          {DECISIONS.map((decision, at) => (
            <li key={decision} data-open={draft === decision}>
              <UnstyledButton
                className={classes.choice}
                aria-keyshortcuts={String(at + 1)}
                aria-pressed={item.decision?.decision === decision}
                aria-expanded={needsForm(decision, item) ? draft === decision : undefined}
                disabled={decision === 'reduce' && item.evidence.grants.length === 0}
                onClick={() =>
                  needsForm(decision, item)
                    ? onDraft(draft === decision ? undefined : decision)
                    : onDecide({ decision })
                }
              >
                <span className={classes.name}>
                  {DECISION_WORDS[decision].name}
                  <Keys keys={[String(at + 1)]} />
                </span>
                <span className={classes.words}>{wouldDo(decision, item.wouldDo[decision])}</span>
              </UnstyledButton>
              {draft === decision && (
                <DecisionForm
                  key={`${item.id}${decision}`}
                  item={item}
                  decision={decision}
                  onDecide={onDecide}
                  onCancel={() => onDraft(undefined)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Decided({ item, onUndo }: Pick<DecisionPanelProps, 'item' | 'onUndo'>) {
  const { decision } = item;
  if (decision === null) return null;
  const { decision: kind, grants, reason, to } = decision;
  const taken = item.evidence.grants.filter(({ id }) => grants?.includes(id));
  return (
    <div className={classes.decided}>
      <p>
        <strong>{DECISION_WORDS[kind].done}</strong>
        {to !== null && (
          <>
            {' '}
            to <Party id={to} />
          </>
        )}
        {item.state === 'submitted' ? ', signed.' : ', not signed yet.'}
      </p>
      {taken.length > 0 && (
        <ul>
          {taken.map(({ id, scope, target }) => (
            <li key={id}>
              {scope} on {target}
            </li>
          ))}
        </ul>
      )}
      {reason !== null && reason !== '' && <p className={classes.reason}>“{reason}”</p>}
      {item.state === 'staged' && item.canDecide && (
        <Button size="xs" variant="default" aria-keyshortcuts="u" rightSection={<Keys keys={['u']} />} onClick={onUndo}>
          Undo
        </Button>
      )}
    </div>
  );
}
