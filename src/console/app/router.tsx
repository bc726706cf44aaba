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
import { FINDING_FILTERS } from './findings/finding-filters.js';
import { FILTERS } from './identities/identities-queries.js';
import { identityQuery } from './identity/identity-queries.js';
import { FaultPage } from './page/fault-page.js';
import { MissingPage } from './page/missing-page.js';
import type { ComponentType } from 'react';
import { asProblem } from './service/problem.js';
import { queries } from './service/queries.js';
import { REVIEW_FILTERS } from './reviews/review-filters.js';
import { sessionEnd } from './service/session-end.js';
import { meQuery } from './session/me.js';
import { PageLoading } from './page/page-loading.js';
import { Root } from './shell/root.js';
import * as search from './search.js';

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Root,
  notFoundComponent: MissingPage,
});

/**
 * A page, fetched when somebody goes there. Its type is no matter here: pages know the router’s type, so that the router
 * must not know theirs.
 */
function page(load: () => Promise<object>, name: string) {
  return lazyRouteComponent(load as () => Promise<Record<string, ComponentType>>, name);
}

/** Everything behind the sign-in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: page(() => import('./shell/frame.js'), 'Frame'),
  beforeLoad: async ({ context, location }): Promise<void> => {
    try {
      await context.queries.ensureQueryData(meQuery);
    } catch (thrown) {
      if (asProblem(thrown).status !== 401) throw thrown;
      // oxlint-disable-next-line typescript/only-throw-error -- how the router is told to go elsewhere
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { back: location.href } });
    }
  },
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: search.signIn,
  component: page(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: page(() => import('./sign-in/setup-page.js'), 'SetupPage'),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: page(() => import('./sign-in/invitation-page.js'), 'InvitationPage'),
});

const home = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: page(() => import('./home/home-page.js'), 'HomePage'),
});

const identities = createRoute({
  getParentRoute: () => signedIn,
  path: '/identities',
  validateSearch: search.texts(...FILTERS),
  component: page(() => import('./identities/identities-page.js'), 'IdentitiesPage'),
});

const identity = createRoute({
  getParentRoute: () => signedIn,
  path: '/identities/$id',
  loader: ({ params }) => queries.ensureQueryData(identityQuery(params.id)),
  component: page(() => import('./identity/identity-page.js'), 'IdentityPage'),
});

const register = createRoute({
  getParentRoute: () => signedIn,
  path: '/register',
  validateSearch: search.texts('finding'),
  component: page(() => import('./register/register-page.js'), 'RegisterPage'),
});

const ledger = createRoute({
  getParentRoute: () => signedIn,
  path: '/ledger',
  validateSearch: search.texts('state', 'kind', 'custodianId', 'validAt'),
  component: page(() => import('./ledger/ledger-page.js'), 'LedgerPage'),
});

const approvals = createRoute({
  getParentRoute: () => signedIn,
  path: '/approvals',
  validateSearch: search.texts('list'),
  component: page(() => import('./approvals/approvals-page.js'), 'ApprovalsPage'),
});

const approval = createRoute({
  getParentRoute: () => signedIn,
  path: '/approvals/$id',
  loader: ({ params }) => queries.ensureQueryData(approvalQuery(params.id)),
  component: page(() => import('./approvals/approval-page.js'), 'ApprovalPage'),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/audit',
  validateSearch: search.texts(...AUDIT_FILTERS),
  component: page(() => import('./audit/audit-page.js'), 'AuditPage'),
});

const record = createRoute({
  getParentRoute: () => signedIn,
  path: '/audit/$index',
  loader: ({ params }) => queries.ensureQueryData(recordQuery(Number(params.index))),
  component: page(() => import('./audit/record-page.js'), 'RecordPage'),
});

const people = createRoute({
  getParentRoute: () => signedIn,
  path: '/people',
  component: page(() => import('./people/people-page.js'), 'PeoplePage'),
});

const teams = createRoute({
  getParentRoute: () => signedIn,
  path: '/teams',
  component: page(() => import('./teams/teams-page.js'), 'TeamsPage'),
});

const me = createRoute({
  getParentRoute: () => signedIn,
  path: '/me',
  component: page(() => import('./me/me-page.js'), 'MePage'),
});

const stepUp = createRoute({
  getParentRoute: () => signedIn,
  path: '/step-up/$id',
  component: page(() => import('./step-up/step-up-page.js'), 'StepUpPage'),
});

const device = createRoute({
  getParentRoute: () => signedIn,
  path: '/device',
  validateSearch: search.texts('user_code'),
  component: page(() => import('./device/device-page.js'), 'DevicePage'),
});

const authorize = createRoute({
  getParentRoute: () => signedIn,
  path: '/authorize',
  validateSearch: search.texts('redirect_uri', 'code_challenge', 'state', 'host'),
  component: page(() => import('./device/authorize-page.js'), 'AuthorizePage'),
});

const breakGlass = createRoute({
  getParentRoute: () => signedIn,
  path: '/break-glass',
  component: page(() => import('./break-glass/break-glass-page.js'), 'BreakGlassPage'),
});

const reviews = createRoute({
  getParentRoute: () => signedIn,
  path: '/reviews',
  validateSearch: search.texts(...REVIEW_FILTERS),
  component: page(() => import('./reviews/reviews-page.js'), 'ReviewsPage'),
});

const sign = createRoute({
  getParentRoute: () => signedIn,
  path: '/reviews/sign/$id',
  component: page(() => import('./reviews/sign/sign-page.js'), 'SignPage'),
});

const campaigns = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns',
  validateSearch: search.texts('list'),
  component: page(() => import('./reviews/campaigns/campaigns-page.js'), 'CampaignsPage'),
});

const newCampaign = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns/new',
  component: page(() => import('./reviews/campaigns/new-campaign-page.js'), 'NewCampaignPage'),
});

const campaign = createRoute({
  getParentRoute: () => signedIn,
  path: '/campaigns/$id',
  validateSearch: search.texts('tab', 'q', 'state', 'decision', 'reviewer'),
  component: page(() => import('./reviews/campaigns/campaign-page.js'), 'CampaignPage'),
});

const reviewItem = createRoute({
  getParentRoute: () => signedIn,
  path: '/reviews/items/$id',
  component: page(() => import('./reviews/evidence/item-page.js'), 'ItemPage'),
});

const calendar = createRoute({
  getParentRoute: () => signedIn,
  path: '/reviews/calendar',
  validateSearch: search.texts('month', 'view'),
  component: page(() => import('./reviews/cadence/calendar-page.js'), 'CalendarPage'),
});

const schedules = createRoute({
  getParentRoute: () => signedIn,
  path: '/reviews/schedules',
  component: page(() => import('./reviews/cadence/schedules-page.js'), 'SchedulesPage'),
});

const riskAnalyses = createRoute({
  getParentRoute: () => signedIn,
  path: '/reviews/risk-analyses',
  component: page(() => import('./reviews/cadence/risk-analyses-page.js'), 'RiskAnalysesPage'),
});

const targets = createRoute({
  getParentRoute: () => signedIn,
  path: '/targets',
  component: page(() => import('./reviews/targets/targets-page.js'), 'TargetsPage'),
});

const rotations = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation',
  validateSearch: search.texts('identityId', 'targetId', 'pair'),
  component: page(() => import('./rotation/rotations-page.js'), 'RotationsPage'),
});

const newRotation = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/new',
  validateSearch: search.texts('identityId'),
  component: page(() => import('./rotation/new-rotation-page.js'), 'NewRotationPage'),
});

const rotation = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/$id',
  component: page(() => import('./rotation/rotation-page.js'), 'RotationPage'),
});

const rotationPlan = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/plan',
  validateSearch: search.texts('view'),
  component: page(() => import('./rotation/plan/plan-page.js'), 'PlanPage'),
});

const stuckRuns = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/stuck',
  component: page(() => import('./rotation/runs/stuck-page.js'), 'StuckPage'),
});

const rotationRuns = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/runs',
  validateSearch: search.texts('state'),
  component: page(() => import('./rotation/runs/runs-page.js'), 'RunsPage'),
});

const rotationRun = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/runs/$id',
  component: page(() => import('./rotation/runs/run-page.js'), 'RunPage'),
});

const emergencies = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/emergencies',
  component: page(() => import('./rotation/emergencies/emergencies-page.js'), 'EmergenciesPage'),
});

const newEmergency = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/emergencies/new',
  validateSearch: search.texts('identityId'),
  component: page(() => import('./rotation/emergencies/new-emergency-page.js'), 'NewEmergencyPage'),
});

const emergency = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/emergencies/$id',
  component: page(() => import('./rotation/emergencies/emergency-page.js'), 'EmergencyPage'),
});

const freezes = createRoute({
  getParentRoute: () => signedIn,
  path: '/rotation/freezes',
  component: page(() => import('./rotation/calendars/calendars-page.js'), 'CalendarsPage'),
});

const findings = createRoute({
  getParentRoute: () => signedIn,
  path: '/findings',
  validateSearch: search.texts(...FINDING_FILTERS),
  component: page(() => import('./findings/queue/queue-page.js'), 'QueuePage'),
});

const finding = createRoute({
  getParentRoute: () => signedIn,
  path: '/findings/$id',
  component: page(() => import('./findings/finding/finding-page.js'), 'FindingPage'),
});

const ghosts = createRoute({
  getParentRoute: () => signedIn,
  path: '/findings/ghosts',
  component: page(() => import('./findings/overviews/ghosts-page.js'), 'GhostsPage'),
});

const posture = createRoute({
  getParentRoute: () => signedIn,
  path: '/findings/posture',
  component: page(() => import('./findings/overviews/posture-page.js'), 'PosturePage'),
});

const trends = createRoute({
  getParentRoute: () => signedIn,
  path: '/findings/trends',
  component: page(() => import('./findings/overviews/trends-page.js'), 'TrendsPage'),
});

const sources = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources',
  component: page(() => import('./sources/sources-page.js'), 'SourcesPage'),
});

const newSource = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources/new',
  validateSearch: search.texts('kind'),
  component: page(() => import('./sources/new-source-page.js'), 'NewSourcePage'),
});

const source = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources/$id',
  component: page(() => import('./sources/source-page.js'), 'SourcePage'),
});

const changeSource = createRoute({
  getParentRoute: () => signedIn,
  path: '/sources/$id/change',
  component: page(() => import('./sources/change-source-page.js'), 'ChangeSourcePage'),
});

const missing = createRoute({ getParentRoute: () => signedIn, path: '$', component: MissingPage });

const routeTree = root.addChildren([
  signIn,
  setup,
  invitation,
  signedIn.addChildren([
    home,
    identities,
    identity,
    register,
    ledger,
    approvals,
    approval,
    audit,
    record,
    people,
    teams,
    me,
    stepUp,
    device,
    authorize,
    breakGlass,
    reviews,
    sign,
    reviewItem,
    campaigns,
    newCampaign,
    campaign,
    calendar,
    schedules,
    riskAnalyses,
    targets,
    rotations,
    newRotation,
    rotation,
    rotationPlan,
    stuckRuns,
    rotationRuns,
    rotationRun,
    emergencies,
    newEmergency,
    emergency,
    freezes,
    findings,
    finding,
    ghosts,
    posture,
    trends,
    sources,
    newSource,
    source,
    changeSource,
    missing,
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
