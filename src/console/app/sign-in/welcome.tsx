import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Enrolment } from '../me/enrolment.js';
import { RecoveryCodes } from '../me/recovery-codes.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { hasRole, meQuery } from '../session/me.js';
import { ButtonLink } from '../page/button-link.js';
import { Doorway } from './doorway.js';
import classes from './doorway.module.css';

const STEPS = ['You', 'Passkey', 'Recovery codes', 'Done'] as const;
type Step = (typeof STEPS)[number];

/** Where one is on the way in. */
export function Steps({ current }: { readonly current: Step }) {
  const at = STEPS.indexOf(current);
  return (
    <ol className={classes.steps}>
      {STEPS.map((step, each) => (
        <li key={step} data-done={each < at} aria-current={step === current ? 'step' : undefined}>
          {step}
        </li>
      ))}
    </ol>
  );
}

/**
 * What everybody does once they are let in for the first time: a passkey, and codes for the day it is lost.
 *
 * @param next the page that they came for, where that is not their home
 */
export function Welcome({ title, next }: { readonly title: string; readonly next?: string }) {
  const me = useQuery(meQuery);
  const [chosen, setStep] = useState<Step>();
  const navigate = useNavigate();
  if (me.isError) return <Problems problem={me.error} />;
  if (!me.data)
    return (
      <Doorway title={title}>
        <RowsLoading rows={3} />
      </Doorway>
    );
  const step = chosen ?? (me.data.authenticators.passkeys > 0 ? 'Recovery codes' : 'Passkey');
  return (
    <Doorway title={step === 'Done' ? 'You are in' : title} lead={LEADS[step]}>
      <Steps current={step} />
      {step === 'Passkey' && <Enrolment onEnrolled={() => setStep('Recovery codes')} />}
      {step === 'Recovery codes' && <RecoveryCodes onDone={() => setStep('Done')} onSkip={() => setStep('Done')} />}
      {step === 'Done' && (
        <div className={classes.ways}>
          {hasRole(me.data, 'administrator') && (
            <ButtonLink to="/people" variant="default">
              Invite a second administrator
            </ButtonLink>
          )}
          {next === undefined ? (
            <Button onClick={() => void navigate({ to: '/' })}>Go to your home page</Button>
          ) : (
            <Button onClick={() => void navigate({ to: next })}>Go on to what you came for</Button>
          )}
        </div>
      )}
    </Doorway>
  );
}

const LEADS: Readonly<Record<Step, string>> = {
  You: '',
  Passkey: 'Your fingerprint, face, PIN or security key is how you sign in from now on. There is no password.',
  'Recovery codes': 'For the day your device is lost.',
  Done: 'Next time, sign in with your passkey.',
};

function Problems({ problem }: { readonly problem: unknown }) {
  return (
    <Doorway title="Something went wrong">
      <ProblemPanel problem={problem} />
    </Doorway>
  );
}
