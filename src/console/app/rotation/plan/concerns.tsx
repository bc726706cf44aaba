import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Pill, type Tone } from '../../page/pill.js';
import { Section } from '../../page/section.js';
import { Instant } from '../../time/instant.js';
import { inOwnTime } from '../../time/spoken.js';
import type { Planned } from './plan-queries.js';
import classes from './plan.module.css';

const CONFLICTS: Readonly<
  Record<Planned['conflicts'][number]['code'], { readonly name: string; readonly tone: Tone }>
> = {
  never_free: { name: 'Never free', tone: 'bad' },
  no_more_windows: { name: 'No more windows', tone: 'bad' },
  only_by_age: { name: 'Only by its age', tone: 'warn' },
  held_by_pair: { name: 'Takes turns', tone: 'info' },
  windows_frozen: { name: 'Some windows frozen', tone: 'info' },
  beyond_coverage: { name: 'Not known so far', tone: 'warn' },
};

interface ConcernsProps {
  readonly due: readonly Planned[];
  readonly overdue: readonly Planned[];
  readonly never: readonly Planned[];
}

/** What somebody should look at before anything begins: what is overdue, what can never agree, who would break. */
export function Concerns({ due, overdue, never }: ConcernsProps) {
  const all = onceEach([...overdue, ...never, ...due]);
  return (
    <>
      <Concern title="Overdue" lead="It missed its window, and begins in the next one." of={overdue}>
        {({ overdueSince }) =>
          overdueSince === null ? null : (
            <li>
              Since <Instant at={overdueSince} />
            </li>
          )
        }
      </Concern>
      <Concern
        title="Where schedules do not agree"
        lead="With freezes, with their pair, or with themselves."
        of={all.filter(({ conflicts }) => conflicts.length > 0)}
      >
        {({ conflicts }) =>
          conflicts.map(({ code, words }) => (
            <li key={code}>
              <Pill tone={CONFLICTS[code].tone}>{CONFLICTS[code].name}</Pill> {inOwnTime(words)}
            </li>
          ))
        }
      </Concern>
      <Concern
        title="Who would break, or hold it up"
        lead="If it began now."
        of={all.filter(({ risks }) => risks.length > 0)}
      >
        {({ risks }) => <Risks risks={risks} />}
      </Concern>
    </>
  );
}

export function Risks({ risks }: Pick<Planned, 'risks'>) {
  return risks.map(({ code, words, consumer }) => (
    <li key={`${code}${consumer}`}>
      {consumer !== null && <code>{consumer}</code>} {words}
    </li>
  ));
}

interface ConcernProps {
  readonly title: string;
  readonly lead: string;
  readonly of: readonly Planned[];
  readonly children: (planned: Planned) => ReactNode;
}

function Concern({ title, lead, of, children }: ConcernProps) {
  if (of.length === 0) return null;
  return (
    <Section title={title} lead={lead} bare>
      <ul className={classes.concerns}>
        {of.map((planned) => (
          <li key={planned.rotationId} data-row>
            <Link to="/rotation/$id" params={{ id: planned.rotationId }}>
              {planned.name}
            </Link>
            <ul>{children(planned)}</ul>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function onceEach(planned: readonly Planned[]): readonly Planned[] {
  return [...new Map(planned.map((each) => [each.rotationId, each])).values()];
}
