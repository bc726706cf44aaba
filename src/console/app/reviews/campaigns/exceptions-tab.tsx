import { Button } from '@mantine/core';
import { IconRoadSign } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Empty } from '../../page/empty.js';
import { RowsLoading } from '../../page/page-loading.js';
import { Pill } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { Instant, useNow } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import { type Campaign, exceptionsQuery, type ReviewException } from '../reviews-queries.js';
import classes from './campaign.module.css';

/** What is not decided or not done, on purpose. */
export function ExceptionsTab({ campaign }: { readonly campaign: Campaign }) {
  const found = useQuery(exceptionsQuery(campaign.id));
  if (found.isError) return <ProblemPanel problem={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data) return <RowsLoading rows={5} />;
  if (found.data.items.length === 0)
    return (
      <Empty icon={<IconRoadSign size={32} stroke={1.25} />} title="Nothing is excepted.">
        <p>
          What cannot be decided or done now is excepted from its own page or among the effects: with an owner, a reason
          and an end.
        </p>
      </Empty>
    );
  return (
    <div className={classes.list}>
      {found.data.items.map((exception) => (
        <Exception key={exception.id} exception={exception} />
      ))}
    </div>
  );
}

function Exception({ exception }: { readonly exception: ReviewException }) {
  const now = useNow();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () =>
      answerOf(service.POST('/v1/review-exceptions/{id}/end', { params: { path: { id: exception.id } } })),
    onSuccess: async () => {
      toast('The exception is ended.');
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  const isEnded = exception.endedAt !== null;
  const isLapsed = !isEnded && Date.parse(exception.endsAt) < now;
  return (
    <article className={classes.card}>
      <header>
        <Pill tone={isEnded ? 'still' : isLapsed ? 'bad' : 'warn'}>
          {isEnded ? 'Ended' : isLapsed ? 'Past its end' : 'In force'}
        </Pill>
        <Link to="/reviews/items/$id" params={{ id: exception.ofItemId }} className={classes.what}>
          {exception.identityName}
          {exception.effectId !== null && ': what was decided is not done'}
        </Link>
      </header>
      <p>“{exception.reason}”</p>
      <p className={classes.muted}>
        Owned by <Party id={exception.ownerId} />, {isEnded ? 'ended' : isLapsed ? 'ended' : 'ends'}{' '}
        <Instant at={exception.endedAt ?? exception.endsAt} />
      </p>
      {end.isError && <ProblemPanel problem={end.error} title="It is not ended." />}
      {exception.canEnd && (
        <div className={classes.deeds}>
          <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate()}>
            End it
          </Button>
        </div>
      )}
    </article>
  );
}
