import { MultiSelect, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { calendarsQuery } from './calendars/calendars-queries.js';
import type { Rotation, RotationSchedule } from './rotation-queries.js';
import { SchedulePreview } from './schedule-preview.js';
import { scheduleWords } from './schedule-words.js';
import classes from './rotation.module.css';

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3_600;
const DEFAULT_WINDOW_MINUTES = 60;

/** When it rotates, what it keeps out of the way of, and for whom it waits. */
export type Timing = Pick<
  Rotation,
  'schedule' | 'pair' | 'calendarIds' | 'observeSeconds' | 'consumerDeadlineSeconds' | 'expectedConsumers'
>;

/** As the service has it where nothing else is said. */
export const USUAL: Timing = {
  ...{ schedule: null, pair: null, calendarIds: [], expectedConsumers: [] },
  ...{ observeSeconds: DAY_SECONDS, consumerDeadlineSeconds: 7 * DAY_SECONDS },
};

/** What is written in the fields, as it is written. */
interface Written {
  readonly cron: string;
  readonly zone: string;
  readonly windowMinutes: number | '';
  readonly jitterMinutes: number | '';
  readonly maximumAgeDays: number | '';
  readonly pair: string;
  readonly calendarIds: string[];
  readonly observeHours: number | '';
  readonly deadlineDays: number | '';
  readonly consumers: string[];
}

/** The fields, and what they mean together. */
export function useTiming(of: Timing) {
  const [written, setWritten] = useState<Written>(() => ({
    cron: of.schedule?.cron ?? '',
    zone: of.schedule?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    windowMinutes: of.schedule?.windowMinutes ?? DEFAULT_WINDOW_MINUTES,
    jitterMinutes: of.schedule?.jitterMinutes ?? 0,
    maximumAgeDays: of.schedule?.maximumAgeDays ?? '',
    pair: of.pair ?? '',
    calendarIds: [...of.calendarIds],
    observeHours: of.observeSeconds / HOUR_SECONDS,
    deadlineDays: of.consumerDeadlineSeconds / DAY_SECONDS,
    consumers: [...of.expectedConsumers],
  }));
  const change = (changed: Partial<Written>) => setWritten((former) => ({ ...former, ...changed }));
  return { written, change, timing: timingOf(written) };
}

function timingOf(written: Written): Timing {
  const { pair, calendarIds, observeHours, deadlineDays, consumers } = written;
  return {
    schedule: scheduleOf(written),
    pair: pair.trim() === '' ? null : pair.trim(),
    calendarIds,
    observeSeconds: Math.round(Number(observeHours) * HOUR_SECONDS),
    consumerDeadlineSeconds: Math.round(Number(deadlineDays) * DAY_SECONDS),
    expectedConsumers: consumers,
  };
}

function scheduleOf({ cron, zone, windowMinutes, jitterMinutes, maximumAgeDays }: Written): RotationSchedule | null {
  if (cron.trim() === '' && maximumAgeDays === '') return null;
  return {
    cron: cron.trim() === '' ? null : cron.trim(),
    zone: zone.trim(),
    windowMinutes: Number(windowMinutes),
    jitterMinutes: Number(jitterMinutes),
    maximumAgeDays: maximumAgeDays === '' ? null : maximumAgeDays,
  };
}

interface TimingFieldsProps {
  readonly form: ReturnType<typeof useTiming>;
  /** Whose jitter is foreseen; without, as of one that is not set up yet. */
  readonly rotationId?: string;
  readonly isFirst?: boolean;
}

/** Fields for when something rotates and for whom it waits, with what they would come to. */
export function TimingFields({ form: { written, change, timing }, rotationId, isFirst }: TimingFieldsProps) {
  const calendars = useQuery(calendarsQuery).data ?? [];
  const number = (value: number | string) => (value === '' ? '' : Number(value));
  return (
    <>
      <div className={classes.pair}>
        <TextInput
          label="When"
          description="Cron: minute, hour, day, month, weekday."
          placeholder="30 2 * * sun"
          data-autofocus={isFirst}
          maxLength={100}
          value={written.cron}
          onChange={(event) => change({ cron: event.currentTarget.value })}
        />
        <TextInput
          label="By the clocks of"
          description="As IANA names them."
          placeholder="America/New_York"
          maxLength={100}
          value={written.zone}
          onChange={(event) => change({ zone: event.currentTarget.value })}
        />
        <MinutesInput
          label="May begin within"
          value={written.windowMinutes}
          min={1}
          onChange={(windowMinutes) => change({ windowMinutes })}
        />
        <MinutesInput
          label="Spread over"
          value={written.jitterMinutes}
          min={0}
          onChange={(jitterMinutes) => change({ jitterMinutes })}
        />
        <NumberInput
          label="Never older than"
          suffix=" days"
          min={1}
          max={3_660}
          allowDecimal={false}
          value={written.maximumAgeDays}
          onChange={(value) => change({ maximumAgeDays: number(value) })}
        />
        <TextInput
          label="Pair"
          description="What bears the same name never rotates beside it."
          maxLength={100}
          value={written.pair}
          onChange={(event) => change({ pair: event.currentTarget.value })}
        />
      </div>
      <p className={classes.muted} role="status" style={{ margin: 0 }}>
        {scheduleWords(timing.schedule)}
      </p>
      <MultiSelect
        label="Never in the sessions of"
        placeholder={written.calendarIds.length === 0 ? 'No calendar' : ''}
        data={calendars.map(({ id, name }) => ({ value: id, label: name }))}
        value={written.calendarIds}
        onChange={(calendarIds) => change({ calendarIds })}
        maxValues={20}
        clearable
      />
      {timing.schedule && (
        <SchedulePreview schedule={timing.schedule} calendarIds={timing.calendarIds} rotationId={rotationId} />
      )}
      <div className={classes.two}>
        <NumberInput
          label="The old one must be quiet for"
          suffix=" hours"
          required
          min={1 / 60}
          max={366 * 24}
          decimalScale={4}
          value={written.observeHours}
          onChange={(value) => change({ observeHours: number(value) })}
        />
        <NumberInput
          label="Stuck when somebody is missing for"
          suffix=" days"
          required
          min={60 / DAY_SECONDS}
          max={366}
          decimalScale={4}
          value={written.deadlineDays}
          onChange={(value) => change({ deadlineDays: number(value) })}
        />
      </div>
      <TagsInput
        label="Waits for"
        description="Consumers by the name they give themselves, seen or not. Enter adds one."
        value={written.consumers}
        onChange={(consumers) => change({ consumers })}
        maxTags={200}
      />
    </>
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
