import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useMemo, useState } from 'react';
import { encode } from 'uqr';
import { Copyable } from '../page/copyable.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, type Schema, service } from '../service/service.js';
import classes from './code-generator.module.css';

/** Sets up an app that shows six digits (RFC 6238), and confirms it with the first of them. */
export function CodeGenerator({ onDone }: { readonly onDone: () => void }) {
  const [name, setName] = useState('Authenticator app');
  const make = useMutation({ mutationFn: () => answerOf(service.POST('/v1/authenticators/totp', { body: { name } })) });
  if (make.data) return <Confirmation made={make.data} onDone={onDone} />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <p>A second best: codes can be talked out of people, passkeys cannot. What is grave still asks for a passkey.</p>
      <TextInput
        label="What to call it"
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {make.isError && <ProblemPanel problem={make.error} />}
      <Button type="submit" loading={make.isPending}>
        Show the code to scan
      </Button>
    </form>
  );
}

interface ConfirmationProps {
  readonly made: Schema['NewCodeGenerator'];
  readonly onDone: () => void;
}

function Confirmation({ made, onDone }: ConfirmationProps) {
  const queries = useQueryClient();
  const [code, setCode] = useState('');
  const confirm = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/authenticators/totp/{id}/confirmation', {
          params: { path: { id: made.authenticator.id } },
          body: { code },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['authenticators'] });
      await queries.invalidateQueries({ queryKey: ['me'] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <p>Scan this with your app, or type the secret into it.</p>
      <QrCode text={made.uri} />
      <Copyable what="secret" text={made.secret} boxed />
      <TextInput
        label="The six digits it shows"
        required
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={6}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      {confirm.isError && <ProblemPanel problem={confirm.error} />}
      <Button type="submit" loading={confirm.isPending}>
        Confirm
      </Button>
    </form>
  );
}

function QrCode({ text }: { readonly text: string }) {
  const { data, size } = useMemo(() => encode(text), [text]);
  const path = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      className={classes.qr}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label="QR code; the secret below says the same"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
