import type { ReactNode } from 'react';
import { useRouter } from '@tanstack/react-router';
import { Page } from './page.js';
import { ProblemPanel } from './problem-panel.js';
import { asProblem } from '../service/problem.js';

/** Where a page could not be shown. */
export function FaultPage({ error }: { readonly error: unknown }): ReactNode {
  const router = useRouter();
  const missing = asProblem(error).status === 404;
  return (
    <Page title={missing ? 'There is no such thing here' : 'This page could not be shown'}>
      <ProblemPanel problem={error} onRetry={() => void router.invalidate()} />
    </Page>
  );
}
