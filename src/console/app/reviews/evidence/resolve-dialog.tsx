import { Checkbox, SegmentedControl, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import type { ReviewItem } from '../reviews-queries.js';
import classes from './item-page.module.css';

interface ResolveDialogProps {
  readonly item: ReviewItem;
  readonly onClose: () => void;
}

/** Takes away after all what was kept, where a second look disagreed. */
export function ResolveDialog({ item, onClose }: ResolveDialogProps) {
  const queries = useQueryClient();
  const { grants } = item.evidence;
  const [decision, setDecision] = useState<'reduce' | 'revoke'>(grants.length > 0 ? 'reduce' : 'revoke');
  const [taken, setTaken] = useState<string[]>(() => grants.filter(({ keep }) => !keep).map(({ id }) => id));
  const [reason, setReason] = useState('');
  const resolve = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/review-samples/{id}/resolution', {
          params: { path: { id: item.id } },
          body: { decision, reason: reason.trim(), ...(decision === 'reduce' && { grants: taken }) },
        }),
      ),
    onSuccess: async () => {
      toast('It is settled: what was kept is taken away.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['reviews'] });
    },
  });
  return (
    <Dialog
      title={`Settle: ${item.name}`}
      lead="The second look disagreed with the keep. What was decided stands in the log; this is done on top of it."
      verb={decision === 'revoke' ? 'Revoke it' : 'Reduce it'}
      isDangerous
      isPending={resolve.isPending}
      problem={resolve.error}
      onSubmit={() => resolve.mutate()}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label="What is done"
        value={decision}
        onChange={(next) => setDecision(next)}
        data={[
          { value: 'reduce', label: 'Reduce', disabled: grants.length === 0 },
          { value: 'revoke', label: 'Revoke' },
        ]}
      />
      {decision === 'reduce' && (
        <Checkbox.Group label="Take these away" required value={taken} onChange={setTaken}>
          <div className={classes.grants}>
            {grants.map(({ id, scope, target }) => (
              <Checkbox key={id} value={id} size="xs" label={`${scope} on ${target}`} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      <Textarea
        label="Why"
        description="Stands in the log for good."
        required
        data-autofocus
        autosize
        minRows={2}
        maxLength={1000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value.replaceAll('\n', ' '))}
      />
    </Dialog>
  );
}
