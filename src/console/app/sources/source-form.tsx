import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { initialOf, type Values } from '../kind-form/field.js';
import { Fields } from '../kind-form/fields.js';
import { PrivateNetwork } from '../kind-form/private-network.js';
import { ProblemPanel } from '../page/problem-panel.js';
import { Section } from '../page/section.js';
import { type KindName, KINDS } from './kinds.js';
import type { Source } from './sources-queries.js';
import { everyWords } from './source-words.js';
import classes from './sources.module.css';

/** What is said of a source, as it is filled in. */
export interface Filled {
  readonly name: string;
  readonly settings: Values;
  readonly access: Values;
  readonly everySeconds: number | null;
  readonly keepsSecrets: boolean;
  readonly caCertificates: string;
  /** Why Muster may reach it on a private network; null where it is on none. */
  readonly consent: string | null;
}

interface SourceFormProps {
  readonly kind: KindName;
  /** The one that is changed; undefined for a new one. */
  readonly source?: Source | undefined;
  readonly verb: string;
  readonly isPending: boolean;
  readonly problem: unknown;
  readonly onSubmit: (filled: Filled) => void;
  readonly aside?: ReactNode;
}

const SPANS = [900, 3_600, 21_600, 86_400, 604_800] as const;
const BY_HAND = 'hand';

/** Everything that is said of one source: where it is, what opens it, how often it is looked at. */
export function SourceForm({ kind, source, verb, isPending, problem, onSubmit, aside }: SourceFormProps) {
  const { settings, access } = KINDS[kind];
  const [filled, setFilled] = useState<Filled>(() => ({
    name: source?.name ?? '',
    settings: initialOf(settings, source?.settings),
    access: initialOf(access),
    everySeconds: source === undefined ? 86_400 : source.everySeconds,
    keepsSecrets: source?.keepsSecrets ?? false,
    caCertificates: source?.caCertificates ?? '',
    consent: source?.privateNetwork?.reason ?? null,
  }));
  const set = (changed: Partial<Filled>) => setFilled({ ...filled, ...changed });
  const spans = [...new Set([...SPANS, ...(filled.everySeconds === null ? [] : [filled.everySeconds])])];
  const hasNetwork = access.length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(filled);
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <Section title="Where it is">
        <div className={classes.fields}>
          <TextInput
            label="Name"
            description="As people call it."
            placeholder="payments"
            required
            maxLength={200}
            autoComplete="off"
            value={filled.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
          <Fields fields={settings} values={filled.settings} onChange={(next) => set({ settings: next })} />
        </div>
      </Section>
      {access.length > 0 && (
        <Section
          title="What opens it"
          lead={
            source === undefined
              ? 'Sealed at once, and shown to nobody again. Give it no more than it needs to read.'
              : 'Leave it empty to keep what opens it. Where the address changes, it is given again.'
          }
        >
          <div className={classes.fields}>
            <Fields
              fields={source === undefined ? access : access.map((field) => ({ ...field, required: false }))}
              values={filled.access}
              onChange={(next) => set({ access: next })}
            />
          </div>
        </Section>
      )}
      <Section title="How it is looked at">
        <div className={classes.fields}>
          <Select
            label="How often"
            description="Once across all replicas. What has not changed is not read again."
            allowDeselect={false}
            data={[
              ...spans
                .sort((one, other) => one - other)
                .map((each) => ({ value: String(each), label: everyWords(each) })),
              { value: BY_HAND, label: 'By hand only' },
            ]}
            value={filled.everySeconds === null ? BY_HAND : String(filled.everySeconds)}
            onChange={(next) => set({ everySeconds: next === BY_HAND ? null : Number(next) })}
          />
          <Switch
            label="Secrets belong there"
            description="A vault, a cluster’s own store. In a repository none does: leave it off, and each is misplaced."
            checked={filled.keepsSecrets}
            onChange={(event) => set({ keepsSecrets: event.currentTarget.checked })}
          />
          {hasNetwork && (
            <>
              <PrivateNetwork reason={filled.consent} onChange={(consent) => set({ consent })} />
              <Textarea
                label="Its own authorities"
                description="PEM, where its certificate is of none that everybody believes."
                placeholder="-----BEGIN CERTIFICATE-----"
                autosize
                minRows={1}
                maxRows={6}
                value={filled.caCertificates}
                onChange={(event) => set({ caCertificates: event.currentTarget.value })}
              />
            </>
          )}
        </div>
      </Section>
      {problem != null && <ProblemPanel problem={problem} title="It is not saved." />}
      <div className={classes.deeds}>
        <Button type="submit" loading={isPending}>
          {verb}
        </Button>
        {aside}
      </div>
    </form>
  );
}
