import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import type { Rotation } from './rotation-queries.js';
import { TimingFields, useTiming } from './schedule-form.js';
import classes from './rotation.module.css';

interface ScheduleDialogProps {
  readonly rotation: Rotation;
  readonly onClose: () => void;
}

/** Changes when it rotates, what it keeps out of the way of, and for whom it waits. */
export function ScheduleDialog({ rotation: live, onClose }: ScheduleDialogProps) {
  const queries = useQueryClient();
  // As the fields are taken from it; what is read later is another version.
  const [rotation] = useState(live);
  const form = useTiming(rotation);
  const change = useMutation({
    mutationFn: () =>
      answerOf(
        service.PATCH('/v1/rotations/{id}', {
          params: { path: { id: rotation.id }, header: { 'If-Match': `"v${rotation.version}"` } },
          body: form.timing,
        }),
      ),
    onSuccess: async () => {
      toast(`${rotation.name} is changed.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['rotation'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Change: ${rotation.name}`}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit} className={classes.form}>
        <TimingFields form={form} rotationId={rotation.id} isFirst />
        {change.isError && <ProblemPanel problem={change.error} title="It is not changed." />}
        <div className={classes.deeds} style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Change
          </Button>
        </div>
      </form>
    </Modal>
  );
}
