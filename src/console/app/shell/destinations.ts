import {
  IconBook2,
  IconCertificate,
  IconChecklist,
  IconClipboardCheck,
  IconDatabase,
  IconEmergencyBed,
  IconHome,
  IconListCheck,
  IconRadar2,
  IconRefresh,
  IconRobot,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Role } from '../session/me.js';

export interface Destination {
  readonly to:
    | '/'
    | '/identities'
    | '/ledger'
    | '/approvals'
    | '/reviews'
    | '/campaigns'
    | '/rotation'
    | '/findings'
    | '/audit'
    | '/people'
    | '/teams'
    | '/targets'
    | '/break-glass';
  readonly name: string;
  readonly icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>;
  /** Pressed after `g`. */
  readonly key: string;
  /** Who has any business there; everybody where it is left out. */
  readonly roles?: readonly Role[];
}

/** What is due, when reviews start and why belongs to campaigns, wherever it lies. */
const OF_CAMPAIGNS = /^\/reviews\/(calendar|schedules|risk-analyses)/;

/** Where is looked belongs to what is found there. */
const OF_FINDINGS = /^\/sources(\/|$)/;

/** The rooms of the console, in the order of the menu. */
export const DESTINATIONS: readonly Destination[] = [
  { to: '/', name: 'Home', icon: IconHome, key: 'h' },
  { to: '/identities', name: 'Identities', icon: IconRobot, key: 'i' },
  { to: '/ledger', name: 'Ledger', icon: IconCertificate, key: 'l' },
  { to: '/approvals', name: 'Approvals', icon: IconChecklist, key: 'a' },
  { to: '/reviews', name: 'Reviews', icon: IconClipboardCheck, key: 'r' },
  { to: '/campaigns', name: 'Campaigns', icon: IconListCheck, key: 'c' },
  { to: '/rotation', name: 'Rotation', icon: IconRefresh, key: 'o' },
  { to: '/findings', name: 'Findings', icon: IconRadar2, key: 'f' },
  { to: '/audit', name: 'Audit', icon: IconBook2, key: 'u', roles: ['administrator', 'analyst', 'auditor'] },
  { to: '/people', name: 'People', icon: IconUsers, key: 'p' },
  { to: '/teams', name: 'Teams', icon: IconUsersGroup, key: 't' },
  { to: '/targets', name: 'Targets', icon: IconDatabase, key: 's', roles: ['administrator', 'platform-engineer'] },
  { to: '/break-glass', name: 'Break glass', icon: IconEmergencyBed, key: 'b' },
];

/** The room that an address is in; undefined for pages of none. */
export function roomAt(pathname: string): Destination['to'] | undefined {
  if (OF_CAMPAIGNS.test(pathname)) return '/campaigns';
  if (OF_FINDINGS.test(pathname)) return '/findings';
  return DESTINATIONS.find(({ to }) => pathname === to || (to !== '/' && pathname.startsWith(`${to}/`)))?.to;
}
