import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { identityQuery } from '../../identity/identity-queries.js';
import columns from '../../identity/identity-page.module.css';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { Section } from '../../page/section.js';
import { rowsOf } from '../../table/found-table.js';
import { FindingDeeds } from '../deeds/finding-deeds.js';
import { type Finding, findingQuery, placesQuery, postureQuery } from '../findings-queries.js';
import { nameOf } from '../finding-names.js';
import { KINDS, StatePill, VerdictPill } from '../finding-words.js';
import { About } from './about.js';
import { Concerns } from './concerns.js';
import { History } from './history.js';
import { LiesOf } from './lies-drawing.js';
import { NextStep } from './next-step.js';
import { Places } from './places.js';
import { RightsReview } from './rights-review.js';
import { Why } from './why.js';

const route = getRouteApi('/signed-in/findings/$id');

/** One thing that was found: what it is and why, where it lies, what it opens, what to do, and what was done. */
export function FindingPage() {
  const { id } = route.useParams();
  const finding = useSuspenseQuery(findingQuery(id)).data;
  const { identityId } = finding;
  useAfterChange(finding);
  const identity = useQuery({ ...identityQuery(identityId ?? ''), enabled: identityId !== null }).data;
  const places = useInfiniteQuery(placesQuery(id));
  const posture = useQuery(postureQuery(id)).data;
  const identityName = identity?.name ?? null;
  return (
    <Page
      title={nameOf(finding)}
      over={
        <>
          <Link to="/findings">Findings</Link> / {KINDS[finding.kind]} of {finding.vendor}
        </>
      }
      beside={
        <>
          <VerdictPill verdict={finding.verdict} />
          <StatePill state={finding.state} />
        </>
      }
      lead={finding.because}
      wide
      actions={<FindingDeeds finding={finding} />}
    >
      <div className={columns.columns}>
        <div className={columns.column}>
          <NextStep finding={finding} identityName={identityName} />
          <Section title="Where it stands" bare>
            <Places finding={finding} />
          </Section>
          <Section title="Where it lies and what it opens">
            {places.data ? (
              <LiesOf
                finding={finding}
                places={rowsOf(places)}
                identityName={identityName}
                rights={posture?.rights ?? null}
              />
            ) : (
              <RowsLoading rows={3} />
            )}
          </Section>
          {posture && posture.concerns.length > 0 && (
            <Section
              title="What is wrong beyond that"
              lead="By the OWASP Non-Human Identities Top 10, each with its fix."
            >
              <Concerns concerns={posture.concerns} />
            </Section>
          )}
          {posture?.rights && (
            <Section title="Least privilege" lead="What its system lets it do, against the grants that are registered.">
              <RightsReview rights={posture.rights} />
            </Section>
          )}
        </div>
        <div className={columns.column}>
          <Section title="Why we say so">
            <Why finding={finding} />
          </Section>
          <Section title="About it">
            <About finding={finding} identityName={identityName} />
          </Section>
          <Section title="History">
            <History finding={finding} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** When it has become something else, whoever did that, its places, its history and what to do about it are read again. */
function useAfterChange({ id, version }: Finding): void {
  const queries = useQueryClient();
  const known = useRef({ id, version });
  useEffect(() => {
    if (known.current.id === id && known.current.version !== version)
      void queries.invalidateQueries({ queryKey: ['findings', 'one', id] });
    known.current = { id, version };
  }, [queries, id, version]);
}
