import { Button } from '@mantine/core';
import { IconPlus, IconScale } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Facts } from '../../page/facts.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { Pill, type Tone } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import { sentence } from '../../words/deeds.js';
import { Rooms } from '../campaigns/rooms.js';
import { type RiskAnalysis, riskAnalysesQuery } from './cadence-queries.js';
import { RiskAnalysisDialog } from './risk-analysis-dialog.js';
import classes from './cadence.module.css';

const TONES: Readonly<Record<RiskAnalysis['status'], Tone>> = {
  draft: 'warn',
  approved: 'good',
  expired: 'bad',
  withdrawn: 'still',
};

type Writing = { readonly kind: 'new' } | { readonly kind: 'change' | 'renew'; readonly of: RiskAnalysis };

/** Why reviews happen as often as they do (PCI DSS 12.3.1). */
export function RiskAnalysesPage() {
  const me = useMe();
  const found = useQuery(riskAnalysesQuery);
  const [writing, setWriting] = useState<Writing>();
  const mayWrite = hasRole(me, 'administrator', 'analyst');
  const write = mayWrite && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setWriting({ kind: 'new' })}>
      Write one
    </Button>
  );
  return (
    <Page
      title="Risk analyses"
      lead="Why reviews happen as often as they do. Somebody else than the author approves each, for a year at most."
      actions={write}
    >
      <Rooms />
      {found.isError && <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />}
      {found.isPending && <RowsLoading rows={6} />}
      {found.data?.items.length === 0 && (
        <Empty icon={<IconScale size={32} stroke={1.25} />} title="No risk analysis is written yet." action={write}>
          <p>A schedule needs one: how bad it would be if access went unreviewed, and why its frequency is enough.</p>
        </Empty>
      )}
      {found.data?.items.map((analysis) => (
        <Analysis key={analysis.id} analysis={analysis} mayWrite={mayWrite} onWrite={setWriting} />
      ))}
      {writing && (
        <RiskAnalysisDialog
          {...(writing.kind === 'change' && { changed: writing.of })}
          {...(writing.kind === 'renew' && { renewed: writing.of })}
          onClose={() => setWriting(undefined)}
        />
      )}
    </Page>
  );
}

interface AnalysisProps {
  readonly analysis: RiskAnalysis;
  readonly mayWrite: boolean;
  readonly onWrite: (writing: Writing) => void;
}

function Analysis({ analysis, mayWrite, onWrite }: AnalysisProps) {
  const me = useMe();
  const queries = useQueryClient();
  const refreshed = () => queries.invalidateQueries({ queryKey: ['reviews'] });
  const path = { params: { path: { id: analysis.id } } };
  const approve = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/risk-analyses/{id}/approval', path)),
    onSuccess: () => (toast('The risk analysis is approved.'), refreshed()),
  });
  const withdraw = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/risk-analyses/{id}/withdrawal', path)),
    onSuccess: () => (toast('The risk analysis is withdrawn.'), refreshed()),
  });
  const { status } = analysis;
  const isMine = analysis.authorId === me.person.id;
  return (
    <article className={classes.card} aria-label={analysis.title}>
      <header>
        <strong>{analysis.title}</strong>
        <Pill tone={TONES[status]}>{sentence(status)}</Pill>
        <span className={classes.muted}>
          supports a review every {analysis.everyDays === 1 ? 'day' : `${analysis.everyDays} days`}
        </span>
      </header>
      <details>
        <summary>What it says</summary>
        <Facts
          facts={[
            ['What is at stake', <Words key="assets" text={analysis.assets} />],
            ['What could happen', <Words key="threats" text={analysis.threats} />],
            ['How likely, how bad', <Words key="factors" text={analysis.factors} />],
            ['Why so often', <Words key="justification" text={analysis.justification} />],
          ]}
        />
      </details>
      <Facts
        facts={[
          ['Written by', <Party key="author" id={analysis.authorId} />],
          analysis.approvedAt !== null && [
            'Approved by',
            <span key="approver">
              <Party id={analysis.approverId} /> <Instant at={analysis.approvedAt} />
            </span>,
          ],
          [status === 'expired' ? 'Ran out' : 'Runs out', <Instant key="expires" at={analysis.expiresAt} />],
        ]}
      />
      {approve.isError && <ProblemPanel problem={approve.error} title="It is not approved." />}
      {withdraw.isError && <ProblemPanel problem={withdraw.error} title="It is not withdrawn." />}
      {mayWrite && status !== 'withdrawn' && (
        <div className={classes.deeds}>
          {status === 'draft' && !isMine && (
            <Button size="xs" loading={approve.isPending} onClick={() => approve.mutate()}>
              Approve
            </Button>
          )}
          {status === 'draft' && isMine && (
            <Button size="xs" variant="default" onClick={() => onWrite({ kind: 'change', of: analysis })}>
              Change
            </Button>
          )}
          {status === 'draft' && isMine && <span className={classes.muted}>Somebody else approves it.</span>}
          {(status === 'approved' || status === 'expired') && (
            <Button
              size="xs"
              variant={status === 'expired' ? 'filled' : 'default'}
              onClick={() => onWrite({ kind: 'renew', of: analysis })}
            >
              Renew
            </Button>
          )}
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            loading={withdraw.isPending}
            onClick={() => withdraw.mutate()}
          >
            Withdraw
          </Button>
        </div>
      )}
    </article>
  );
}

function Words({ text }: { readonly text: string }) {
  return <span className={classes.words}>{text}</span>;
}
