import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { Instant } from '../../time/instant.js';
import { AttestDialog } from './attest-dialog.js';
import { EffectPill } from './effect-words.js';
import { ExceptDialog } from './except-dialog.js';
import type { Effect } from '../reviews-queries.js';
import classes from './campaign.module.css';

interface EffectCardProps {
  readonly effect: Effect;
  /** Whether this person may except it. */
  readonly mayExcept: boolean;
}

/** One thing to be done: whether it is, what was seen, and what can be done about it. */
export function EffectCard({ effect, mayExcept }: EffectCardProps) {
  const queries = useQueryClient();
  const [open, setOpen] = useState<'attest' | 'except'>();
  const retry = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/review-effects/{id}/retry', { params: { path: { id: effect.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['reviews'] }),
  });
  const isOver = effect.state === 'verified' || effect.state === 'attested' || effect.exceptionId !== null;
  const { statement, reference } = (effect.evidence ?? {}) as { statement?: string; reference?: string };
  return (
    <article className={classes.card} aria-label={effect.words}>
      <header>
        <EffectPill effect={effect} />
        <Link to="/reviews/items/$id" params={{ id: effect.itemId }} className={classes.what}>
          {effect.words}
        </Link>
      </header>
      {effect.failureWords !== null && <p className={classes.late}>{effect.failureWords}</p>}
      {effect.state === 'attestation-needed' && (
        <p className={classes.muted}>
          No adapter can look there: it waits for the word of <Party id={effect.ownerId} />.
        </p>
      )}
      {statement !== undefined && (
        <p>
          “{statement}” <span className={classes.muted}>({reference})</span>
        </p>
      )}
      {effect.endedAt !== null && (
        <p className={classes.muted}>
          {effect.state === 'verified' ? 'Seen to be so' : 'Attested'} <Instant at={effect.endedAt} />
          {effect.targetName !== null && ` on ${effect.targetName}`}
          {effect.state === 'attested' && (
            <>
              {' '}
              by <Party id={effect.endedBy} />
            </>
          )}
        </p>
      )}
      {effect.dueAt !== null && !isOver && effect.attempts > 0 && (
        <p className={classes.muted}>
          Tried {effect.attempts === 1 ? 'once' : `${effect.attempts} times`}; again <Instant at={effect.dueAt} />.
        </p>
      )}
      {retry.isError && <ProblemPanel problem={retry.error} title="It is not tried again." />}
      {(effect.canAttest || effect.canRetry || (mayExcept && !isOver)) && (
        <div className={classes.deeds}>
          {effect.canAttest && (
            <Button size="xs" onClick={() => setOpen('attest')}>
              Attest that it is done
            </Button>
          )}
          {effect.canRetry && (
            <Button
              size="xs"
              variant="default"
              leftSection={<IconRefresh size={14} aria-hidden />}
              loading={retry.isPending}
              onClick={() => retry.mutate()}
            >
              Try again
            </Button>
          )}
          {mayExcept && !isOver && (
            <Button size="xs" variant="default" onClick={() => setOpen('except')}>
              Except it
            </Button>
          )}
        </div>
      )}
      {open === 'attest' && <AttestDialog effect={effect} onClose={() => setOpen(undefined)} />}
      {open === 'except' && (
        <ExceptDialog of={{ effectId: effect.id }} name={effect.words} onClose={() => setOpen(undefined)} />
      )}
    </article>
  );
}
