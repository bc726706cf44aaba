import { Button } from '@mantine/core';
import { useId } from 'react';
import { Party } from '../people/party.js';
import type { Draft } from '../findings/findings-queries.js';
import classes from './suggested.module.css';

interface SuggestedProps {
  readonly draft: Draft;
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** Who may answer for what was found, and why they of all people. */
export function Suggested({ draft: { custodians }, chosen, onChoose }: SuggestedProps) {
  const rows = useId();
  if (custodians.length === 0)
    return <p className={classes.none}>Nothing says who may answer for it: ask whoever runs what lies beside it.</p>;
  return (
    <ul className={classes.people} aria-label="Who may answer for it">
      {custodians.map(({ personId, because }) => (
        <li key={personId}>
          <span id={`${rows}${personId}`}>
            <strong>
              <Party id={personId} />
            </strong>
            <small>{because}</small>
          </span>
          {chosen === personId ? (
            <small>chosen</small>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              aria-describedby={`${rows}${personId}`}
              onClick={() => onChoose(personId)}
            >
              Choose
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
