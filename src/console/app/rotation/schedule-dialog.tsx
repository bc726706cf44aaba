import { Button, Modal, MultiSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ProblemPanel } from '../page/problem-panel.js';
import { answerOf, service } from '../service/service.js';
import { toast } from '../toast/toast.js';
import { calendarsQuery } from './calendars/calendars-queries.js';
import type { Rotation, RotationSchedule } from './rotation-queries.js';
import { scheduleWords } from './schedule-words.js';
import classes from './rotation.module.css';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
const DEFAULT_WINDOW_MINUTES = 60;

interface ScheduleDialogProps {
  readonly rotation: Rotation;
  readonly onClose: () => void;
}

/** Changes when it rotates, what it keeps out of the way of, and for whom it waits. */
export function ScheduleDialog({ rotation, onClose }: ScheduleDialogProps) {
  const queries = useQueryClient();
  const calendars = useQuery(calendarsQuery).data ?? [];
  const { schedule } = rotation;
  const [cron, setCron] = useState(schedule?.cron ?? '');
  const [zone, setZone] = useState(schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [windowMinutes, setWindow] = useState<number | ''>(schedule?.windowMinutes ?? DEFAULT_WINDOW_MINUTES);
  const [jitter, setJitter] = useState<number | ''>(schedule?.jitterMinutes ?? 0);
  const [age, setAge] = useState<number | ''>(schedule?.maximumAgeDays ?? '');
  const [pair, setPair] = useState(rotation.pair ?? '');
  const [calendarIds, setCalendars] = useState<string[]>([...rotation.calendarIds]);
  const [hours, setHours] = useState<number | ''>(rotation.observeSeconds / HOUR_SECONDS);
  const [deadline, setDeadline] = useState<number | ''>(rotation.consumerDeadlineSeconds / DAY_SECONDS);
  const [consumers, setConsumers] = useState<string[]>([...rotation.expectedConsumers]);
  const wanted: RotationSchedule | null =
    cron.trim() === '' && age === ''
      ? null
      : {
          cron: cron.trim() === '' ? null : cron.trim(),
          zone: zone.trim(),
          windowMinutes: Number(windowMinutes),
          jitterMinutes: Number(jitter),
          maximumAgeDays: age === '' ? null : age,
        };
  const change = useMutation({
    mutationFn: () =>
      answerOf(
        service.PATCH('/v1/rotations/{id}', {
          params: { path: { id: rotation.id }, header: { 'If-Match': `"v${rotation.version}"` } },
          body: {
            schedule: wanted,
            pair: pair.trim() === '' ? null : pair.trim(),
            calendarIds,
            observeSeconds: Math.round(Number(hours) * HOUR_SECONDS),
            consumerDeadlineSeconds: Math.round(Number(deadline) * DAY_SECONDS),
            expectedConsumers: consumers,
          },
        }),
      ),
    onSuccess: async () => {
      toast(`${rotation.name} is changed.`);
      onClose();
      await queries.invalidateQueries({ queryKey: ['rotation'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Change: ${rotation.name}`}
      size="xl"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit} className={classes.form}>
        <div className={classes.pair}>
          <TextInput
            label="When"
            description="Cron: minute, hour, day, month, weekday."
            placeholder="30 2 * * sun"
            data-autofocus
            maxLength={100}
            value={cron}
            onChange={(event) => setCron(event.currentTarget.value)}
          />
          <TextInput
            label="By the clocks of"
            description="As IANA names them."
            placeholder="America/New_York"
            maxLength={100}
            value={zone}
            onChange={(event) => setZone(event.currentTarget.value)}
          />
          <MinutesInput label="May begin within" value={windowMinutes} min={1} onChange={setWindow} />
          <MinutesInput label="Spread over" value={jitter} min={0} onChange={setJitter} />
          <NumberInput
            label="Never older than"
            suffix=" days"
            min={1}
            max={3_660}
            allowDecimal={false}
            value={age}
            onChange={(value) => setAge(value === '' ? '' : Number(value))}
          />
          <TextInput
            label="Pair"
            description="What bears the same name never rotates beside it."
            maxLength={100}
            value={pair}
            onChange={(event) => setPair(event.currentTarget.value)}
          />
        </div>
        <p className={classes.muted} role="status" style={{ margin: 0 }}>
          {scheduleWords(wanted)}
        </p>
        <MultiSelect
          label="Never in the sessions of"
          placeholder={calendarIds.length === 0 ? 'No calendar' : ''}
          data={calendars.map(({ id, name }) => ({ value: id, label: name }))}
          value={calendarIds}
          onChange={setCalendars}
          maxValues={20}
          clearable
        />
        <div className={classes.pair}>
          <NumberInput
            label="The old one must be quiet for"
            suffix=" hours"
            required
            min={1 / 60}
            max={366 * 24}
            decimalScale={4}
            value={hours}
            onChange={(value) => setHours(value === '' ? '' : Number(value))}
          />
          <NumberInput
            label="Stuck when somebody is missing for"
            suffix=" days"
            required
            min={60 / DAY_SECONDS}
            max={366}
            decimalScale={4}
            value={deadline}
            onChange={(value) => setDeadline(value === '' ? '' : Number(value))}
          />
        </div>
        <TagsInput
          label="Waits for"
          description="Consumers by the name they give themselves, seen or not. Enter adds one."
          value={consumers}
          onChange={setConsumers}
          maxTags={200}
        />
        {change.isError && <ProblemPanel problem={change.error} title="It is not changed." />}
        <div className={classes.deeds} style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Change
          </Button>
        </div>
      </form>
    </Modal>
  );
}

interface MinutesInputProps {
  readonly label: string;
  readonly value: number | '';
  readonly min: number;
  readonly onChange: (value: number | '') => void;
}

function MinutesInput({ label, value, min, onChange }: MinutesInputProps) {
  return (
    <NumberInput
      label={label}
      suffix=" minutes"
      required
      min={min}
      max={10_080}
      allowDecimal={false}
      value={value}
      onChange={(next) => onChange(next === '' ? '' : Number(next))}
    />
  );
}
