import { Checkbox, Collapse, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core';
import '@mantine/core/styles/PasswordInput.css';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import type { Rotation } from './rotation-queries.js';
import { given, SINK_KINDS, type SinkField, type SinkKindName, type SinkKindWords } from './sink-kinds.js';
import classes from './rotation.module.css';

interface SinkDialogProps {
  readonly rotation: Rotation;
  readonly onClose: () => void;
}

/** Adds a place that every new version is put into. */
export function SinkDialog({ rotation, onClose }: SinkDialogProps) {
  const queries = useQueryClient();
  const [kind, setKind] = useState<SinkKindName>('vault-kv');
  const [settings, setSettings] = useState<Readonly<Record<string, string>>>({});
  const [access, setAccess] = useState<Readonly<Record<string, string>>>({});
  const [hasAccount, setHasAccount] = useState(false);
  const [isPrivate, setPrivate] = useState(false);
  const [reason, setReason] = useState('');
  const [authorities, setAuthorities] = useState('');
  const [takesOver, setTakesOver] = useState(false);
  const words: SinkKindWords = SINK_KINDS[kind];
  const add = useMutation({
    mutationFn: () => {
      const opens = given(words.access, access);
      // What it says the service judges: its words name every mistake.
      const body = {
        kind,
        settings: { ...given(words.settings, settings), ...(words.hasForm && hasAccount && { form: 'json' }) },
        ...(opens && { access: opens }),
        ...(isPrivate && { privateNetwork: { reason: reason.trim() } }),
        ...(authorities.trim() !== '' && { caCertificates: authorities.trim() }),
        takesOver,
      } as never;
      return answerOf(service.POST('/v1/rotations/{id}/sinks', { params: { path: { id: rotation.id } }, body }));
    },
    onSuccess: async () => {
      toast('The next version is delivered there. Check whether Muster gets in.');
      onClose();
      await queries.invalidateQueries({ queryKey: ['rotation'] });
    },
  });
  const change = (next: SinkKindName) => {
    setKind(next);
    setSettings({});
    setAccess({});
  };
  return (
    <Dialog
      title={`Deliver: ${rotation.name}`}
      lead="Every new version is put there before the old one goes. What opens the place is sealed at once, and shown to nobody again."
      verb="Deliver there"
      isPending={add.isPending}
      problem={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <Select
        label="What it is"
        required
        data-autofocus
        data={Object.entries(SINK_KINDS).map(([value, { label }]) => ({ value: value as SinkKindName, label }))}
        value={kind}
        onChange={(next) => next !== null && change(next)}
        allowDeselect={false}
      />
      <Fields key={kind} fields={words.settings} written={settings} onChange={setSettings} />
      {words.access.length > 0 && (
        <Fields key={`opens ${kind}`} fields={words.access} written={access} onChange={setAccess} isSecret />
      )}
      {words.hasForm && (
        <Checkbox
          label="Write the account beside the secret (JSON)"
          checked={hasAccount}
          onChange={(event) => setHasAccount(event.currentTarget.checked)}
        />
      )}
      <Checkbox
        label="What stands there now may be replaced"
        checked={takesOver}
        onChange={(event) => setTakesOver(event.currentTarget.checked)}
      />
      {kind !== 'file' && (
        <>
          <Switch
            label="It lies in a network of our own"
            description="At a private address, or without TLS."
            checked={isPrivate}
            onChange={(event) => setPrivate(event.currentTarget.checked)}
          />
          <Collapse expanded={isPrivate}>
            <TextInput
              label="Why that is right"
              required={isPrivate}
              maxLength={200}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </Collapse>
          <Textarea
            label="Authorities that are believed there"
            description="PEM; besides the public ones."
            autosize
            maxRows={6}
            value={authorities}
            onChange={(event) => setAuthorities(event.currentTarget.value)}
          />
        </>
      )}
    </Dialog>
  );
}

interface FieldsProps {
  readonly fields: readonly SinkField[];
  readonly written: Readonly<Record<string, string>>;
  readonly onChange: (written: Readonly<Record<string, string>>) => void;
  readonly isSecret?: boolean;
}

function Fields({ fields, written, onChange, isSecret = false }: FieldsProps) {
  const Input = isSecret ? PasswordInput : TextInput;
  return (
    <div className={classes.pair}>
      {fields.map(({ name, label, placeholder, description, isOptional = false }) => (
        <Input
          key={name}
          label={label}
          placeholder={placeholder}
          description={description}
          required={!isOptional}
          autoComplete="off"
          value={written[name] ?? ''}
          onChange={(event) => onChange({ ...written, [name]: event.currentTarget.value })}
        />
      ))}
    </div>
  );
}
