import type { ReactNode } from 'react';
import { PageTitle } from '../page/page-title.js';
import { Wordmark } from '../shell/wordmark.js';
import classes from './doorway.module.css';

interface DoorwayProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
}

/** A page before anybody is signed in: one thing to do. */
export function Doorway({ title, lead, children, foot }: DoorwayProps) {
  return (
    <main className={classes.doorway}>
      <div className={classes.card}>
        <Wordmark />
        <div className={classes.words}>
          <PageTitle title={title} className={classes.title} />
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {children}
      </div>
      {foot && <div className={classes.foot}>{foot}</div>}
    </main>
  );
}
