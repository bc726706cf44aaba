import { FileInput, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Dialog } from '../../dialog/dialog.js';
import { answerOf, service } from '../../service/service.js';
import { toast } from '../../toast/toast.js';
import { CalendarPreview } from './calendar-preview.js';
import type { CalendarSource, WholeCalendar } from './calendars-queries.js';
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

interface CalendarDialogProps {
  /** The one to change; without, one is added. */
  readonly calendar?: WholeCalendar;
  readonly onClose: () => void;
}

/** Adds or changes an exchange, or a calendar of one's own, and says what comes of it before. */
export function CalendarDialog({ calendar, onClose }: CalendarDialogProps) {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<Chosen>(calendar ? chosenOf(calendar) : 'nyse');
  const [name, setName] = useState(calendar?.name ?? '');
  const [content, setContent] = useState(calendar?.content ?? '');
  const [zone, setZone] = useState(() => calendar?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [before, setBefore] = useState(calendar?.beforeMinutes ?? 0);
  const [after, setAfter] = useState(calendar?.afterMinutes ?? 0);
  const wanted = { source: sourceOf(chosen, content, zone.trim()), beforeMinutes: before, afterMinutes: after };
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), ...wanted };
      if (!calendar) return answerOf(service.POST('/v1/calendars', { body }));
      const params = { path: { id: calendar.id }, header: { 'If-Match': `"v${calendar.version}"` } };
      return answerOf(service.PATCH('/v1/calendars/{id}', { params, body }));
    },
    onSuccess: async () => {
      toast(
        calendar
          ? `${name.trim()} is changed. What keeps to it is due by what it says now.`
          : `${name.trim()} is added. Name it in the rotations that keep to it.`,
      );
      onClose();
      await queries.invalidateQueries({ queryKey: ['calendars'] });
    },
  });
  return (
    <Dialog
      title={calendar ? `Change: ${calendar.name}` : 'Add a calendar'}
      lead="Nothing that keeps to it rotates in its sessions."
      verb={calendar ? 'Change it' : 'Add it'}
      isPending={save.isPending}
      problem={save.error}
      onSubmit={() => save.mutate()}
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
      {(!isOwn(chosen) || content.trim() !== '') && <CalendarPreview wanted={wanted} />}
    </Dialog>
  );
}

function chosenOf({ kind, exchange }: WholeCalendar): Chosen {
  return kind === 'exchange' ? (exchange ?? 'nyse') : kind;
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
