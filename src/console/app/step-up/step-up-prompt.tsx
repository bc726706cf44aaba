import { Button, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { ceremonyProblem } from '../passkey/ceremony-problem.js';
import { Named } from '../people/named.js';
import { Payload } from '../payload/payload.js';
import { Instant } from '../time/instant.js';
import { sentence } from '../words/deeds.js';
import { proveCode, provePasskey, type StepUp, stepUpQuery } from './step-up-queries.js';
import classes from './step-up-prompt.module.css';

interface StepUpPromptProps {
  readonly id: string;
  readonly onProved: (stepUp: StepUp) => void;
}

/** What will happen, in words and in full, and the proof that lets it happen. */
export function StepUpPrompt({ id, onProved }: StepUpPromptProps) {
  const stepUp = useQuery(stepUpQuery(id));
  if (stepUp.isError) return <ProblemPanel problem={stepUp.error} onRetry={() => void stepUp.refetch()} />;
  if (!stepUp.data) return <RowsLoading rows={3} />;
  return <Prompt stepUp={stepUp.data} onProved={onProved} />;
}

function Prompt({ stepUp, onProved }: { readonly stepUp: StepUp; readonly onProved: (stepUp: StepUp) => void }) {
  const { id, words, payload, bound, state, methods, expiresAt } = stepUp;
  const [wantsCode, setWantsCode] = useState(false);
  const prove = useMutation({ mutationFn: () => provePasskey(id), onSuccess: onProved });
  if (state !== 'pending') return <p>{ENDED[state]}</p>;
  return (
    <div className={classes.prompt}>
      <p className={classes.words}>
        <Named words={sentence(words)} />
      </p>
      {bound && (
        <div className={classes.payload}>
          <Payload json={payload} />
        </div>
      )}
      <p className={classes.note}>
        {bound
          ? 'Your passkey signs exactly this, for one use.'
          : 'Your passkey says that it is you; for the next minutes you are not asked again.'}{' '}
        The request ends <Instant at={expiresAt} />.
      </p>
      {prove.isError && <ProblemPanel problem={ceremonyProblem(prove.error)} />}
      <Button
        ref={focusInDialog}
        data-autofocus
        leftSection={<IconFingerprint size={18} aria-hidden />}
        loading={prove.isPending}
        onClick={() => prove.mutate()}
      >
        Confirm with a passkey
      </Button>
      {methods.includes('totp') &&
        (wantsCode ? (
          <CodeForm id={id} onProved={onProved} />
        ) : (
          <Button variant="subtle" size="xs" onClick={() => setWantsCode(true)}>
            Use a code from an app instead
          </Button>
        ))}
    </div>
  );
}

/** The dialog was open before its button was there, so that somebody at the keyboard was left beside it. */
function focusInDialog(button: HTMLButtonElement | null): void {
  if (button?.closest('[role="dialog"]')) button.focus();
}

const ENDED = {
  proved: 'It is confirmed. Go back to where you were asked.',
  spent: 'It was confirmed and has been done.',
  expired: 'Nobody confirmed it in time. Start again where you were asked.',
} as const;

function CodeForm({ id, onProved }: { readonly id: string; readonly onProved: (stepUp: StepUp) => void }) {
  const [code, setCode] = useState('');
  const prove = useMutation({ mutationFn: () => proveCode(id, code), onSuccess: onProved });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.prompt}>
      <TextInput
        label="Six digits from your app"
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        maxLength={6}
        pattern="\d{6}"
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {prove.isError && <ProblemPanel problem={prove.error} />}
      <Button type="submit" variant="default" loading={prove.isPending}>
        Confirm with the code
      </Button>
    </form>
  );
}
