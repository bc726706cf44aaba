import { IconCoffee } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { waitingForMeQuery } from '../approvals/approvals-queries.js';
import { Empty } from '../page/empty.js';
import { Page } from '../page/page.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { Named } from '../people/named.js';
import { Party } from '../people/party.js';
import { findingCounts } from '../findings/finding-counts.js';
import { FindingsForMe } from '../findings/findings-for-me.js';
import { findingFacetsQuery } from '../findings/findings-queries.js';
import { StatusPill } from '../identities/identity-words.js';
import { useOwedReviews } from '../reviews/owed-reviews.js';
import { ReviewsForMe } from '../reviews/reviews-for-me.js';
import { stuckQuery } from '../rotation/rotation-queries.js';
import { StuckForMe } from '../rotation/stuck-for-me.js';
import { hasRole, useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { needsMeQuery } from './home-queries.js';
import { Notices } from './notices.js';
import classes from './home-page.module.css';

/** What needs this very person, and nothing else. */
export function HomePage() {
  const me = useMe();
  const approvals = useQuery(waitingForMeQuery(me));
  const identities = useQuery(needsMeQuery);
  const reviews = useOwedReviews();
  const stuck = useQuery({ ...stuckQuery, enabled: hasRole(me, 'administrator', 'platform-engineer') });
  // A finding is given to anybody; to see to all of them is some people's work.
  const seesAll = hasRole(me, 'administrator', 'analyst');
  const found = useQuery(findingFacetsQuery(seesAll ? {} : { assigneeId: 'me' }));
  const findings = findingCounts(found.data?.facets ?? [], me.person.id, seesAll);
  const asked = [approvals, identities, found, ...(stuck.isEnabled ? [stuck] : [])];
  const failed = asked.find((each) => each.isError)?.error ?? reviews.error;
  const isPending = reviews.isPending || asked.some((each) => each.isPending);
  const isQuiet =
    !isPending &&
    !failed &&
    findings.length === 0 &&
    (stuck.data ?? []).length === 0 &&
    approvals.data?.items.length === 0 &&
    identities.data?.items.length === 0 &&
    reviews.isNothing;
  return (
    <Page title={`Good day, ${me.person.name.split(' ')[0]}`} tab="Home" lead="What needs you.">
      <Notices me={me} />
      {failed && (
        <ProblemPanel
          problem={failed}
          onRetry={() => void Promise.all([...asked.map((each) => each.refetch()), reviews.refetch()])}
        />
      )}
      {isPending && <RowsLoading rows={5} />}
      {isQuiet && (
        <Empty icon={<IconCoffee size={32} stroke={1.25} />} title="Nothing needs you now.">
          <p>
            Approvals you can decide, reviews and identities you answer for appear here when they want something.{' '}
            <Link to="/identities">All identities</Link>
          </p>
        </Empty>
      )}
      <StuckForMe runs={stuck.data ?? []} />
      <FindingsForMe counts={findings} />
      <ReviewsForMe owed={reviews.owed} />
      {approvals.data && approvals.data.items.length > 0 && (
        <Section title="For you to decide" bare>
          <ul className={classes.list}>
            {approvals.data.items.map(({ id, summary, requester, createdAt, expiresAt }) => (
              <li key={id} data-row className={classes.row}>
                <Link to="/approvals/$id" params={{ id }} className={classes.link}>
                  <Named words={summary} />
                </Link>
                <span className={classes.about}>
                  <Party id={requester} /> asked <Instant at={createdAt} />; it ends <Instant at={expiresAt} />
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      {identities.data && identities.data.items.length > 0 && (
        <Section
          title="You answer for these, and they want something"
          bare
          actions={
            identities.data.nextCursor !== null && (
              <Link to="/identities" search={{ needs: 'me' }}>
                All {identities.data.estimatedTotal.toLocaleString('en')}
              </Link>
            )
          }
        >
          <ul className={classes.list}>
            {identities.data.items.map((identity) => (
              <li key={identity.id} data-row className={classes.row}>
                <span className={classes.first}>
                  <Link to="/identities/$id" params={{ id: identity.id }} className={classes.link}>
                    {identity.name}
                  </Link>
                  <StatusPill status={identity.status} />
                </span>
                <span className={classes.about}>
                  {identity.handoverDueAt !== null ? (
                    <>
                      Hand it over: due <Instant at={identity.handoverDueAt} />
                    </>
                  ) : (
                    identity.purpose
                  )}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  );
}
