import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ButtonLink } from '../../page/button-link.js';
import { Page } from '../../page/page.js';
import type { Decision } from '../queue/keyboard.js';
import { myCampaignsQuery, type SubmissionPreview } from '../reviews-queries.js';
import { Outcomes } from './outcomes.js';
import classes from './sign.module.css';

/** It is signed: what it came to, and what becomes of it while one looks. */
export function Done({ signed }: { readonly signed: SubmissionPreview }) {
  const waiting = useQuery(myCampaignsQuery).data ?? [];
  const here = waiting.find(({ campaignId }) => campaignId === signed.campaignId);
  const next = waiting.find(({ open }) => open > 0);
  const count = (...kinds: readonly Decision[]) =>
    signed.decisions.filter(({ decision }) => kinds.includes(decision)).length;
  const isWhole = here === undefined || here.open + here.staged === 0;
  const takes = count('reduce', 'revoke');
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => link.current?.focus({ preventScroll: true }), []);
  return (
    <Page title={isWhole ? 'Done. Thank you.' : 'Signed.'} tab="Signed">
      <div className={classes.done}>
        <svg className={classes.tick} viewBox="0 0 64 64" width="72" height="72" aria-hidden>
          <circle cx="32" cy="32" r="30" />
          <path d="M19 33.5l9 9 18-19" />
        </svg>
        <p className={classes.words}>
          {isWhole
            ? `All ${(here?.total ?? signed.count).toLocaleString('en')} are reviewed and signed.`
            : `${signed.count.toLocaleString('en')} ${signed.count === 1 ? 'is' : 'are'} signed.`}{' '}
          {count('keep').toLocaleString('en')} kept, {takes.toLocaleString('en')} lose something
          {count('reassign', 'delegate') > 0 &&
            `, ${count('reassign', 'delegate').toLocaleString('en')} went to somebody else`}
          .
        </p>
        <div className={classes.deeds}>
          {next ? (
            <ButtonLink ref={link} to="/reviews" search={{ campaign: next.campaignId }}>
              {next.campaignId === signed.campaignId
                ? `Go on with the other ${next.open.toLocaleString('en')}`
                : `Go on with ${next.name}`}
            </ButtonLink>
          ) : (
            <ButtonLink ref={link} to="/">
              Home
            </ButtonLink>
          )}
        </div>
      </div>
      {takes > 0 && <Outcomes signed={signed} />}
      <p className={classes.digest}>
        It stands in the log, where nobody can take it back.{' '}
        <Link to="/campaigns/$id" params={{ id: signed.campaignId }}>
          See the campaign
        </Link>
      </p>
    </Page>
  );
}
