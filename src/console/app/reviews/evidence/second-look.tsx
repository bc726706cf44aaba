import { Button, Textarea } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { Party } from '../../people/party.js';
import { answerOf, service } from '../../service/service.js';
import { hasRole, useMe } from '../../session/me.js';
import { Instant } from '../../time/instant.js';
import { toast } from '../../toast/toast.js';
import { ExceptDialog } from '../campaigns/except-dialog.js';
import { SamplePill } from '../campaigns/looks-tab.js';
import { campaignQuery, type ReviewItem, type Sample, sampleOfQuery } from '../reviews-queries.js';
import { ResolveDialog } from './resolve-dialog.js';
import classes from './item-page.module.css';

/** Whether somebody else looks at a keep again, what they found, and where it is this person, their word. */
export function SecondLook({ item }: { readonly item: ReviewItem }) {
  const isKept = item.state === 'submitted' && item.decision?.decision === 'keep';
  const sample = useQuery({ ...sampleOfQuery(item), enabled: isKept }).data;
  if (!sample) return null;
  return (
    <Section title="Second look" actions={<SamplePill sample={sample} />}>
      <div className={classes.decision}>
        {sample.state === 'open' ? (
          !sample.canDecide && (
            <p>
              <Party id={sample.reviewerId} /> looks at it again.
            </p>
          )
        ) : (
          <p>
            <Party id={sample.decidedBy} /> {sample.state === 'agreed' ? 'would have kept it too' : 'disagrees'}
            {sample.decidedAt !== null && (
              <>
                , <Instant at={sample.decidedAt} />
              </>
            )}
            .{sample.reason !== null && ` “${sample.reason}”`}
          </p>
        )}
        {sample.canDecide && <Verdict sample={sample} />}
        {sample.state === 'disagreed' && sample.resolution === null && <Settling item={item} />}
      </div>
    </Section>
  );
}

/** What whoever runs the campaign does about a disagreement. */
function Settling({ item }: { readonly item: ReviewItem }) {
  const me = useMe();
  const campaign = useQuery(campaignQuery(item.campaignId)).data;
  const [open, setOpen] = useState<'resolve' | 'except'>();
  const runs = campaign?.state === 'open' && (campaign.ownerId === me.person.id || hasRole(me, 'administrator'));
  if (!runs) return <p className={classes.muted}>Whoever runs the campaign settles it.</p>;
  return (
    <div className={classes.deeds}>
      <Button size="xs" onClick={() => setOpen('resolve')}>
        Take it away after all
      </Button>
      <Button size="xs" variant="default" onClick={() => setOpen('except')}>
        Except it
      </Button>
      {open === 'resolve' && <ResolveDialog item={item} onClose={() => setOpen(undefined)} />}
      {open === 'except' && (
        <ExceptDialog
          of={{ itemId: item.id }}
          name={`${item.name} stays as it is, though the second look disagreed.`}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}

function Verdict({ sample }: { readonly sample: Sample }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const settle = useMutation({
    mutationFn: (verdict: 'agreed' | 'disagreed') =>
      answerOf(
        service.PUT('/v1/review-samples/{id}', {
          params: { path: { id: sample.itemId } },
          body: { verdict, ...(reason.trim() !== '' && { reason: reason.trim() }) },
        }),
      ),
    onSuccess: async (_sample, verdict) => {
      toast(verdict === 'agreed' ? 'You agree.' : 'You disagree. Whoever runs the campaign settles it.');
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  return (
    <>
      <p>
        <Party id={sample.keptBy} /> kept it{sample.keptBecause !== null && `: “${sample.keptBecause}”`}. Would you
        have, with this evidence?
      </p>
      <Textarea
        label="Why, if you would not"
        autosize
        minRows={1}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value.replaceAll('\n', ' '))}
      />
      {settle.isError && <ProblemPanel problem={settle.error} title="It is not noted." />}
      <div className={classes.deeds}>
        <Button
          size="xs"
          leftSection={<IconCheck size={14} aria-hidden />}
          loading={settle.isPending && settle.variables === 'agreed'}
          onClick={() => settle.mutate('agreed')}
        >
          Agree
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconX size={14} aria-hidden />}
          disabled={reason.trim() === ''}
          loading={settle.isPending && settle.variables === 'disagreed'}
          onClick={() => settle.mutate('disagreed')}
        >
          Disagree
        </Button>
      </div>
    </>
  );
}
