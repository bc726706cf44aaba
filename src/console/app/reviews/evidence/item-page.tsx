import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { Instant } from '../../time/instant.js';
import { DecisionPill } from '../queue/decision-pill.js';
import { itemQuery, type ReviewItem } from '../reviews-queries.js';
import { DECISION_WORDS } from '../review-words.js';
import { EvidenceOf } from './evidence.js';
import { ItemDeeds } from './item-deeds.js';
import { ItemEffects } from './item-effects.js';
import { SecondLook } from './second-look.js';
import classes from './item-page.module.css';

const route = getRouteApi('/signed-in/reviews/items/$id');

const MOVES: Readonly<Record<ReviewItem['moves'][number]['kind'], string>> = {
  reassign: 'Reassigned',
  delegate: 'Delegated',
  escalate: 'Escalated',
  departure: 'Passed on by a departure',
};

/** One identity in one campaign: what was known, what was decided, and what became of it. */
export function ItemPage() {
  const { id } = route.useParams();
  const found = useQuery(itemQuery(id));
  const item = found.data;
  return (
    <Page
      title={item?.name ?? 'Review'}
      over={
        item && (
          <Link to="/campaigns/$id" params={{ id: item.campaignId }} search={{ tab: 'items' }}>
            The campaign
          </Link>
        )
      }
      beside={item && <DecisionPill item={item} />}
      wide
      actions={item && <ItemDeeds item={item} />}
    >
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={10} />}
      {item && (
        <div className={classes.columns}>
          <EvidenceOf item={item} heading={<h2>As it was frozen</h2>} />
          <div className={classes.column}>
            <Section title="The decision">
              <Decision item={item} />
            </Section>
            <SecondLook item={item} />
            <ItemEffects item={item} />
          </div>
        </div>
      )}
    </Page>
  );
}

function Decision({
  item: { decision, state, reviewerId, submittedAt, moves, evidence },
}: {
  readonly item: ReviewItem;
}) {
  return (
    <div className={classes.decision}>
      {decision === null ? (
        <p>
          {state === 'excepted' ? (
            'It is excepted, so nobody decides.'
          ) : (
            <>
              It waits for <Party id={reviewerId} />.
            </>
          )}
        </p>
      ) : (
        <>
          <p>
            <strong>{DECISION_WORDS[decision.decision].done}</strong> by <Party id={decision.by} />{' '}
            <Instant at={submittedAt ?? decision.at} />
            {state === 'staged' && ', not signed yet'}
            {decision.inBulk && ', together with others'}.
          </p>
          {decision.grants !== null && (
            <ul>
              {evidence.grants
                .filter(({ id }) => decision.grants?.includes(id))
                .map(({ id, scope, target }) => (
                  <li key={id}>
                    {scope} on {target}
                  </li>
                ))}
            </ul>
          )}
          {decision.reason !== null && <p className={classes.muted}>“{decision.reason}”</p>}
        </>
      )}
      {moves.length > 0 && (
        <ul className={classes.muted} aria-label="How it went from one to another">
          {moves.map(({ kind, from, to, at, reason }) => (
            <li key={at}>
              {MOVES[kind]} from <Party id={from} /> to <Party id={to} /> <Instant at={at} />
              {reason !== null && `: “${reason}”`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
