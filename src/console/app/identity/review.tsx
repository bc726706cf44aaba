import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Identity } from '../identities/identities-queries.js';
import { Facts } from '../page/facts.js';
import { Party } from '../people/party.js';
import { DecisionPill } from '../reviews/queue/decision-pill.js';
import { reviewsOfQuery } from '../reviews/reviews-queries.js';
import { Instant } from '../time/instant.js';

/** Whether somebody has lately looked whether it still needs what it has, and who is to. */
export function Review({ identity }: { readonly identity: Identity }) {
  const { riskAnalysisExpiresAt } = identity;
  const items = useQuery(reviewsOfQuery(identity.id)).data?.items ?? [];
  const now = items.find(({ state }) => state === 'open' || state === 'staged');
  const last = items.filter(({ state }) => state === 'submitted').sort(newestFirst)[0];
  if (!now && !last) return <p style={{ margin: 0 }}>It was never reviewed.</p>;
  return (
    <Facts
      facts={[
        now && [
          'Waits for',
          <span key="now">
            <Link to="/reviews/items/$id" params={{ id: now.id }}>
              <Party id={now.reviewerId} />
            </Link>
            , due <Instant at={now.dueAt} />
          </span>,
        ],
        last?.submittedAt != null && [
          'Last review',
          <span key="last">
            <Link to="/reviews/items/$id" params={{ id: last.id }}>
              <Instant at={last.submittedAt} />
            </Link>{' '}
            by <Party id={last.decision?.by ?? null} />
          </span>,
        ],
        last && ['Decided', <DecisionPill key="decided" item={last} />],
        riskAnalysisExpiresAt !== null && [
          'As often as',
          <span key="analysis">
            <Link to="/reviews/risk-analyses">its risk analysis</Link> says, until{' '}
            <Instant at={riskAnalysisExpiresAt} />
          </span>,
        ],
      ]}
    />
  );
}

function newestFirst(
  one: { readonly submittedAt: string | null },
  other: { readonly submittedAt: string | null },
): number {
  return (other.submittedAt ?? '').localeCompare(one.submittedAt ?? '');
}
