import { Checkbox, Select, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { givenOf, initialOf } from '../kind-form/field.js';
import { Fields } from '../kind-form/fields.js';
import { consentTo, PrivateNetwork } from '../kind-form/private-network.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import type { Rotation } from './rotation-queries.js';
import { SINK_KINDS, type SinkKindName, type SinkKindWords } from './sink-kinds.js';
import classes from './rotation.module.css';

interface SinkDialogProps {
  readonly rotation: Rotation;
  readonly onClose: () => void;
}

/** Adds a place that every new version is put into. */
export function SinkDialog({ rotation, onClose }: SinkDialogProps) {
  const queries = useQueryClient();
  const [kind, setKind] = useState<SinkKindName>('vault-kv');
  const words: SinkKindWords = SINK_KINDS[kind];
  const isReached = kind !== 'file';
  const [settings, setSettings] = useState(() => initialOf(words.settings));
  const [access, setAccess] = useState(() => initialOf(words.access));
  const [hasAccount, setHasAccount] = useState(false);
  const [consent, setConsent] = useState<string | null>(null);
  const [authorities, setAuthorities] = useState('');
  const [takesOver, setTakesOver] = useState(false);
  const add = useMutation({
    mutationFn: () => {
      const opens = givenOf(words.access, access);
      // What it says the service judges: its words name every mistake.
      const body = {
        kind,
        settings: { ...givenOf(words.settings, settings), ...(words.hasForm && hasAccount && { form: 'json' }) },
        ...(opens && { access: opens }),
        ...(isReached && consentTo(consent)),
        ...(isReached && authorities.trim() !== '' && { caCertificates: authorities.trim() }),
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
    setSettings(initialOf(SINK_KINDS[next].settings));
    setAccess(initialOf(SINK_KINDS[next].access));
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
      <div className={classes.pair} key={kind}>
        <Fields fields={words.settings} values={settings} onChange={setSettings} />
      </div>
      {words.access.length > 0 && (
        <div className={classes.pair} key={`opens ${kind}`}>
          <Fields fields={words.access} values={access} onChange={setAccess} />
        </div>
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
      {isReached && (
        <>
          <PrivateNetwork reason={consent} onChange={setConsent} />
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
