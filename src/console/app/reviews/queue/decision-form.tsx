import { Button, Checkbox, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { PersonSelect } from '../../people/person-select.js';
import { Instant } from '../../time/instant.js';
import type { ReviewItem } from '../reviews-queries.js';
import { DECISION_WORDS } from '../review-words.js';
import type { NewDecision } from './decisions.js';
import type { Decision } from './keyboard.js';
import classes from './decision-panel.module.css';

const MOST_WORDS = 500;

interface DecisionFormProps {
  readonly item: ReviewItem;
  readonly decision: Decision;
  readonly onDecide: (decision: NewDecision) => void;
  readonly onCancel: () => void;
}

/** Whether more than the key itself has to be said. */
export function needsForm(decision: Decision, item: Pick<ReviewItem, 'privileged'>): boolean {
  return decision === 'keep' ? item.privileged : decision !== 'revoke';
}

/** What a decision still needs: filled in beneath it, sent with Enter, left with Escape. */
export function DecisionForm({ item, decision, onDecide, onCancel }: DecisionFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const { grants } = item.evidence;
  const [taken, setTaken] = useState<readonly string[]>(() => grants.filter(({ keep }) => !keep).map(({ id }) => id));
  const [reason, setReason] = useState('');
  const [to, setTo] = useState<string | null>(null);
  const isComplete =
    decision === 'keep' ? reason.trim() !== '' : decision === 'reduce' ? taken.length > 0 : to !== null;
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    if (decision === 'keep') onDecide({ decision, reason: reason.trim() });
    else if (decision === 'reduce') onDecide({ decision, grants: taken });
    else onDecide({ decision, to: to! });
  };
  const listen = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.key === 'Escape') return onCancel();
    const sends = event.target instanceof HTMLTextAreaElement && !event.shiftKey;
    const ticks = event.target instanceof HTMLInputElement && event.target.type === 'checkbox';
    if (event.key !== 'Enter' || !(sends || ticks)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  return (
    <form ref={form} className={classes.form} onSubmit={submit} onKeyDown={listen}>
      {decision === 'keep' && (
        <Textarea
          label="Why it stays privileged"
          description="Stands in the log for good. Enter notes it."
          required
          autosize
          minRows={2}
          maxLength={MOST_WORDS}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {decision === 'reduce' && (
        <Checkbox.Group
          label="Take these away"
          description={`${taken.length} of ${grants.length}. Space ticks, Enter notes it.`}
          value={[...taken]}
          onChange={setTaken}
        >
          <div className={classes.grants}>
            {grants.map(({ id, scope, target, lastUsedAt }) => (
              <Checkbox
                key={id}
                value={id}
                size="xs"
                label={`${scope} on ${target}`}
                description={
                  lastUsedAt === null ? (
                    'use never seen'
                  ) : (
                    <>
                      used <Instant at={lastUsedAt} />
                    </>
                  )
                }
              />
            ))}
          </div>
        </Checkbox.Group>
      )}
      {(decision === 'reassign' || decision === 'delegate') && (
        <PersonSelect
          label={decision === 'reassign' ? 'Who answers for it from now on' : 'Who decides this once'}
          required
          value={to}
          onChange={setTo}
          except={[item.reviewerId]}
        />
      )}
      <div className={classes.deeds}>
        <Button type="submit" size="xs" disabled={!isComplete}>
          {DECISION_WORDS[decision].name}
        </Button>
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
