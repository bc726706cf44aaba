import { Button, Modal } from '@mantine/core';
import { IconDeviceMobile, IconFileText, IconFingerprint, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../dialog/dialog.js';
import { Empty } from '../page/empty.js';
import { Pill } from '../page/pill.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { service } from '../service/service.js';
import { Instant } from '../time/instant.js';
import { toast } from '../toast/toast.js';
import { type Authenticator, authenticatorsQuery } from './authenticators-queries.js';
import { CodeGenerator } from './code-generator.js';
import { Enrolment } from './enrolment.js';
import { levelWords } from './level-words.js';
import { RecoveryCodes } from './recovery-codes.js';
import classes from './authenticators.module.css';

type Adding = 'passkey' | 'totp' | 'recovery-codes';

const TITLES: Readonly<Record<Adding, string>> = {
  passkey: 'Add a passkey',
  totp: 'Add a code generator',
  'recovery-codes': 'Recovery codes',
};

const ICONS = { passkey: IconFingerprint, totp: IconDeviceMobile, 'recovery-codes': IconFileText };

/** One’s own authenticators: what they are, when they were used last, and what to add. */
export function Authenticators() {
  const mine = useQuery(authenticatorsQuery);
  const [adding, setAdding] = useState<Adding>();
  const [removed, setRemoved] = useState<Authenticator>();
  const close = () => setAdding(undefined);
  return (
    <Section
      title="Authenticators"
      lead="Have two passkeys on different devices, so that losing one is only a nuisance."
      bare
      actions={
        <>
          <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding('passkey')}>
            Passkey
          </Button>
          <Button size="xs" variant="default" onClick={() => setAdding('totp')}>
            Code generator
          </Button>
          <Button size="xs" variant="default" onClick={() => setAdding('recovery-codes')}>
            Recovery codes
          </Button>
        </>
      }
    >
      {mine.isError && <ProblemPanel problem={mine.error} onRetry={() => void mine.refetch()} />}
      {mine.isPending && <RowsLoading rows={3} />}
      {mine.data?.items.length === 0 && (
        <Empty icon={<IconFingerprint size={32} stroke={1.25} />} title="You have no authenticator yet.">
          <p>Add a passkey now, or you will need an administrator to come in again.</p>
        </Empty>
      )}
      {mine.data && mine.data.items.length > 0 && (
        <ul className={classes.list}>
          {mine.data.items.map((each) => (
            <Row key={each.id} authenticator={each} onRemove={() => setRemoved(each)} />
          ))}
        </ul>
      )}
      {adding !== undefined && (
        <Modal opened onClose={close} title={TITLES[adding]} closeButtonProps={{ 'aria-label': 'Close' }}>
          {adding === 'passkey' && <Enrolment onEnrolled={() => (toast('The passkey is enrolled.'), close())} />}
          {adding === 'totp' && <CodeGenerator onDone={() => (toast('The code generator works.'), close())} />}
          {adding === 'recovery-codes' && <RecoveryCodes onDone={close} />}
        </Modal>
      )}
      {removed && <RemoveDialog authenticator={removed} onClose={() => setRemoved(undefined)} />}
    </Section>
  );
}

function Row({ authenticator, onRemove }: { readonly authenticator: Authenticator; readonly onRemove: () => void }) {
  const { kind, name, acr, codesLeft, confirmedAt, createdAt, lastUsedAt } = authenticator;
  const Icon = ICONS[kind];
  return (
    <li className={classes.row}>
      <Icon size={20} stroke={1.5} aria-hidden className={classes.icon} />
      <div className={classes.words}>
        <span className={classes.name}>
          <strong>{kind === 'recovery-codes' ? 'Recovery codes' : name}</strong>
          {confirmedAt === null && <Pill tone="warn">Not confirmed</Pill>}
          {codesLeft !== null && <Pill tone={codesLeft < 3 ? 'warn' : 'still'}>{codesLeft} left</Pill>}
        </span>
        <small>
          {kind !== 'recovery-codes' && <>{levelWords(acr)} · </>}added <Instant at={createdAt} /> ·{' '}
          {lastUsedAt === null ? (
            'not used yet'
          ) : (
            <>
              used <Instant at={lastUsedAt} />
            </>
          )}
        </small>
      </div>
      <Button size="compact-xs" variant="subtle" color="red" aria-label={`Remove ${name}`} onClick={onRemove}>
        Remove
      </Button>
    </li>
  );
}

function RemoveDialog({
  authenticator,
  onClose,
}: {
  readonly authenticator: Authenticator;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => service.DELETE('/v1/authenticators/{id}', { params: { path: { id: authenticator.id } } }),
    onSuccess: async () => {
      toast(`${authenticator.name} is removed.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['authenticators'] });
      await queries.invalidateQueries({ queryKey: ['me'] });
    },
  });
  return (
    <Dialog
      title={`Remove ${authenticator.name}?`}
      lead="It lets nobody in any more, whoever has it."
      verb="Remove"
      isDangerous
      isPending={remove.isPending}
      problem={remove.error}
      onSubmit={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
