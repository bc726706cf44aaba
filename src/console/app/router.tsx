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

const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: search.signIn,
    component: lazyRouteComponent(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/setup',
    component: lazyRouteComponent(() => import('./sign-in/setup-page.js'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/invitation',
    component: lazyRouteComponent(() => import('./sign-in/invitation-page.js'), 'InvitationPage'),
  }),
  signedIn.addChildren([
    createRoute({
      getParentRoute: () => signedIn,
      path: '/',
      component: lazyRouteComponent(() => import('./home/home-page.js'), 'HomePage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/identities',
      validateSearch: search.texts(...FILTERS),
      component: lazyRouteComponent(() => import('./identities/identities-page.js'), 'IdentitiesPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/identities/$id',
      loader: ({ params }) => queries.ensureQueryData(identityQuery(params.id)),
      component: lazyRouteComponent(() => import('./identity/identity-page.js'), 'IdentityPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/register',
      component: lazyRouteComponent(() => import('./register/register-page.js'), 'RegisterPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/ledger',
      validateSearch: search.texts('state', 'kind', 'custodianId', 'validAt'),
      component: lazyRouteComponent(() => import('./ledger/ledger-page.js'), 'LedgerPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/approvals',
      validateSearch: search.texts('list'),
      component: lazyRouteComponent(() => import('./approvals/approvals-page.js'), 'ApprovalsPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/approvals/$id',
      loader: ({ params }) => queries.ensureQueryData(approvalQuery(params.id)),
      component: lazyRouteComponent(() => import('./approvals/approval-page.js'), 'ApprovalPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/audit',
      validateSearch: search.texts(...AUDIT_FILTERS),
      component: lazyRouteComponent(() => import('./audit/audit-page.js'), 'AuditPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/audit/$index',
      loader: ({ params }) => queries.ensureQueryData(recordQuery(Number(params.index))),
      component: lazyRouteComponent(() => import('./audit/record-page.js'), 'RecordPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/people',
      component: lazyRouteComponent(() => import('./people/people-page.js'), 'PeoplePage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/teams',
      component: lazyRouteComponent(() => import('./teams/teams-page.js'), 'TeamsPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/me',
      component: lazyRouteComponent(() => import('./me/me-page.js'), 'MePage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/step-up/$id',
      component: lazyRouteComponent(() => import('./step-up/step-up-page.js'), 'StepUpPage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/device',
      validateSearch: search.texts('user_code'),
      component: lazyRouteComponent(() => import('./device/device-page.js'), 'DevicePage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/authorize',
      validateSearch: search.texts('redirect_uri', 'code_challenge', 'state', 'host'),
      component: lazyRouteComponent(() => import('./device/authorize-page.js'), 'AuthorizePage'),
    }),
    createRoute({
      getParentRoute: () => signedIn,
      path: '/break-glass',
      component: lazyRouteComponent(() => import('./break-glass/break-glass-page.js'), 'BreakGlassPage'),
    }),
    createRoute({ getParentRoute: () => signedIn, path: '$', component: MissingPage }),
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
