import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { MembersSelect } from '../people/members-select.js';
import { PersonSelect } from '../people/person-select.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import type { Team } from './teams-queries.js';

interface TeamDialogProps {
  /** Undefined for a new one. */
  readonly team: Team | undefined;
  readonly onClose: () => void;
}

export function TeamDialog({ team, onClose }: TeamDialogProps) {
  const queries = useQueryClient();
  const [name, setName] = useState(team?.name ?? '');
  const [managerId, setManagerId] = useState(team?.managerId ?? null);
  const [memberIds, setMemberIds] = useState<string[]>(team?.memberIds ?? []);
  const save = useMutation({
    mutationFn: () => {
      const body = { name, managerId, memberIds };
      if (!team) return answerOf(service.POST('/v1/teams', { body }));
      const params = { path: { id: team.id }, header: { 'If-Match': `"v${team.version}"` } };
      return answerOf(service.PATCH('/v1/teams/{id}', { params, body }));
    },
    onSuccess: async () => {
      toast(`The team ${name} is ${team ? 'changed' : 'made'}.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['teams'] });
    },
  });
  return (
    <Dialog
      title={team ? `Change ${team.name}` : 'New team'}
      verb={team ? 'Change' : 'Make it'}
      isPending={save.isPending}
      problem={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        data-autofocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PersonSelect label="Manager" value={managerId} onChange={setManagerId} />
      <MembersSelect value={memberIds} onChange={setMemberIds} />
    </Dialog>
  );
}
