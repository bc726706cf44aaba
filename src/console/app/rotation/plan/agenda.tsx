import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useRowKeys } from '../../table/row-keys.js';
import { atTime, exactly, onDay } from '../../time/spoken.js';
import { CAUSES } from '../rotation-words.js';
import type { Begin, Planned } from './plan-queries.js';
import type { FrozenPart } from './span.js';
import classes from './plan.module.css';

type Entry =
  | { readonly kind: 'begin'; readonly at: string; readonly of: Planned; readonly begin: Begin }
  | { readonly kind: 'frozen'; readonly at: string; readonly part: FrozenPart };

interface AgendaProps {
  readonly planned: readonly Planned[];
  readonly frozen: readonly FrozenPart[];
}

/** The same thirty days one after the other: what begins, and when nothing may. */
export function Agenda({ planned, frozen }: AgendaProps) {
  const list = useRef<HTMLUListElement>(null);
  useRowKeys(list);
  const entries: Entry[] = [
    ...planned.flatMap((of) => of.begins.map((begin): Entry => ({ kind: 'begin', at: begin.at, of, begin }))),
    ...frozen.map((part): Entry => ({ kind: 'frozen', at: part.from, part })),
  ].sort((one, other) => one.at.localeCompare(other.at));
  return (
    <ul ref={list} className={classes.list} aria-label="The next thirty days">
      {entries.map((entry) =>
        entry.kind === 'begin' ? (
          <li key={`${entry.of.rotationId} ${entry.at}`} data-row>
            <When at={entry.at} />
            <Link to="/rotation/$id" params={{ id: entry.of.rotationId }}>
              {entry.of.name}
            </Link>
            <span className={classes.why}>
              {CAUSES[entry.begin.cause]}
              {entry.begin.windowTo !== null && `, until ${atTime(entry.begin.windowTo)}`}
              {entry.begin.held !== null && (
                <>
                  ; waits for{' '}
                  <Link to="/rotation/$id" params={{ id: entry.begin.held.by }}>
                    its pair
                  </Link>{' '}
                  until {exactly(entry.begin.held.until)}
                </>
              )}
            </span>
          </li>
        ) : (
          <li key={`${entry.part.calendar} ${entry.at}`} data-frozen>
            <When at={entry.at} />
            <span>Nothing begins until {entry.part.ends === 1 ? '24:00' : atTime(entry.part.to)}</span>
            <span className={classes.why}>{entry.part.calendar}</span>
          </li>
        ),
      )}
    </ul>
  );
}

function When({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} className={classes.when} title={exactly(at)}>
      {onDay(at)}, {atTime(at)}
    </time>
  );
}
