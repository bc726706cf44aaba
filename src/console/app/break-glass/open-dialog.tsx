import { Checkbox, Select, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { ROLES } from '../people/roles.js';
import { answerOf, service } from '../service/service.js';
import type { Role } from '../session/me.js';
import { toast } from '../toast/toast.js';

const DURATIONS = [
  { value: '900', label: '15 minutes' },
  { value: '1800', label: '30 minutes' },
  { value: '3600', label: '1 hour' },
];

/** Takes roles in an emergency. */
export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [roles, setRoles] = useState<Role[]>([]);
  const [seconds, setSeconds] = useState('1800');
  const open = useMutation({
    mutationFn: () =>
      answerOf(service.POST('/v1/break-glass', { body: { reason, roles, durationSeconds: Number(seconds) } })),
    onSuccess: async () => {
      toast('The glass is broken. Every administrator is told.');
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title="Break the glass"
      lead="It takes a passkey that is bound to its device. What you asked for yourself, somebody else still approves."
      verb="Break the glass"
      isDangerous
      isPending={open.isPending}
      problem={open.error}
      onSubmit={() => open.mutate()}
      onClose={onClose}
    >
      <Textarea
        label="What is happening"
        description="Every administrator reads it now, and the reviewer later."
        required
        data-autofocus
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Checkbox.Group label="Roles you need" required value={roles} onChange={(chosen) => setRoles(chosen)}>
        <div style={{ display: 'grid', gap: '0.5rem', marginTop: '0.375rem' }}>
          {Object.entries(ROLES).map(([role, { name }]) => (
            <Checkbox key={role} value={role} label={name} />
          ))}
        </div>
      </Checkbox.Group>
      <Select
        label="For"
        data={DURATIONS}
        allowDeselect={false}
        value={seconds}
        onChange={(value) => setSeconds(value ?? '1800')}
      />
    </Dialog>
  );
}
