import type { Estate } from './estate.js';

/** A page to look at, by the name its pictures have. */
export interface Picture {
  readonly name: string;
  /** Who looks; nobody is signed in where it is left out. */
  readonly as?: 'administrator' | 'custodian' | 'auditor' | 'engineer' | 'analyst';
  readonly path: (estate: Estate) => string;
}

/** Every page of the console. */
export const GALLERY: readonly Picture[] = [
  { name: 'sign-in', path: () => '/sign-in' },
  { name: 'setup', path: () => '/setup' },
  { name: 'invitation', path: () => '/invitation' },
  { name: 'home', as: 'custodian', path: () => '/' },
  { name: 'identities', as: 'engineer', path: () => '/identities' },
  { name: 'identity', as: 'custodian', path: ({ identityId }) => `/identities/${identityId}` },
  { name: 'register', as: 'engineer', path: () => '/register' },
  { name: 'ledger', as: 'custodian', path: () => '/ledger' },
  { name: 'approvals', as: 'custodian', path: () => '/approvals' },
  { name: 'approval', as: 'custodian', path: ({ approvalId }) => `/approvals/${approvalId}` },
  { name: 'reviews', as: 'custodian', path: () => '/reviews' },
  { name: 'reviews-table', as: 'custodian', path: () => '/reviews?view=table' },
  { name: 'sign', as: 'custodian', path: ({ campaignId }) => `/reviews/sign/${campaignId}` },
  { name: 'review', as: 'analyst', path: ({ reviewItemId }) => `/reviews/items/${reviewItemId}` },
  { name: 'campaigns', as: 'analyst', path: () => '/campaigns' },
  { name: 'new-campaign', as: 'analyst', path: () => '/campaigns/new' },
  { name: 'campaign', as: 'analyst', path: ({ campaignId }) => `/campaigns/${campaignId}` },
  { name: 'campaign-items', as: 'analyst', path: ({ campaignId }) => `/campaigns/${campaignId}?tab=items` },
  { name: 'campaign-effects', as: 'analyst', path: ({ campaignId }) => `/campaigns/${campaignId}?tab=effects` },
  { name: 'calendar', as: 'analyst', path: () => '/reviews/calendar' },
  { name: 'calendar-list', as: 'analyst', path: () => '/reviews/calendar?view=list' },
  { name: 'schedules', as: 'analyst', path: () => '/reviews/schedules' },
  { name: 'risk-analyses', as: 'analyst', path: () => '/reviews/risk-analyses' },
  { name: 'targets', as: 'administrator', path: () => '/targets' },
  { name: 'rotations', as: 'engineer', path: () => '/rotation' },
  { name: 'rotation', as: 'engineer', path: ({ rotationId }) => `/rotation/${rotationId}` },
  { name: 'rotation-calendar', as: 'engineer', path: () => '/rotation/plan' },
  { name: 'rotation-list', as: 'engineer', path: () => '/rotation/plan?view=list' },
  { name: 'rotation-stuck', as: 'engineer', path: () => '/rotation/stuck' },
  { name: 'rotation-runs', as: 'engineer', path: () => '/rotation/runs' },
  { name: 'rotation-run', as: 'engineer', path: ({ runId }) => `/rotation/runs/${runId}` },
  { name: 'emergencies', as: 'engineer', path: () => '/rotation/emergencies' },
  { name: 'new-emergency', as: 'engineer', path: () => '/rotation/emergencies/new' },
  { name: 'freezes', as: 'administrator', path: () => '/rotation/freezes' },
  { name: 'audit', as: 'auditor', path: () => '/audit' },
  { name: 'record', as: 'auditor', path: () => '/audit/12' },
  { name: 'people', as: 'administrator', path: () => '/people' },
  { name: 'teams', as: 'engineer', path: () => '/teams' },
  { name: 'me', as: 'custodian', path: () => '/me' },
  { name: 'device', as: 'custodian', path: () => '/device' },
  { name: 'authorize', as: 'custodian', path: () => '/authorize' },
  { name: 'break-glass', as: 'administrator', path: () => '/break-glass' },
  { name: 'missing', as: 'custodian', path: () => '/no-such-page' },
  { name: 'missing-identity', as: 'custodian', path: () => '/identities/mid_00000000000000000000000000000000' },
];
