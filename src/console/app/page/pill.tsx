import type { ReactNode } from 'react';
import classes from './pill.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'still';

/** A short state, told apart by its words first and its colour second. */
export function Pill({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={classes.pill} data-tone={tone}>
      {children}
    </span>
  );
}
