import { IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Copyable } from '../../page/copyable.js';
import { Facts } from '../../page/facts.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { Instant } from '../../time/instant.js';
import { ProgressBar } from '../queue/progress-bar.js';
import { type Campaign, custodiansQuery, type Figures, type ReviewerProgress } from '../reviews-queries.js';
import { Arithmetic } from './arithmetic.js';
import { Ending } from './ending.js';
import { Faults } from './faults.js';
import classes from './campaign.module.css';

interface OverviewProps {
  readonly campaign: Campaign;
  readonly figures: Figures;
}

/** The numbers, what keeps them from adding up, who still owes what, and the way to the end. */
export function Overview({ campaign, figures }: OverviewProps) {
  return (
    <div className={classes.columns}>
      <div className={classes.column}>
        <Section title="It has to add up" bare>
          <Arithmetic figures={figures} />
        </Section>
        {campaign.state === 'open' && <Faults campaignId={campaign.id} faults={figures.faults} />}
        <Section title="Who has decided" bare>
          <Custodians campaignId={campaign.id} />
        </Section>
      </div>
      <div className={classes.column}>
        <Ending campaign={campaign} figures={figures} />
        {campaign.dataGate !== null && (
          <Section title="What the evidence lacks" lead="Known when it was frozen; said to everybody who decides.">
            {campaign.dataGate.length === 0 ? (
              <p className={classes.fine}>
                <IconCheck size={16} aria-hidden /> Nothing: all of it was fresh.
              </p>
            ) : (
              <ul className={classes.gate}>
                {campaign.dataGate.map(({ code, words, count }) => (
                  <li key={code}>
                    <strong>{count.toLocaleString('en')}</strong> {words}
                  </li>
                ))}
              </ul>
            )}
          </Section>
        )}
        <Section title="About it">
          <Facts
            facts={[
              ['Run by', <Party key="owner" id={campaign.ownerId} />],
              ['Acknowledged by', <Party key="management" id={campaign.managementId} />],
              ['Due', <Instant key="due" at={campaign.dueAt} full />],
              campaign.frozenAt !== null && ['Frozen', <Instant key="frozen" at={campaign.frozenAt} full />],
              ['Second looks', `${campaign.samplePercent} % of keeps`],
              campaign.riskAnalysisId !== null && [
                'Why this often',
                <Link key="analysis" to="/reviews/risk-analyses">
                  The risk analysis
                </Link>,
              ],
              campaign.endReason !== null && ['Reason', `“${campaign.endReason}”`],
              campaign.populationDigest !== null && [
                'Population digest',
                <Copyable
                  key="digest"
                  what="population digest"
                  text={campaign.populationDigest}
                  shown={`${campaign.populationDigest.slice(0, 16)}…`}
                />,
              ],
              ['Id', <Copyable key="id" what="id" text={campaign.id} />],
            ]}
          />
        </Section>
      </div>
    </div>
  );
}

function Custodians({ campaignId }: { readonly campaignId: string }) {
  const found = useInfiniteQuery(custodiansQuery(campaignId));
  return (
    <DataTable
      label="Progress by custodian"
      columns={columnsFor(campaignId)}
      rows={found.data?.pages.flatMap(({ items }) => items) ?? []}
      rowId={({ personId }) => personId ?? 'nobody'}
      more={{
        hasMore: found.hasNextPage,
        isLoading: found.isFetchingNextPage,
        load: () => void found.fetchNextPage(),
      }}
    />
  );
}

function columnsFor(campaignId: string): Column<ReviewerProgress>[] {
  return [
    {
      id: 'who',
      header: 'Custodian',
      narrow: 'bare',
      cell: ({ personId }) => (
        <Link
          to="/campaigns/$id"
          params={{ id: campaignId }}
          search={{ tab: 'items', ...(personId !== null && { reviewer: personId }) }}
        >
          {personId === null ? 'Nobody may decide' : <Party id={personId} />}
        </Link>
      ),
    },
    {
      id: 'progress',
      header: 'Progress',
      grows: true,
      narrow: 'bare',
      cell: (progress) => <ProgressBar progress={progress} label="Progress" />,
    },
    {
      id: 'late',
      header: 'Late',
      cell: ({ late }) => (late > 0 ? <span className={classes.late}>{late.toLocaleString('en')}</span> : 'none'),
    },
  ];
}
