import { Button, TextInput } from '@mantine/core';
import { IconFingerprint } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { ceremonyProblem } from '../passkey/ceremony-problem.js';
import { deviceName, enrolPasskey } from '../passkey/passkeys.js';
import { meQuery } from '../session/me.js';
import classes from './enrolment.module.css';

/** Makes a passkey and has Muster know it. */
export function Enrolment({ onEnrolled }: { readonly onEnrolled: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(deviceName);
  const enrol = useMutation({
    mutationFn: () => enrolPasskey(name),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['authenticators'] });
      await queries.invalidateQueries(meQuery);
      onEnrolled();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enrol.mutate();
  };
  return (
    <form onSubmit={submit} className={classes.enrolment}>
      <TextInput
        label="What to call it"
        description="So that you know later which one was lost."
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {enrol.isError && <ProblemPanel problem={ceremonyProblem(enrol.error)} title="No passkey was enrolled." />}
      <Button type="submit" leftSection={<IconFingerprint size={18} aria-hidden />} loading={enrol.isPending}>
        Create a passkey
      </Button>
    </form>
  );
}
