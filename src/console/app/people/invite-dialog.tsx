import { Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { answerOf, service } from '../service/service.js';
import type { Role } from '../session/me.js';
import { PersonSelect } from './person-select.js';
import { ROLES } from './roles.js';
import { TokenShownOnce } from './token-shown-once.js';

/** Invites somebody, and shows their one-time token, once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<Role[]>(['custodian']);
  const [managerId, setManagerId] = useState<string | null>(null);
  const [sameHumanAs, setSameHumanAs] = useState<string | null>(null);
  const invite = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/people', { body: { name, email, roles, managerId, sameHumanAs } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['people'] }),
  });
  if (invite.data)
    return (
      <Modal
        opened
        onClose={onClose}
        title={`${name} is invited`}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <TokenShownOnce
          token={invite.data.signInToken}
          expiresAt={invite.data.signInTokenExpiresAt}
          name={name}
          onClose={onClose}
        />
      </Modal>
    );
  return (
    <Dialog
      title="Invite somebody"
      lead="They get a one-time token from you, and enrol a passkey with it."
      verb="Invite"
      isPending={invite.isPending}
      problem={invite.error}
      onSubmit={() => invite.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        data-autofocus
        autoComplete="off"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label="E-mail"
        type="email"
        required
        autoComplete="off"
        maxLength={254}
        value={email}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <Checkbox.Group label="Roles" required value={roles} onChange={(chosen) => setRoles(chosen)}>
        <div style={{ display: 'grid', gap: '0.5rem', marginTop: '0.375rem' }}>
          {Object.entries(ROLES).map(([role, { name: roleName, does }]) => (
            <Checkbox key={role} value={role} label={roleName} description={does} />
          ))}
        </div>
      </Checkbox.Group>
      <PersonSelect label="Manager" value={managerId} onChange={setManagerId} />
      <PersonSelect
        label="Another account of the same human"
        description="If they have one: then neither account decides what the other asked for."
        status="active,invited,departed"
        value={sameHumanAs}
        onChange={setSameHumanAs}
      />
    </Dialog>
  );
}
