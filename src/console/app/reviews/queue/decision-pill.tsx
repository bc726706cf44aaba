import { Pill } from '../../page/pill.js';
import { DECISION_WORDS } from '../review-words.js';
import type { ReviewItemRow } from '../reviews-queries.js';

/** What was decided about an item, and whether it is signed. */
export function DecisionPill({
  item: { state, decision },
}: {
  readonly item: Pick<ReviewItemRow, 'state' | 'decision'>;
}) {
  if (state === 'excepted') return <Pill tone="warn">Excepted</Pill>;
  if (decision === null) return <Pill tone="still">Open</Pill>;
  const tone = state === 'staged' ? 'info' : decision.decision === 'keep' ? 'good' : 'bad';
  return (
    <Pill tone={tone}>
      {DECISION_WORDS[decision.decision].done}
      {state === 'staged' && ', not signed'}
    </Pill>
  );
}
