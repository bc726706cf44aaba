import { IconChevronDown, IconCircleCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { Pill } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { SourceWarning } from '../../sources/source-warning.js';
import { fewSourcesQuery } from '../../sources/sources-queries.js';
import { CHECKS, numberOf } from '../finding/concerns.js';
import { nameOf } from '../finding-names.js';
import { BANDS } from '../finding-words.js';
import { type PostureOverview, postureOverviewQuery } from '../findings-queries.js';
import { Rooms } from '../rooms.js';
import classes from './overviews.module.css';

type Check = PostureOverview['checks'][number];

const SEVERITIES = ['high', 'medium', 'low'] as const;

/** What is wrong beyond whose it is, by the OWASP Top 10: each check with what it found and how that is put right. */
export function PosturePage() {
  const found = useQuery(postureOverviewQuery);
  const sources = useQuery(fewSourcesQuery).data;
  return (
    <Page
      title="Posture"
      lead="The OWASP Non-Human Identities Top 10, 2025, held against everything that waits and everything that is registered."
      wide
    >
      <Rooms />
      {sources && <SourceWarning sources={sources} />}
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={10} />}
      {found.data && found.data.looked === 0 && (
        <Empty title="There is nothing to hold it against yet.">
          <p>
            Add <Link to="/sources">a source</Link> and look: accounts, credentials and what they may do are then
            checked.
          </p>
        </Empty>
      )}
      {found.data && found.data.looked > 0 && (
        <>
          <p className={classes.note}>
            {found.data.looked.toLocaleString('en')} looked at
            {!found.data.isAll && ': what waits first, and not everything there is'}.
          </p>
          <ul className={classes.checks}>
            {found.data.checks.map((check) => (
              <li key={check.check}>
                <OneCheck check={check} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Page>
  );
}

function OneCheck({ check: { check, question, counts, found } }: { readonly check: Check }) {
  const title = (
    <span>
      <strong>{CHECKS[check]}</strong>
      <span className={classes.question}>{question}</span>
    </span>
  );
  const number = <span className={classes.number}>{numberOf(check)}</span>;
  if (found.length === 0)
    return (
      <div className={`${classes.check} ${classes.clear}`}>
        {number}
        {title}
        <span className={classes.pills}>
          <IconCircleCheck size={18} color="var(--good)" aria-label="Nothing found" />
        </span>
      </div>
    );
  const total = SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);
  return (
    <details className={classes.check}>
      <summary>
        {number}
        {title}
        <span className={classes.pills}>
          {SEVERITIES.filter((severity) => counts[severity] > 0).map((severity) => (
            <Pill key={severity} tone={BANDS[severity].tone}>
              {counts[severity].toLocaleString('en')} {BANDS[severity].name.toLowerCase()}
            </Pill>
          ))}
          <IconChevronDown size={16} aria-hidden className={classes.chevron} />
        </span>
      </summary>
      <ul className={classes.found}>
        {found.map((one) => (
          <li key={one.findingId}>
            <span>
              <Link to="/findings/$id" params={{ id: one.findingId }}>
                {nameOf(one)}
              </Link>
              {one.identityId !== null && (
                <>
                  {' of '}
                  <Link to="/identities/$id" params={{ id: one.identityId }}>
                    {one.identityName}
                  </Link>
                </>
              )}
            </span>
            <span>{one.because}</span>
            <span className={classes.fix}>{one.fix}</span>
          </li>
        ))}
        {total > found.length && <li>and {(total - found.length).toLocaleString('en')} more</li>}
      </ul>
    </details>
  );
}
