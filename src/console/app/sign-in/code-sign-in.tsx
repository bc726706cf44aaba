import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { service } from '../service/service.js';
import classes from './doorway.module.css';

/** Ways in by something typed: each proves less than a passkey, so what needs more is asked for later. */
export type CodeWay = 'totp' | 'recovery-code' | 'token';

const LABELS: Readonly<Record<CodeWay, readonly [label: string, description: string]>> = {
  totp: ['Code', 'The six digits that your app shows now.'],
  'recovery-code': ['Recovery code', 'One of those you printed. It works once; enrol a new passkey afterwards.'],
  token: ['One-time token', 'An administrator gave it to you.'],
};

interface CodeSignInProps {
  readonly way: CodeWay;
  readonly onBack: () => void;
  readonly onEntered: () => void;
}

export function CodeSignIn({ way, onBack, onEntered }: CodeSignInProps) {
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [label, description] = LABELS[way];
  const enter = useMutation({ mutationFn: () => signIn(way, email.trim(), code.trim()), onSuccess: onEntered });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      {way !== 'token' && (
        <TextInput
          label="E-mail"
          type="email"
          required
          autoFocus
          autoComplete="username"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      )}
      <TextInput
        label={label}
        description={description}
        required
        autoFocus={way === 'token'}
        autoComplete={way === 'totp' ? 'one-time-code' : 'off'}
        inputMode={way === 'totp' ? 'numeric' : 'text'}
        spellCheck={false}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {enter.isError && <ProblemPanel problem={enter.error} title="You are not signed in." />}
      <Button type="submit" loading={enter.isPending}>
        Sign in
      </Button>
      <Button variant="subtle" onClick={onBack}>
        Back
      </Button>
    </form>
  );
}

async function signIn(way: CodeWay, email: string, code: string): Promise<void> {
  if (way === 'token') await service.POST('/v1/sign-in', { body: { signInToken: code, keep: 'cookie' } });
  else if (way === 'totp') await service.POST('/v1/sign-in/totp', { body: { email, code, keep: 'cookie' } });
  else await service.POST('/v1/sign-in/recovery-code', { body: { email, code, keep: 'cookie' } });
}
