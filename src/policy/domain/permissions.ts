import type { Role } from '../../kernel/index.js';

/** Everyone who may do something by role, or `workload` for machine identities that authenticated over mTLS. */
export type Grantee = Role | 'workload';

const EVERYONE = ['administrator', 'analyst', 'auditor', 'custodian', 'platform-engineer'] as const;
const RUNNERS = ['administrator', 'platform-engineer'] as const;

/**
 * Every action a route can ask about, and who may do it. What is not here does not exist, and is denied.
 * Rules over the resource itself (own identity, approver is not the requester) stand in the module that owns it.
 */
export const PERMISSIONS = {
  'approval.decide': ['administrator', 'custodian'],
  'approval.read': EVERYONE,
  'approval.withdraw': EVERYONE,
  'attestation.read-refusals': ['administrator', 'analyst', 'auditor'],
  'audit.export': ['administrator', 'auditor'],
  'audit.read': ['administrator', 'analyst', 'auditor'],
  'audit.verify': EVERYONE,
  // Step-up loa2 (fresh 300 s, unbound) when the caller has an authenticator that reaches it (`principal.reach`); without
  // one custodians lets a session of under 15 minutes do it.
  'authenticator.change': EVERYONE,
  'authenticator.read': EVERYONE,
  'authority.read': EVERYONE,
  'break-glass.end': EVERYONE,
  'break-glass.open': ['administrator'],
  'break-glass.read': EVERYONE,
  'break-glass.review': ['administrator', 'auditor'],
  'certificate.read': EVERYONE,
  'certificate.renew': ['workload'],
  'certificate.revoke': ['administrator', 'analyst', 'custodian', 'platform-engineer'],
  'delegation.change': EVERYONE,
  'delegation.read': EVERYONE,
  'device.approve': EVERYONE,
  'device.read': EVERYONE,
  'feed.read': ['workload'],
  'grant.change': ['administrator', 'custodian', 'platform-engineer'],
  'grant.verify': ['administrator', 'custodian'],
  'human.change': ['administrator'],
  'human.read': EVERYONE,
  'identity.activate': RUNNERS,
  'identity.change': RUNNERS,
  'identity.hand-over': ['administrator', 'custodian'],
  'identity.read': EVERYONE,
  'identity.register': RUNNERS,
  'identity.resume': ['administrator', 'custodian'],
  'identity.retire': RUNNERS,
  'identity.suspend': ['administrator', 'analyst', 'custodian', 'platform-engineer'],
  'join-token.create': RUNNERS,
  'key.register': RUNNERS,
  'key.remove': RUNNERS,
  'ledger.read': EVERYONE,
  'me.read': EVERYONE,
  'person.change': ['administrator'],
  'person.depart': ['administrator'],
  'person.invite': ['administrator'],
  'person.read': EVERYONE,
  'person.remove': ['administrator'],
  'person.reset': ['administrator'],
  'provider.change': ['administrator'],
  'provider.read': EVERYONE,
  'receipt.read': EVERYONE,
  'session.end': EVERYONE,
  'session.read': EVERYONE,
  'step-up.prove': EVERYONE,
  'step-up.read': EVERYONE,
  'step-up.request': EVERYONE,
  'team.change': RUNNERS,
  'team.read': EVERYONE,
  'token.issue': ['workload'],
  'trust.change': RUNNERS,
  'trust.read': EVERYONE,
  'usage.report': ['workload'],
  'view.change': EVERYONE,
  'view.read': EVERYONE,
} as const satisfies Readonly<Record<string, readonly Grantee[]>>;

export type Action = keyof typeof PERMISSIONS;
