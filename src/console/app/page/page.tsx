import type { ReactNode } from 'react';
import { PageTitle, type Titles } from './page-title.js';
import classes from './page.module.css';

type PageProps = Titles & {
  readonly lead?: ReactNode;
  readonly over?: ReactNode;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  /** As wide as the window, for tables; else as wide as is good to read. */
  readonly wide?: boolean;
  readonly children: ReactNode;
};

/** One page: a heading that takes the focus when it opens, what can be done here, and the content. */
export function Page({ lead, over, beside, actions, wide = false, children, ...titles }: PageProps) {
  return (
    <div className={classes.page} data-wide={wide}>
      <header className={classes.header}>
        <div className={classes.heading}>
          {over && <div className={classes.over}>{over}</div>}
          <div className={classes.line}>
            <PageTitle {...titles} className={classes.title} />
            {beside}
          </div>
          {lead && <p className={classes.lead}>{lead}</p>}
        </div>
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
