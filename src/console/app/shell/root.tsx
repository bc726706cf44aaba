import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useSyncExternalStore, type ReactNode } from 'react';
import { stepUpDesk } from '../step-up/step-up-desk.js';
import { Toasts } from '../toast/toasts.js';

const StepUpDialog = lazy(() => import('../step-up/step-up-dialog.js'));

/** What is around every page, signed in or not: messages, and the place where a request asks for a proof. */
export function Root(): ReactNode {
  const challenge = useSyncExternalStore(stepUpDesk.subscribe, stepUpDesk.current);
  return (
    <>
      <Outlet />
      <Toasts />
      {challenge && (
        <Suspense>
          <StepUpDialog key={challenge.id} challenge={challenge} />
        </Suspense>
      )}
    </>
  );
}
