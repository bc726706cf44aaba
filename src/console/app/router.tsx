import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { approvalQuery } from './approvals/approvals-queries.js';
import { AUDIT_FILTERS, recordQuery } from './audit/audit-queries.js';
import { FILTERS } from './identities/identities-queries.js';
import { identityQuery } from './identity/identity-queries.js';
import { FaultPage } from './page/fault-page.js';
import { MissingPage } from './page/missing-page.js';
import { asProblem } from './service/problem.js';
import { queries } from './service/queries.js';
import { sessionEnd } from './service/session-end.js';
import { meQuery } from './session/me.js';
import { PageLoading } from './page/page-loading.js';
import { Root } from './shell/root.js';
import * as search from './search.js';

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Root,
  notFoundComponent: MissingPage,
});

/** Everything behind the sign-in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: lazyRouteComponent(() => import('./shell/frame.js'), 'Frame'),
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (thrown) {
      if (asProblem(thrown).status !== 401) throw thrown;
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- how the router is told to go elsewhere
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { back: location.href } });
    }
  },
});

const inside = <Path extends string>(path: Path) => ({ getParentRoute: () => signedIn, path }) as const;
const outside = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path }) as const;

const routeTree = root.addChildren([
  createRoute({
    ...outside('/sign-in'),
    validateSearch: search.signIn,
    component: lazyRouteComponent(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
  }),
  createRoute({
    ...outside('/setup'),
    component: lazyRouteComponent(() => import('./sign-in/setup-page.js'), 'SetupPage'),
  }),
  createRoute({
    ...outside('/invitation'),
    component: lazyRouteComponent(() => import('./sign-in/invitation-page.js'), 'InvitationPage'),
  }),
  signedIn.addChildren([
    createRoute({
      ...inside('/'),
      component: lazyRouteComponent(() => import('./home/home-page.js'), 'HomePage'),
    }),
    createRoute({
      ...inside('/identities'),
      validateSearch: search.texts(...FILTERS),
      component: lazyRouteComponent(() => import('./identities/identities-page.js'), 'IdentitiesPage'),
    }),
    createRoute({
      ...inside('/identities_/$id'),
      loader: ({ params }) => queries.ensureQueryData(identityQuery(params.id)),
      component: lazyRouteComponent(() => import('./identity/identity-page.js'), 'IdentityPage'),
    }),
    createRoute({
      ...inside('/register'),
      component: lazyRouteComponent(() => import('./register/register-page.js'), 'RegisterPage'),
    }),
    createRoute({
      ...inside('/ledger'),
      validateSearch: search.texts('state', 'kind', 'custodianId', 'validAt'),
      component: lazyRouteComponent(() => import('./ledger/ledger-page.js'), 'LedgerPage'),
    }),
    createRoute({
      ...inside('/approvals'),
      validateSearch: search.texts('list'),
      component: lazyRouteComponent(() => import('./approvals/approvals-page.js'), 'ApprovalsPage'),
    }),
    createRoute({
      ...inside('/approvals_/$id'),
      loader: ({ params }) => queries.ensureQueryData(approvalQuery(params.id)),
      component: lazyRouteComponent(() => import('./approvals/approval-page.js'), 'ApprovalPage'),
    }),
    createRoute({
      ...inside('/audit'),
      validateSearch: search.texts(...AUDIT_FILTERS),
      component: lazyRouteComponent(() => import('./audit/audit-page.js'), 'AuditPage'),
    }),
    createRoute({
      ...inside('/audit_/$index'),
      loader: ({ params }) => queries.ensureQueryData(recordQuery(Number(params.index))),
      component: lazyRouteComponent(() => import('./audit/record-page.js'), 'RecordPage'),
    }),
    createRoute({
      ...inside('/people'),
      component: lazyRouteComponent(() => import('./people/people-page.js'), 'PeoplePage'),
    }),
    createRoute({
      ...inside('/teams'),
      component: lazyRouteComponent(() => import('./teams/teams-page.js'), 'TeamsPage'),
    }),
    createRoute({
      ...inside('/me'),
      component: lazyRouteComponent(() => import('./me/me-page.js'), 'MePage'),
    }),
    createRoute({
      ...inside('/step-up/$id'),
      component: lazyRouteComponent(() => import('./step-up/step-up-page.js'), 'StepUpPage'),
    }),
    createRoute({
      ...inside('/device'),
      validateSearch: search.texts('user_code'),
      component: lazyRouteComponent(() => import('./device/device-page.js'), 'DevicePage'),
    }),
    createRoute({
      ...inside('/authorize'),
      validateSearch: search.texts('redirect_uri', 'code_challenge', 'state', 'host'),
      component: lazyRouteComponent(() => import('./device/authorize-page.js'), 'AuthorizePage'),
    }),
    createRoute({
      ...inside('/break-glass'),
      component: lazyRouteComponent(() => import('./break-glass/break-glass-page.js'), 'BreakGlassPage'),
    }),
  ]),
]);

export const router = createRouter({
  routeTree,
  context: { queries },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  defaultErrorComponent: FaultPage,
  defaultPendingComponent: PageLoading,
  defaultPendingMs: 200,
});

/** A session that ended while pages were open: to the sign-in, and back to the same page afterwards. */
sessionEnd.onEnd(() => {
  if (queries.getQueryData(meQuery.queryKey) === undefined) return;
  queries.clear();
  const back = router.state.location.href;
  void router.navigate({ to: '/sign-in', search: { back, ended: true } });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
