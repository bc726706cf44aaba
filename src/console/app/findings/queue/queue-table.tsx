import { Button, Checkbox, CloseButton } from '@mantine/core';
import { IconMoodOff, IconUser, IconUserPlus } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { ProblemPanel } from '../../page/problem-panel.js';
import { Party } from '../../people/party.js';
import { hasRole, RESPONDERS, useMe } from '../../session/me.js';
import { Keys } from '../../shell/keys.js';
import { usePageKeys } from '../../shell/page-keys.js';
import { type Column, DataTable } from '../../table/data-table.js';
import { onDay } from '../../time/spoken.js';
import { toast } from '../../toast/toast.js';
import { AssignDialog } from '../deeds/assign-dialog.js';
import { DismissDialog } from '../deeds/dismiss-dialog.js';
import { MOST_AT_ONCE, useDeeds } from '../deeds/finding-changes.js';
import { nameOf } from '../finding-names.js';
import { BANDS, Due, STATES, VerdictPill } from '../finding-words.js';
import type { FindingRow } from '../findings-queries.js';
import { type FindingIntent, findingKeyboard } from './keyboard.js';
import { aimedAt, isDecidable, placeName } from './queue.js';
import classes from './queue.module.css';

const NONE: ReadonlySet<string> = new Set();

interface QueueTableProps {
  readonly rows: readonly FindingRow[];
  readonly more: { readonly hasMore: boolean; readonly isLoading: boolean; readonly load: () => void };
}

/** The queue, by mouse and by keyboard: what is chosen, or the row that has the focus, is taken, assigned or dismissed. */
export function QueueTable({ rows, more }: QueueTableProps) {
  const me = useMe();
  const mayWork = hasRole(me, ...RESPONDERS);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<{ readonly deed: 'assign' | 'dismiss'; readonly on: readonly FindingRow[] }>();
  const deeds = useDeeds();
  const choose = (id: string) =>
    setChosen((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));
  const columns = useMemo(() => columnsFor(chosen, choose, mayWork), [chosen, mayWork]);
  const take = (findings: readonly FindingRow[]) =>
    deeds.mutate(
      { findings, deed: { kind: 'assign', personId: me.person.id } },
      {
        onSuccess: ({ done, refused }) => {
          if (done.length > 0) toast(done.length === 1 ? 'It is yours.' : `${done.length} are yours.`);
          const still = new Set(refused.map(({ thing }) => thing.id));
          setChosen((before) => new Set([...before].filter((id) => still.has(id))));
        },
      },
    );
  const follow = (intent: FindingIntent, focused: string | undefined) => {
    if (!mayWork) return;
    if (intent === 'clear') return setChosen(new Set());
    if (intent === 'choose') return aimedAt(rows, NONE, focused).forEach(({ id }) => choose(id));
    const on = aimedAt(rows, chosen, focused).slice(0, MOST_AT_ONCE);
    if (on.length === 0) return;
    if (intent === 'take') take(on);
    else setOpen({ deed: intent, on });
  };
  usePageKeys(findingKeyboard, (intent) => follow(intent, rowWithFocus()));
  const close = () => {
    setOpen(undefined);
    setChosen(new Set());
  };
  const aimed = rows.filter(({ id }) => chosen.has(id));
  const refused = deeds.data?.refused ?? [];
  return (
    <>
      {refused.length > 0 && (
        <ProblemPanel
          problem={refused[0]!.problem}
          title={refused.length === 1 ? `Not yours: ${nameOf(refused[0]!.thing)}` : `${refused.length} are not yours.`}
        />
      )}
      <DataTable label="Findings" columns={columns} rows={rows} rowId={({ id }) => id} more={more} />
      {aimed.length > 0 && (
        <div className={classes.bulk} role="group" aria-label="What is chosen">
          <span>
            <strong>{aimed.length.toLocaleString('en')}</strong> chosen
            {aimed.length > MOST_AT_ONCE && `; the first ${MOST_AT_ONCE} at once`}
          </span>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUser size={14} aria-hidden />}
            rightSection={<Keys keys={['a']} />}
            loading={deeds.isPending}
            onClick={() => follow('take', undefined)}
          >
            Take
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUserPlus size={14} aria-hidden />}
            rightSection={<Keys keys={['s']} />}
            onClick={() => follow('assign', undefined)}
          >
            Assign
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconMoodOff size={14} aria-hidden />}
            rightSection={<Keys keys={['d']} />}
            onClick={() => follow('dismiss', undefined)}
          >
            Dismiss
          </Button>
          <CloseButton size="sm" aria-label="Choose none" onClick={() => setChosen(new Set())} />
        </div>
      )}
      {open?.deed === 'assign' && <AssignDialog findings={open.on} onClose={close} />}
      {open?.deed === 'dismiss' && <DismissDialog findings={open.on} onClose={close} />}
    </>
  );
}

function rowWithFocus(): string | undefined {
  return document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-finding]')?.dataset.finding;
}

function columnsFor(
  chosen: ReadonlySet<string>,
  choose: (id: string) => void,
  mayWork: boolean,
): readonly Column<FindingRow>[] {
  return [...(mayWork ? [chooser(chosen, choose)] : []), ...COLUMNS];
}

function chooser(chosen: ReadonlySet<string>, choose: (id: string) => void): Column<FindingRow> {
  return {
    id: 'chosen',
    header: 'Choose',
    narrow: 'bare',
    cell: (finding) => (
      <Checkbox
        size="xs"
        aria-label={`Choose ${nameOf(finding)}`}
        checked={chosen.has(finding.id)}
        disabled={!isDecidable(finding)}
        onChange={() => choose(finding.id)}
      />
    ),
  };
}

const COLUMNS: readonly Column<FindingRow>[] = [
  {
    id: 'finding',
    header: 'Finding',
    grows: true,
    narrow: 'bare',
    cell: (finding) => (
      <span className={classes.finding} data-finding={finding.id}>
        <Link to="/findings/$id" params={{ id: finding.id }}>
          {nameOf(finding)}
        </Link>
        <small title={finding.because}>{finding.because}</small>
      </span>
    ),
  },
  {
    id: 'verdict',
    header: 'Verdict',
    cell: ({ verdict, band }) => (
      <span className={classes.verdict}>
        <span>
          <VerdictPill verdict={verdict} />
        </span>
        <small className={classes.band} data-tone={BANDS[band].tone}>
          {BANDS[band].name} severity
        </small>
      </span>
    ),
  },
  {
    id: 'place',
    header: 'Where',
    cell: ({ place, placeCount }) =>
      place === null ? (
        <span className={classes.muted}>nowhere now</span>
      ) : (
        <span className={classes.place} title={`${placeName(place)} in ${place.sourceName}`}>
          <span className={classes.path}>
            <bdi>{placeName(place)}</bdi>
          </span>
          <small>
            {place.sourceName}
            {placeCount > 1 && ` and ${(placeCount - 1).toLocaleString('en')} more`}
          </small>
        </span>
      ),
  },
  {
    id: 'due',
    header: 'Due',
    cell: ({ state, dueAt, dismissal, assigneeId }) => (
      <span className={classes.due}>
        {dueAt !== null ? (
          <Due dueAt={dueAt} />
        ) : (
          <span>{dismissal === null ? STATES[state].name : `until ${onDay(dismissal.until)}`}</span>
        )}
        <small>
          {state === 'retiring' && `${STATES.retiring.name}, `}
          {assigneeId === null ? 'nobody has it' : <Party id={assigneeId} />}
        </small>
      </span>
    ),
  },
];
