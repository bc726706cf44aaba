import { Button } from '@mantine/core';
import { IconEmergencyBed } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../page/empty.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { Pill, type Tone } from '../page/pill.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Party } from '../people/party.js';
import { roleNames } from '../people/roles.js';
import { hasRole, useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import { plain, sentence } from '../words/deeds.js';
import { type BreakGlass, breakGlassQuery } from './break-glass-queries.js';
import { EndDialog } from './end-dialog.js';
import { OpenDialog } from './open-dialog.js';
import { ReviewDialog } from './review-dialog.js';
import classes from './break-glass-page.module.css';

const TONES: Readonly<Record<BreakGlass['state'], Tone>> = {
  open: 'bad',
  'review-due': 'warn',
  'review-overdue': 'bad',
  reviewed: 'good',
};

type Deed = { readonly kind: 'open' } | { readonly kind: 'end' | 'review'; readonly of: BreakGlass };

/** Roles taken in an emergency, loudly and for an hour at most; and the review that closes each. */
export function BreakGlassPage() {
  const found = useInfiniteQuery(breakGlassQuery);
  const [deed, setDeed] = useState<Deed>();
  const close = () => setDeed(undefined);
  const all = found.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Page
      title="Break glass"
      lead="For when waiting does more harm. Every administrator is told at once, everything done meanwhile is marked, and somebody else reviews it within a day."
      actions={
        <Button
          color="red.8"
          leftSection={<IconEmergencyBed size={16} aria-hidden />}
          onClick={() => setDeed({ kind: 'open' })}
        >
          Break the glass
        </Button>
      }
    >
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={4} />}
      {found.data && all.length === 0 && (
        <Empty icon={<IconEmergencyBed size={32} stroke={1.25} />} title="The glass has never been broken.">
          <p>That is how it should be.</p>
        </Empty>
      )}
      {all.map((one) => (
        <Breaking key={one.id} one={one} onDeed={setDeed} />
      ))}
      {found.hasNextPage && (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          Show more
        </Button>
      )}
      {deed?.kind === 'open' && <OpenDialog onClose={close} />}
      {deed?.kind === 'end' && <EndDialog one={deed.of} onClose={close} />}
      {deed?.kind === 'review' && <ReviewDialog one={deed.of} onClose={close} />}
    </Page>
  );
}

function Breaking({ one, onDeed }: { readonly one: BreakGlass; readonly onDeed: (deed: Deed) => void }) {
  const me = useMe();
  const isMine = one.personId === me.person.id;
  const mayEnd = one.state === 'open' && (isMine || hasRole(me, 'administrator'));
  const mayReview =
    one.state !== 'reviewed' && one.state !== 'open' && !isMine && hasRole(me, 'administrator', 'auditor');
  return (
    <article className={classes.breaking}>
      <header>
        <strong>
          <Party id={one.personId} />
        </strong>
        <Pill tone={TONES[one.state]}>{sentence(plain(one.state))}</Pill>
      </header>
      <p>“{one.reason}”</p>
      <Facts
        facts={[
          ['Took the roles', roleNames(one.roles)],
          ['Opened', <Instant key="opened" at={one.openedAt} full />],
          [one.state === 'open' ? 'Ends' : 'Ended', <Instant key="ends" at={one.endsAt} full />],
          one.reviewedAt === null && ['Review due', <Instant key="due" at={one.reviewDueAt} />],
          one.reviewedBy !== null && ['Reviewed by', <Party key="reviewer" id={one.reviewedBy} />],
          one.findings !== null && ['Findings', one.findings],
        ]}
      />
      {(mayEnd || mayReview) && (
        <div className={classes.deeds}>
          {mayEnd && (
            <Button size="xs" variant="default" onClick={() => onDeed({ kind: 'end', of: one })}>
              Give the roles back
            </Button>
          )}
          {mayReview && (
            <Button size="xs" onClick={() => onDeed({ kind: 'review', of: one })}>
              Close the review
            </Button>
          )}
        </div>
      )}
    </article>
  );
}
