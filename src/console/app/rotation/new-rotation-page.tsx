import { Button, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { identityQuery } from '../identity/identity-queries.js';
import { Page } from '../page/page.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { IdentitySelect } from '../reviews/targets/identity-select.js';
import { accountsQuery, targetsQuery } from '../reviews/targets/targets-queries.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import { TimingFields, USUAL, useTiming } from './schedule-form.js';
import classes from './rotation.module.css';

const route = getRouteApi('/signed-in/rotation/new');

/** Muster's own certificates, among the targets. */
const OWN = 'own';

/** Has a credential of an identity be made anew from time to time. */
export function NewRotationPage() {
  const search = route.useSearch();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [identityId, setIdentity] = useState<string | null>(search.identityId ?? null);
  const [targetId, setTarget] = useState<string | null>(null);
  const [inUse, setInUse] = useState<string | null>(null);
  const [other, setOther] = useState<string | null>(null);
  const form = useTiming(USUAL);
  const identity = useQuery({ ...identityQuery(identityId ?? ''), enabled: identityId !== null }).data;
  const isOwn = targetId === OWN;
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/rotations', {
          body: {
            ...form.timing,
            name: name.trim(),
            identityId: identityId ?? '',
            targetId: isOwn ? null : (targetId ?? ''),
            accounts: isOwn ? [identity?.spiffeId ?? ''] : [inUse, other].filter((account) => account !== null),
          },
        }),
      ),
    onSuccess: async ({ id, name: called }) => {
      toast(`${called} rotates from now on.`);
      await queries.invalidateQueries({ queryKey: ['rotation'] });
      await navigate({ to: '/rotation/$id', params: { id } });
    },
  });
  const isWhole = name.trim() !== '' && identityId !== null && (isOwn ? identity !== undefined : inUse !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const choose = (change: () => void) => {
    change();
    setInUse(null);
    setOther(null);
  };
  return (
    <Page
      title="Have something rotate"
      lead="A new credential is made beside the old one, everybody moves over, and the old one goes once nobody is left on it."
      over={<Link to="/rotation">Rotation</Link>}
    >
      <form onSubmit={submit} className={`${classes.form} ${classes.narrow}`}>
        <Section title="What">
          <div className={classes.form}>
            <TextInput
              label="Name"
              placeholder="orders-db"
              required
              maxLength={200}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <div className={classes.two}>
              <IdentitySelect label="Identity" value={identityId} onChange={(id) => choose(() => setIdentity(id))} />
              <TargetSelect value={targetId} onChange={(id) => choose(() => setTarget(id))} />
            </div>
            {!isOwn && targetId !== null && identityId !== null && (
              <Accounts
                key={`${targetId} ${identityId}`}
                {...{ targetId, identityId, inUse, other }}
                onInUse={setInUse}
                onOther={setOther}
              />
            )}
            {isOwn && identity && (
              <p className={classes.muted}>
                The certificates of <code>{identity.spiffeId}</code>: their holders renew them by themselves.
              </p>
            )}
          </div>
        </Section>
        <Section title="When, and for whom it waits">
          <div className={classes.form}>
            <TimingFields form={form} />
          </div>
        </Section>
        {add.isError && <ProblemPanel problem={add.error} title="Nothing is set up." />}
        <div className={classes.deeds}>
          <Button type="submit" disabled={!isWhole} loading={add.isPending}>
            Set it up
          </Button>
        </div>
      </form>
    </Page>
  );
}

interface TargetSelectProps {
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}

function TargetSelect({ value, onChange }: TargetSelectProps) {
  const targets = useQuery(targetsQuery).data?.items ?? [];
  return (
    <Select
      label="Target"
      placeholder="Where its accounts are"
      required
      searchable
      data={[
        { value: OWN, label: 'Muster’s own certificates' },
        ...targets.map(({ id, name }) => ({ value: id, label: name })),
      ]}
      value={value}
      onChange={onChange}
    />
  );
}

interface AccountsProps {
  readonly targetId: string;
  readonly identityId: string;
  readonly inUse: string | null;
  readonly other: string | null;
  readonly onInUse: (account: string | null) => void;
  readonly onOther: (account: string | null) => void;
}

/** The accounts that the identity has there, by what people said. */
function Accounts({ targetId, identityId, inUse, other, onInUse, onOther }: AccountsProps) {
  const known = useQuery(accountsQuery(targetId));
  if (known.isError) return <ProblemPanel problem={known.error} onRetry={() => void known.refetch()} />;
  const own = known.data?.items.filter((account) => account.identityId === identityId) ?? [];
  if (known.data && own.length === 0)
    return (
      <p className={classes.bad}>
        It has no account there yet: say whose the accounts are on the page of <Link to="/targets">targets</Link>.
      </p>
    );
  const names = own.map(({ account }) => account);
  return (
    <div className={classes.two}>
      <Select
        label="Account in use"
        description="By which programs sign in today."
        required
        data={names.filter((account) => account !== other)}
        value={inUse}
        onChange={onInUse}
      />
      <Select
        label="Takes turns with"
        description="PostgreSQL, MariaDB and RabbitMQ need a second one of the same rights."
        data={names.filter((account) => account !== inUse)}
        value={other}
        onChange={onOther}
        clearable
      />
    </div>
  );
}
