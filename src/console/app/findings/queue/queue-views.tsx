import { UnstyledButton } from '@mantine/core';
import classes from '../../identities/views.module.css';
import type { FindingFilters } from '../findings-queries.js';

/** The questions people come with. */
const VIEWS: readonly { readonly name: string; readonly filters: FindingFilters }[] = [
  { name: 'Open', filters: {} },
  { name: 'Mine', filters: { assigneeId: 'me' } },
  { name: 'Nobody’s', filters: { assigneeId: 'nobody' } },
  { name: 'Overdue', filters: { overdue: 'true' } },
  { name: 'Being retired', filters: { state: 'retiring' } },
  { name: 'Dismissed', filters: { state: 'dismissed' } },
  { name: 'Settled', filters: { state: 'settled' } },
  { name: 'Closed', filters: { state: 'closed' } },
];

interface QueueViewsProps {
  readonly filters: FindingFilters;
  readonly onChange: (filters: FindingFilters) => void;
}

export function QueueViews({ filters, onChange }: QueueViewsProps) {
  return (
    <div className={classes.views} role="group" aria-label="Views">
      {VIEWS.map(({ name, filters: each }) => {
        const isChosen = isSame(each, filters);
        return (
          <span key={name} className={classes.view} data-chosen={isChosen}>
            <UnstyledButton className={classes.name} aria-pressed={isChosen} onClick={() => onChange(each)}>
              {name}
            </UnstyledButton>
          </span>
        );
      })}
    </div>
  );
}

function isSame(one: FindingFilters, other: FindingFilters): boolean {
  const names = Object.keys({ ...one, ...other }) as (keyof FindingFilters)[];
  return names.every((name) => one[name] === other[name]);
}
