import { PasswordInput, TextInput } from '@mantine/core';
import '@mantine/core/styles/PasswordInput.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { consentTo, PrivateNetwork } from '../../kind-form/private-network.js';
import { PersonSelect } from '../../people/person-select.js';
import { answerOf, service } from '../../service/service.js';
import { useMe } from '../../session/me.js';
import { toast } from '../../toast/toast.js';

/** Registers a PostgreSQL server, and how to get into it. */
export function RegisterDialog({ onClose }: { readonly onClose: () => void }) {
  const me = useMe();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [consent, setConsent] = useState<string | null>(null);
  const [ownerId, setOwner] = useState<string | null>(me.person.id);
  const register = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/targets', {
          body: {
            name: name.trim(),
            kind: 'postgresql',
            url: url.trim(),
            ownerId: ownerId ?? '',
            ...consentTo(consent),
          },
        }),
      ),
    onSuccess: async () => {
      toast(`${name.trim()} is registered. Check it, to see what Muster may do there.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['targets'] });
    },
  });
  return (
    <Dialog
      title="Register a target"
      lead="A PostgreSQL server, with a role of its own for Muster."
      verb="Register"
      isPending={register.isPending}
      problem={register.error}
      onSubmit={() => register.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="As grants name the system."
        placeholder="orders-db"
        required
        data-autofocus
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label="URL"
        description="With the password. It is sealed at once, and shown to nobody again."
        placeholder="postgresql://muster:…@db.example:5432/orders"
        required
        autoComplete="off"
        maxLength={2048}
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <PrivateNetwork reason={consent} onChange={setConsent} />
      <PersonSelect
        label="Who answers for it"
        description="Is told when something there cannot be done."
        required
        value={ownerId}
        onChange={setOwner}
      />
    </Dialog>
  );
}
