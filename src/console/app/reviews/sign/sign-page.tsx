import { Button } from '@mantine/core';
import { IconFingerprint, IconPencilCheck } from '@tabler/icons-react';
import { useIsMutating, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { ButtonLink } from '../../page/button-link.js';
import { Copyable } from '../../page/copyable.js';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { RowsLoading } from '../../page/page-loading.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { asProblem } from '../../service/problem.js';
import { answerOf, service } from '../../service/service.js';
import { decidingKey } from '../queue/decisions.js';
import { myCampaignsQuery, submissionQuery, type SubmissionPreview } from '../reviews-queries.js';
import { Done } from './done.js';
import { Summary } from './summary.js';
import classes from './sign.module.css';

const route = getRouteApi('/signed-in/reviews/sign/$id');

/** What somebody has decided, in full, and the passkey that makes it so. */
export function SignPage() {
  const { id } = route.useParams();
  const [signed, setSigned] = useState<SubmissionPreview>();
  return signed ? <Done signed={signed} /> : <Sign campaignId={id} onSigned={setSigned} />;
}

interface SignProps {
  readonly campaignId: string;
  readonly onSigned: (what: SubmissionPreview) => void;
}

function Sign({ campaignId, onSigned }: SignProps) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  // The last decision may still be on its way: keys are quicker than networks.
  const isDeciding = useIsMutating({ mutationKey: decidingKey }) > 0;
  const preview = useQuery({ ...submissionQuery(campaignId), enabled: !isDeciding });
  const waiting = useQuery(myCampaignsQuery).data?.find((each) => each.campaignId === campaignId);
  const sign = useMutation({
    mutationFn: ({ digest, count }: SubmissionPreview) =>
      answerOf(
        service.POST('/v1/review-campaigns/{id}/submissions', {
          params: { path: { id: campaignId } },
          body: { digest, count },
        }),
      ),
    onSuccess: async (_submission, what) => {
      onSigned(what);
      queries.removeQueries({ queryKey: ['reviews', 'queue'] });
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
    onError: (problem) => {
      if (asProblem(problem).code === 'decisions_changed') void preview.refetch();
    },
  });
  useEffect(() => {
    const back = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && document.querySelector('[role="dialog"]') === null)
        void navigate({ to: '/reviews', search: { campaign: campaignId } });
    };
    document.addEventListener('keydown', back);
    return () => document.removeEventListener('keydown', back);
  }, [campaignId, navigate]);
  const what = preview.data;
  return (
    <Page
      title="Sign your decisions"
      over={
        <Link to="/reviews" search={{ campaign: campaignId }}>
          Reviews
        </Link>
      }
      lead={waiting && `${waiting.name}. Your passkey signs exactly this; afterwards it is final, and carried out.`}
    >
      {preview.isError && <ProblemPanel problem={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <RowsLoading rows={8} />}
      {what?.count === 0 && (
        <Empty
          icon={<IconPencilCheck size={32} stroke={1.25} />}
          title="Nothing waits for your signature."
          action={<ButtonLink to="/reviews">To your queue</ButtonLink>}
        >
          <p>What you decide in your queue is summed up here.</p>
        </Empty>
      )}
      {what && what.count > 0 && (
        <>
          <Summary what={what} />
          {waiting && waiting.open > 0 && (
            <p className={classes.rest}>
              {waiting.open.toLocaleString('en')} more {waiting.open === 1 ? 'is' : 'are'} still open. You can sign
              these now and the rest later.
            </p>
          )}
          {sign.isError && <ProblemPanel problem={sign.error} title="It is not signed." />}
          <div className={classes.deeds}>
            <SignButton count={what.count} isPending={sign.isPending} onSign={() => sign.mutate(what)} />
            <ButtonLink to="/reviews" search={{ campaign: campaignId }} variant="default" aria-keyshortcuts="Escape">
              Back to the queue
            </ButtonLink>
          </div>
          <p className={classes.digest}>
            What is signed: <Copyable what="digest" text={what.digest} shown={`${what.digest.slice(0, 16)}…`} />
          </p>
        </>
      )}
    </Page>
  );
}

interface SignButtonProps {
  readonly count: number;
  readonly isPending: boolean;
  readonly onSign: () => void;
}

/** Has the focus, so that Enter signs. */
function SignButton({ count, isPending, onSign }: SignButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus({ preventScroll: true }), []);
  return (
    <Button ref={button} leftSection={<IconFingerprint size={18} aria-hidden />} loading={isPending} onClick={onSign}>
      Sign {count.toLocaleString('en')} {count === 1 ? 'decision' : 'decisions'}
    </Button>
  );
}
