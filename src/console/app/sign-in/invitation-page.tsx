import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { service } from '../service/service.js';
import { Doorway } from './doorway.js';
import { Steps, Welcome } from './welcome.js';
import classes from './doorway.module.css';

/** Takes up an invitation: the one-time token, then a passkey. */
export function InvitationPage() {
  const queries = useQueryClient();
  const [next] = useState(nextInAddress);
  const [signInToken, setSignInToken] = useState(tokenInAddress);
  const enter = useMutation({
    mutationFn: () => service.POST('/v1/sign-in', { body: { signInToken: signInToken.trim(), keep: 'cookie' } }),
    onSuccess: () => queries.clear(),
  });
  if (enter.isSuccess) return <Welcome title="Welcome to Muster" {...(next !== undefined && { next })} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <Doorway
      title="Take up your invitation"
      lead="An administrator gave you a one-time token."
      foot={
        <>
          You have a passkey already? <Link to="/sign-in">Sign in</Link>.
        </>
      }
    >
      <Steps current="You" />
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="One-time token"
          required
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={signInToken}
          onChange={(event) => setSignInToken(event.currentTarget.value)}
        />
        {enter.isError && <ProblemPanel problem={enter.error} title="The token lets nobody in." />}
        <Button type="submit" loading={enter.isPending}>
          Go on
        </Button>
      </form>
    </Doorway>
  );
}

/** Where a program that sent its person here wants them to go on to: a page of ours, never another place. */
function nextInAddress(): string | undefined {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  return /^\/[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/.test(next) ? next : undefined;
}

/** A token behind the `#`, which browsers send to nobody; taken out of the address at once, and so out of the history. */
function tokenInAddress(): string {
  const token = location.hash.slice(1);
  if (token !== '') history.replaceState(history.state, '', location.pathname);
  return token;
}
