import { Button, TextInput } from '@mantine/core';
import { IconDeviceLaptop } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Empty } from '../page/empty.js';
import { Facts } from '../page/facts.js';
import { Page } from '../page/page.js';
import { RowsLoading } from '../page/page-loading.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { answerOf, type Schema, service } from '../service/service.js';
import { useMe } from '../session/me.js';
import { Instant } from '../time/instant.js';
import classes from './device-page.module.css';

const route = getRouteApi('/signed-in/device');

/** Lets a program on another screen in, by the code that it shows (RFC 8628 §3.3). */
export function DevicePage() {
  const { user_code: userCode } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Page title="Let a device in" lead="Only if you have just started it yourself: it will act as you.">
      {userCode === undefined ? (
        <CodeForm onCode={(code) => void navigate({ to: '/device', search: { user_code: code } })} />
      ) : (
        <Waiting userCode={userCode} onOther={() => void navigate({ to: '/device', search: {} })} />
      )}
    </Page>
  );
}

function CodeForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const [code, setCode] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onCode(code.trim());
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <TextInput
        label="The code that the device shows"
        placeholder="XXXX-XXXX"
        required
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={32}
        classNames={{ input: classes.code! }}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
      <Button type="submit">Go on</Button>
    </form>
  );
}

function Waiting({ userCode, onOther }: { readonly userCode: string; readonly onOther: () => void }) {
  const waiting = useQuery({
    queryKey: ['device', userCode],
    queryFn: () => answerOf(service.GET('/v1/device-authorizations/{userCode}', { params: { path: { userCode } } })),
    staleTime: 0,
  });
  if (waiting.isError)
    return (
      <>
        <ProblemPanel problem={waiting.error} />
        <div>
          <Button variant="default" onClick={onOther}>
            Type another code
          </Button>
        </div>
      </>
    );
  return waiting.data ? <Verdict device={waiting.data} /> : <RowsLoading rows={3} />;
}

function Verdict({ device }: { readonly device: Schema['WaitingDevice'] }) {
  const me = useMe();
  const decide = useMutation({
    mutationFn: (verdict: 'approve' | 'deny') =>
      answerOf(service.POST('/v1/device-authorizations/decision', { body: { userCode: device.userCode, verdict } })),
  });
  const state = decide.data?.state ?? device.state;
  if (state !== 'pending')
    return (
      <Empty icon={<IconDeviceLaptop size={32} stroke={1.25} />} title={ENDED[state]}>
        <p>You can close this page.</p>
      </Empty>
    );
  return (
    <Section title="This device asks to come in">
      <div className={classes.form}>
        <Facts
          facts={[
            ['It calls itself', device.host],
            ['Code', <code key="code">{device.userCode}</code>],
            ['Where from', device.fromYourAddress ? 'The same address as you' : 'Another address than yours'],
            ['Asked', <Instant key="at" at={device.requestedAt} />],
            ['It would act as', me.person.name],
          ]}
        />
        {!device.fromYourAddress && (
          <p className={classes.warning}>
            It asks from another address. If somebody sent you this code or this link, they may be after your session:
            refuse it.
          </p>
        )}
        {decide.isError && <ProblemPanel problem={decide.error} />}
        <div className={classes.verdicts}>
          <Button loading={decide.isPending && decide.variables === 'approve'} onClick={() => decide.mutate('approve')}>
            Let it in
          </Button>
          <Button
            variant="default"
            loading={decide.isPending && decide.variables === 'deny'}
            onClick={() => decide.mutate('deny')}
          >
            Refuse
          </Button>
        </div>
      </div>
    </Section>
  );
}

const ENDED = {
  approved: 'The device is in.',
  denied: 'The device was refused.',
  spent: 'This code was used already.',
} as const;
