import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
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

const signIn = createRoute({
  ...outside('/sign-in'),
  validateSearch: search.signIn,
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
});
const home = createRoute({
  ...inside('/'),
  component: lazyRouteComponent(() => import('./home/home-page.js'), 'HomePage'),
});

const routeTree = root.addChildren([signIn, signedIn.addChildren([home])]);

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
