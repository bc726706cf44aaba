import { ActionIcon, Checkbox, Menu, Modal } from '@mantine/core';
import { IconDots, IconDoorExit, IconEraser, IconKey, IconShieldCog } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { answerOf, service } from '../service/service.js';
import type { Role } from '../session/me.js';
import { toast } from '../toast/toast.js';
import type { Person } from './people-queries.js';
import { ROLES } from './roles.js';
import { TokenShownOnce } from './token-shown-once.js';

type Deed = 'roles' | 'token' | 'depart' | 'remove';

interface PersonMenuProps {
  readonly person: Person;
  readonly isMe: boolean;
}

/** What an administrator does about somebody. */
export function PersonMenu({ person, isMe }: PersonMenuProps) {
  const [deed, setDeed] = useState<Deed>();
  const close = () => setDeed(undefined);
  const isHere = person.status === 'active' || person.status === 'invited';
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Actions for ${person.name}`}>
            <IconDots size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {isHere && (
            <Menu.Item leftSection={<IconShieldCog size={16} aria-hidden />} onClick={() => setDeed('roles')}>
              Change roles
            </Menu.Item>
          )}
          {isHere && !isMe && (
            <Menu.Item leftSection={<IconKey size={16} aria-hidden />} onClick={() => setDeed('token')}>
              New one-time token
            </Menu.Item>
          )}
          {isHere && !isMe && (
            <Menu.Item
              color="var(--bad)"
              leftSection={<IconDoorExit size={16} aria-hidden />}
              onClick={() => setDeed('depart')}
            >
              Has left the firm
            </Menu.Item>
          )}
          {person.status === 'departed' && (
            <Menu.Item
              color="var(--bad)"
              leftSection={<IconEraser size={16} aria-hidden />}
              onClick={() => setDeed('remove')}
            >
              Erase name and e-mail
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {deed === 'roles' && <RolesDialog person={person} onClose={close} />}
      {deed === 'token' && <TokenDialog person={person} onClose={close} />}
      {deed === 'depart' && <EndDialog person={person} end="departure" onClose={close} />}
      {deed === 'remove' && <EndDialog person={person} end="removal" onClose={close} />}
    </>
  );
}

interface DeedProps {
  readonly person: Person;
  readonly onClose: () => void;
}

function RolesDialog({ person: live, onClose }: DeedProps) {
  const queries = useQueryClient();
  // As the boxes are taken from it; what is read later is another version.
  const [person] = useState(live);
  const [roles, setRoles] = useState<Role[]>(person.roles);
  const change = useMutation({
    mutationFn: () =>
      answerOf(
        service.PATCH('/v1/people/{id}', {
          params: { path: { id: person.id }, header: { 'If-Match': `"v${person.version}"` } },
          body: { roles },
        }),
      ),
    onSuccess: async () => {
      toast(`The roles of ${person.name} are changed.`);
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title={`Roles of ${person.name}`}
      verb="Change"
      isPending={change.isPending}
      problem={change.error}
      onSubmit={() => change.mutate()}
      onClose={onClose}
    >
      <Checkbox.Group label="Roles" required value={roles} onChange={(chosen) => setRoles(chosen)}>
        <div style={{ display: 'grid', gap: '0.5rem', marginTop: '0.375rem' }}>
          {Object.entries(ROLES).map(([role, { name, does }]) => (
            <Checkbox key={role} value={role} label={name} description={does} />
          ))}
        </div>
      </Checkbox.Group>
    </Dialog>
  );
}

function TokenDialog({ person, onClose }: DeedProps) {
  const create = useMutation({
    mutationFn: () => answerOf(service.POST('/v1/people/{id}/sign-in-tokens', { params: { path: { id: person.id } } })),
  });
  if (create.data)
    return (
      <Modal opened onClose={onClose} title={`Token for ${person.name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <TokenShownOnce
          token={create.data.signInToken}
          expiresAt={create.data.signInTokenExpiresAt}
          name={person.name}
          onClose={onClose}
        />
      </Modal>
    );
  return (
    <Dialog
      title={`A new one-time token for ${person.name}?`}
      lead="Tokens they were given before work no more."
      verb="Make a token"
      isPending={create.isPending}
      problem={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    />
  );
}

const ENDS = {
  departure: {
    title: 'has left',
    lead: 'Their sessions end at once. What they answered for goes to the backup custodian, and a clock runs until it is handed over.',
    verb: 'They have left',
  },
  removal: {
    title: 'is erased',
    lead: 'Name and e-mail are erased for good; the log keeps an id that leads to nobody.',
    verb: 'Erase',
  },
} as const;

function EndDialog({ person, end, onClose }: DeedProps & { readonly end: keyof typeof ENDS }) {
  const queries = useQueryClient();
  const { title, lead, verb } = ENDS[end];
  const params = { path: { id: person.id } };
  const act = useMutation({
    mutationFn: async () => {
      if (end === 'departure') await service.POST('/v1/people/{id}/departure', { params });
      else await service.DELETE('/v1/people/{id}', { params });
    },
    onSuccess: async () => {
      toast(`${person.name} ${title}.`);
      onClose();
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog
      title={`${verb}: ${person.name}`}
      lead={lead}
      verb={verb}
      isDangerous
      isPending={act.isPending}
      problem={act.error}
      onSubmit={() => act.mutate()}
      onClose={onClose}
    />
  );
}
