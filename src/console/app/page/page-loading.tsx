import type { ReactNode } from 'react';
import { Skeleton } from '@mantine/core';
import classes from './page.module.css';

/** The shape of a page while it loads. */
export function PageLoading(): ReactNode {
  return (
    <div className={classes.page} aria-busy="true">
      <span role="status" className={classes.over}>
        Loading…
      </span>
      <Skeleton height={28} width="min(18rem, 60%)" />
      <RowsLoading rows={6} />
    </div>
  );
}

/** The shape of a list while it loads. */
export function RowsLoading({ rows = 8 }: { readonly rows?: number }) {
  return (
    <div aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={16} mt={row === 0 ? 0 : 20} width={`${92 - ((row * 17) % 31)}%`} />
      ))}
    </div>
  );
}
