import { Button } from '@mantine/core';
import { IconCheck, IconCircle, IconCircleCheckFilled, IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Copyable } from '../../page/copyable.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import type { Campaign, Figures } from '../reviews-queries.js';
import classes from './campaign.module.css';

interface EndingProps {
  readonly campaign: Campaign;
  readonly figures: Figures;
}

/** The three steps to the end: the numbers add up, management says that it has seen them, and it is closed. */
export function Ending({ campaign, figures }: EndingProps) {
  const me = useMe();
  const queries = useQueryClient();
  const refreshed = () => queries.invalidateQueries({ queryKey: ['reviews'] });
  const path = { params: { path: { id: campaign.id } } };
  const acknowledge = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-campaigns/{id}/acknowledgement', { ...path, body: { digest: figures.digest } }),
      ),
    onSuccess: () => (toast('It is acknowledged, exactly as it stands.'), refreshed()),
  });
  const close = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/review-campaigns/{id}/close', path)),
    onSuccess: () => (toast('The campaign is closed.'), refreshed()),
  });
  if (campaign.state === 'cancelled') return null;
  const isClosed = campaign.state === 'closed';
  const mayClose = !isClosed && (campaign.ownerId === me.person.id || hasRole(me, 'administrator'));
  const tiesOut = isClosed || figures.faults.length === 0;
  const isAcknowledged = isClosed || (figures.acknowledgedAt !== null && !figures.acknowledgementStale);
  return (
    <Section title={isClosed ? 'It is closed' : 'The way to its end'}>
      <ol className={classes.steps}>
        <Step isDone={tiesOut}>
          <p>{tiesOut ? 'The numbers add up.' : 'The numbers have to add up: see what is missing.'}</p>
        </Step>
        <Step isDone={isAcknowledged}>
          {isAcknowledged && figures.acknowledgedAt !== null ? (
            <p>
              <Party id={figures.acknowledgedBy} /> has acknowledged it <Instant at={figures.acknowledgedAt} />.
            </p>
          ) : figures.acknowledgedAt !== null ? (
            <p>
              The numbers changed since <Party id={figures.acknowledgedBy} /> acknowledged them: it takes a new
              acknowledgement.
            </p>
          ) : (
            <p>
              <Party id={campaign.managementId} /> acknowledges the numbers with a passkey.
            </p>
          )}
          {figures.canAcknowledge && (
            <Button
              size="xs"
              leftSection={<IconFingerprint size={16} aria-hidden />}
              loading={acknowledge.isPending}
              onClick={() => acknowledge.mutate()}
            >
              Acknowledge
            </Button>
          )}
          {acknowledge.isError && <ProblemPanel problem={acknowledge.error} title="It is not acknowledged." />}
        </Step>
        <Step isDone={isClosed}>
          {isClosed && campaign.endedAt !== null ? (
            <p>
              <Party id={campaign.endedBy} /> has closed it <Instant at={campaign.endedAt} />.
            </p>
          ) : (
            <p>Whoever runs it closes it.</p>
          )}
          {mayClose && (
            <Button
              size="xs"
              variant={figures.canClose ? 'filled' : 'default'}
              leftSection={<IconCheck size={16} aria-hidden />}
              loading={close.isPending}
              onClick={() => close.mutate()}
            >
              Close
            </Button>
          )}
          {close.isError && <ProblemPanel problem={close.error} title="It is not closed." />}
        </Step>
      </ol>
      <p className={classes.digest}>
        Digest of these numbers:{' '}
        <Copyable what="digest" text={figures.digest} shown={`${figures.digest.slice(0, 16)}…`} />
      </p>
    </Section>
  );
}

function Step({ isDone, children }: { readonly isDone: boolean; readonly children: ReactNode }) {
  return (
    <li data-done={isDone}>
      {isDone ? (
        <IconCircleCheckFilled size={18} role="img" aria-label="Done" />
      ) : (
        <IconCircle size={18} role="img" aria-label="Not done" />
      )}
      <div>{children}</div>
    </li>
  );
}
