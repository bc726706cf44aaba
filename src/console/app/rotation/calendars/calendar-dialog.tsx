import { FileInput, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import type { CalendarSource } from './calendars-queries.js';
import classes from '../rotation.module.css';

const SOURCES = [
  { value: 'nyse', label: 'New York Stock Exchange' },
  { value: 'nasdaq', label: 'Nasdaq' },
  { value: 'trading-days', label: 'Trading days of your own (YAML)' },
  { value: 'icalendar', label: 'Events of your own (iCalendar)' },
] as const;
type Chosen = (typeof SOURCES)[number]['value'];
const isOwn = (chosen: Chosen): chosen is Exclude<CalendarSource, 'exchange'> =>
  chosen === 'trading-days' || chosen === 'icalendar';

/** Adds an exchange, or a calendar of one's own. */
export function CalendarDialog({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Chosen>('nyse');
  const [name, setName] = useState('');
  const [content, setContent] = useState('');
  const [zone, setZone] = useState(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [before, setBefore] = useState(0);
  const [after, setAfter] = useState(0);
  const add = useMutation({
    mutationFn: () =>
      answerOf(
        service.POST('/v1/calendars', {
          body: {
            name: name.trim(),
            source: sourceOf(chosen, content, zone.trim()),
            beforeMinutes: before,
            afterMinutes: after,
          },
        }),
      ),
    onSuccess: async () => {
      toast(`${name.trim()} is added. Name it in the rotations that keep to it.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['calendars'] });
    },
  });
  return (
    <Dialog
      title="Add a calendar"
      lead="Nothing that keeps to it rotates in its sessions."
      verb="Add it"
      isPending={add.isPending}
      problem={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        placeholder="NYSE"
        required
        data-autofocus
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Select
        label="What it is"
        required
        data={SOURCES}
        value={chosen}
        onChange={(next) => next !== null && setChosen(next)}
        allowDeselect={false}
      />
      {isOwn(chosen) && (
        <>
          <FileInput
            label="File"
            placeholder="Choose it, or write it below"
            accept={chosen === 'icalendar' ? '.ics,text/calendar' : '.yaml,.yml'}
            onChange={(file) => void file?.text().then(setContent)}
            clearable
          />
          <Textarea
            label="What it says"
            required
            autosize
            minRows={4}
            maxRows={12}
            maxLength={131_072}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
            value={content}
            onChange={(event) => setContent(event.currentTarget.value)}
          />
        </>
      )}
      {chosen === 'icalendar' && (
        <TextInput
          label="By the clocks of"
          description="Of times that name no zone, and of whole days."
          required
          maxLength={64}
          value={zone}
          onChange={(event) => setZone(event.currentTarget.value)}
        />
      )}
      <div className={classes.pair}>
        <MarginInput label="Begins earlier by" value={before} onChange={setBefore} />
        <MarginInput label="Ends later by" value={after} onChange={setAfter} />
      </div>
    </Dialog>
  );
}

interface MarginInputProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (minutes: number) => void;
}

function MarginInput({ label, value, onChange }: MarginInputProps) {
  return (
    <NumberInput
      label={label}
      suffix=" minutes"
      min={0}
      max={1_440}
      allowDecimal={false}
      value={value}
      onChange={(next) => onChange(Number(next))}
    />
  );
}

function sourceOf(chosen: Chosen, content: string, zone: string) {
  if (chosen === 'trading-days') return { kind: chosen, content };
  if (chosen === 'icalendar') return { kind: chosen, content, zone };
  return { kind: 'exchange' as const, exchange: chosen };
}
