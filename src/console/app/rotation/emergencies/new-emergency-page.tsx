import { Autocomplete, Button, Select, Textarea, TextInput } from '@mantine/core';
import { IconEye, IconUrgent } from '@tabler/icons-react';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Empty } from '../../page/empty.js';
import { Page } from '../../page/page.js';
import { Pill } from '../../page/pill.js';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Section } from '../../page/section.js';
import { PersonSelect } from '../../people/person-select.js';
import { answerOf, service } from '../../service/service.js';
import { IdentitySelect } from '../../reviews/targets/identity-select.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { sentence } from '../../words/deeds.js';
import { type EmergencyPreview, hostsQuery, type Scope } from './emergencies-queries.js';
import { SCOPES, touchWords } from './emergency-words.js';
import { UnrotatableList } from './unrotatable-list.js';
import classes from './emergency.module.css';

const route = getRouteApi('/signed-in/rotation/emergencies/new');

const TYPING_MILLISECONDS = 150;

type Ordered = EmergencyPreview['rotations'][number];

const COLUMNS: readonly Column<Ordered>[] = [
  { id: 'place', header: 'Order', narrow: 'hidden', cell: ({ place }) => place },
  {
    id: 'rotation',
    header: 'Rotation',
    narrow: 'bare',
    cell: ({ rotationId, rotationName }) => (
      <Link to="/rotation/$id" params={{ id: rotationId }}>
        {rotationName}
      </Link>
    ),
  },
  {
    id: 'identity',
    header: 'Identity',
    cell: ({ identityId, identityName }) => (
      <Link to="/identities/$id" params={{ id: identityId }}>
        {identityName}
      </Link>
    ),
  },
  {
    id: 'exposed',
    header: 'Exposed',
    cell: ({ exposed }) => (exposed ? <Pill tone="bad">Others may have it</Pill> : 'Touched'),
  },
  { id: 'criticality', header: 'Criticality', cell: ({ criticality }) => sentence(criticality) },
  { id: 'why', header: 'Because', grows: true, cell: ({ touches }) => touchWords(touches) },
];

/** Rotates everything that something touched: first what would happen, then a passkey over exactly that. */
export function NewEmergencyPage() {
  const { identityId } = route.useSearch();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [kind, setKind] = useState<Scope['kind']>(identityId === undefined ? 'custodian' : 'identities');
  const [value, setValue] = useState<string | null>(identityId ?? null);
  const [reason, setReason] = useState('');
  const scope = scopeOf(kind, value?.trim() ?? '');
  const preview = useMutation({
    mutationFn: (of: Scope) => answerOf(service.POST('/v1/rotation-emergencies/preview', { body: { scope: of } })),
  });
  const start = useMutation({
    mutationFn: (of: Scope) =>
      answerOf(service.POST('/v1/rotation-emergencies', { body: { scope: of, reason: reason.trim() } })),
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['rotation'] });
      await navigate({ to: '/rotation/emergencies/$id', params: { id } });
    },
  });
  const change = (next: () => void) => {
    preview.reset();
    start.reset();
    next();
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    preview.mutate(scope);
  };
  return (
    <Page
      title="Rotate at once"
      lead="Through freezes, what somebody else may have first. Evidence is asked for as always: nobody is stranded."
      over={<Link to="/rotation/emergencies">Emergencies</Link>}
      wide
    >
      <form onSubmit={look} className={classes.form}>
        <Select
          label="What went wrong"
          required
          data={Object.entries(SCOPES).map(([each, label]) => ({ value: each, label }))}
          value={kind}
          onChange={(next) =>
            next !== null &&
            change(() => {
              setKind(next as Scope['kind']);
              setValue(null);
            })
          }
          allowDeselect={false}
        />
        <ScopeField key={kind} kind={kind} value={value} onChange={(next) => change(() => setValue(next))} />
        <div className={classes.deeds}>
          <Button
            type="submit"
            variant="default"
            leftSection={<IconEye size={16} aria-hidden />}
            disabled={value === null || value.trim() === ''}
            loading={preview.isPending}
          >
            See what it touches
          </Button>
        </div>
      </form>
      {preview.isError && <ProblemPanel problem={preview.error} />}
      {preview.data && (
        <>
          <Section title="What rotates, in this order" bare>
            {preview.data.rotations.length === 0 ? (
              <Empty title="Nothing of it rotates.">
                <p>See below what it touches, and what to do about each; if nothing is there, nothing was touched.</p>
              </Empty>
            ) : (
              <DataTable
                label="What rotates"
                columns={COLUMNS}
                rows={preview.data.rotations}
                rowId={(each) => each.rotationId}
              />
            )}
          </Section>
          <UnrotatableList items={preview.data.unrotatable} count={preview.data.unrotatableCount} />
          {preview.data.rotationCount > 0 && (
            <form
              className={classes.form}
              onSubmit={(event) => {
                event.preventDefault();
                start.mutate(scope);
              }}
            >
              <Textarea
                label="Reason"
                description="Stands in the log for good, and is signed with your passkey. No secrets."
                required
                minRows={2}
                maxLength={500}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
              {start.isError && <ProblemPanel problem={start.error} title="Nothing is begun." />}
              <div className={classes.deeds}>
                <Button
                  type="submit"
                  color="red.8"
                  leftSection={<IconUrgent size={16} aria-hidden />}
                  disabled={reason.trim() === ''}
                  loading={start.isPending}
                >
                  Rotate {preview.data.rotationCount === 1 ? 'it' : `all ${preview.data.rotationCount}`} at once
                </Button>
              </div>
            </form>
          )}
        </>
      )}
    </Page>
  );
}

interface ScopeFieldProps {
  readonly kind: Scope['kind'];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

function ScopeField({ kind, value, onChange }: ScopeFieldProps) {
  if (kind === 'custodian')
    return <PersonSelect label="Whose" status="active,departed" required value={value} onChange={onChange} />;
  if (kind === 'identities') return <IdentitySelect label="Which identity" value={value} onChange={onChange} />;
  if (kind === 'host') return <HostInput value={value ?? ''} onChange={onChange} />;
  const { label, description, placeholder } = FIELDS[kind];
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={placeholder}
      required
      maxLength={255}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface HostInputProps {
  readonly value: string;
  readonly onChange: (host: string) => void;
}

/** A machine as callers were seen at it; also one that nobody was seen at. */
function HostInput({ value, onChange }: HostInputProps) {
  const [wanted] = useDebouncedValue(value.trim(), TYPING_MILLISECONDS);
  const seen = useQuery({ ...hostsQuery(wanted), placeholderData: keepPreviousData }).data ?? [];
  return (
    <Autocomplete
      label="Which machine"
      description="Address or name, as targets, callers and consumers show it."
      placeholder="10.20.3.4"
      required
      maxLength={255}
      data={seen}
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
    />
  );
}

const FIELDS = {
  repository: { label: 'Which repository', description: 'As its host calls it.', placeholder: 'firm/payments' },
  leak: {
    label: 'Which key',
    description: 'Muster’s fingerprint of it, as a finding shows it.',
    placeholder: '64 hexadecimal digits',
  },
} as const;

function scopeOf(kind: Scope['kind'], value: string): Scope {
  if (kind === 'custodian') return { kind, personId: value };
  if (kind === 'host') return { kind, host: value };
  if (kind === 'repository') return { kind, repository: value };
  if (kind === 'leak') return { kind, fingerprint: value };
  return { kind, identityIds: [value] };
}
