import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { service } from '../service/service.js';
import { Doorway } from './doorway.js';
import { Steps, Welcome } from './welcome.js';
import classes from './doorway.module.css';

/** Makes the first administrator: by the token that only somebody at the machine can read. */
export function SetupPage() {
  const queries = useQueryClient();
  const [setupToken, setSetupToken] = useState('');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const complete = useMutation({
    mutationFn: () =>
      service.POST('/v1/setup', { body: { setupToken: setupToken.trim(), name, email: email.trim(), keep: 'cookie' } }),
    onSuccess: () => queries.clear(),
  });
  if (complete.isSuccess) return <Welcome title={`Welcome, ${name.split(' ')[0]}`} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    complete.mutate();
  };
  return (
    <Doorway
      title="Set Muster up"
      lead="You become the first administrator."
      foot={
        <>
          Somebody has done that? <Link to="/sign-in">Sign in</Link>.
        </>
      }
    >
      <Steps current="You" />
      <form onSubmit={submit} className={classes.form}>
        <TextInput
          label="Setup token"
          description={
            <>
              From the file <code>setup-token</code> in the data directory; npm start prints where that is.
            </>
          }
          required
          autoFocus
          autoComplete="off"
          spellCheck={false}
          value={setupToken}
          onChange={(event) => setSetupToken(event.currentTarget.value)}
        />
        <TextInput
          label="Your name"
          required
          autoComplete="name"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Your e-mail"
          type="email"
          required
          autoComplete="email"
          maxLength={254}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        {complete.isError && <ProblemPanel problem={complete.error} title="Muster is not set up." />}
        <Button type="submit" loading={complete.isPending}>
          Go on
        </Button>
      </form>
    </Doorway>
  );
}
