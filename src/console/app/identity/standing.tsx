import { IconCircleCheck, IconCircleX, IconClockExclamation } from '@tabler/icons-react';
import type { Identity } from '../identities/identities-queries.js';
import { lasting } from '../time/spoken.js';
import classes from './standing.module.css';

/** What each thing held against an identity is, and what ends it. */
const REASONS: Readonly<Record<string, string>> = {
  pending: 'It was never activated: complete its custodians and approval, then activate it.',
  suspended: 'It is suspended: have it resumed.',
  retired: 'It is retired for good: register a new identity.',
  no_custodian: 'Nobody answers for it: name custodians by a hand-over.',
  custody_incomplete: 'It has no live backup custodian: name one by a hand-over.',
  support_expired: 'Its support has expired: replace it, or record the new date.',
  support_ends: 'Its support ends within 30 days: credentials end with it.',
  handover_overdue: 'Its hand-over is overdue: name both custodians anew.',
  review_overdue: 'Its access review is overdue: complete it.',
  risk_analysis_expired: 'The risk analysis behind its reviews has run out: renew it.',
};

/** Whether it is given credentials now, for how long, and what it would take to be given more. */
export function Standing({ standing }: { readonly standing: Identity['standing'] }) {
  const { issues, maxTtlSeconds, reason, reasons, code } = standing;
  const tone = !issues ? 'bad' : reasons.length > 0 ? 'warn' : 'good';
  const Icon = { bad: IconCircleX, warn: IconClockExclamation, good: IconCircleCheck }[tone];
  const others = reasons.filter((each) => each !== code);
  return (
    <div className={classes.standing} data-tone={tone}>
      <Icon size={20} aria-hidden className={classes.icon} />
      <div>
        <strong>
          {!issues && 'No credential is issued to it.'}
          {issues && maxTtlSeconds === null && 'It is in good standing.'}
          {issues && maxTtlSeconds !== null && `Its credentials live at most ${lasting(maxTtlSeconds)}.`}
        </strong>
        {reason !== null && <p>{reason}</p>}
        {issues && reasons.length === 0 && <p>Credentials are issued to it for as long as its profile says.</p>}
        {others.length > 0 && (
          <ul>
            {others.map((each) => (
              <li key={each}>{REASONS[each] ?? each}</li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
