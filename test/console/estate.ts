import type { Role } from '../../src/kernel/index.js';
import type { Muster } from '../harness/muster.js';
import type { SignedIn } from '../harness/index.js';
import type { RotatingServer } from '../rotation/server.js';
import { type DiscoveryEstate, furnishDiscovery, type PlantedRepository } from './discovery-estate.js';
import { furnishForReview, goHalfway, type Reviewers, startCampaign } from './review-estate.js';
import { furnishRotation } from './rotation-estate.js';

interface Made {
  readonly id: string;
}

/** A small firm's people, teams and machine identities: what a console shows once it has been in use for a while. */
export interface Estate {
  readonly administrator: SignedIn;
  readonly custodian: SignedIn;
  readonly auditor: SignedIn;
  readonly engineer: SignedIn;
  /** Runs the campaign. */
  readonly analyst: SignedIn;
  /** Active, held by the custodian, with grants and keys. */
  readonly identityId: string;
  /** Asked for by the engineer, not yet decided. */
  readonly approvalId: string;
  /** Half decided. */
  readonly campaignId: string;
  /** Revoked in it. */
  readonly reviewItemId: string;
  readonly rotationId: string;
  /** Stuck. */
  readonly runId: string;
  readonly discovery: DiscoveryEstate;
}

const PEOPLE: readonly (readonly [name: string, ...roles: Role[]])[] = [
  ['Ines Calvert', 'custodian'],
  ['Tomasz Wolański', 'custodian'],
  ['Ruth Okonkwo-Bennett', 'auditor'],
  ['Priya Raman', 'platform-engineer'],
  ['Lars Aune', 'analyst'],
  ['Mei-Ling Sørensen', 'administrator'],
];

const TEAMS = ['Equities trading', 'Clearing and settlement', 'Client reporting', 'Platform'];

type Identity = readonly [name: string, kind: string, environment: string, purpose: string, more?: object];

const IDENTITIES: readonly Identity[] = [
  [
    'settlement-export',
    'service-account',
    'production',
    'Sends each night’s settlements to the clearing house',
    { criticality: 'high' },
  ],
  [
    'order-router-eu',
    'workload',
    'production',
    'Routes client orders to European venues',
    { dataClasses: ['order-entry'], criticality: 'critical' },
  ],
  [
    'deploy-order-router',
    'ci-pipeline',
    'production',
    'Builds and deploys the order router',
    { privileged: true, criticality: 'high' },
  ],
  [
    'client-statements',
    'workload',
    'production',
    'Prints monthly statements',
    { dataClasses: ['customer-information', 'pii'] },
  ],
  [
    'market-data-reader',
    'service-account',
    'production',
    'Reads quotes for the pricing engine',
    { criticality: 'medium' },
  ],
  [
    'research-summariser',
    'ai-agent',
    'staging',
    'Summarises analyst reports and files them under the right issuer, asking a person before anything leaves the firm',
  ],
  ['trade-desk-bot', 'bot', 'production', 'Answers position questions in the desk’s chat', { criticality: 'low' }],
  ['fx-hedging-model', 'workload', 'staging', 'Back-tests hedges before they are proposed'],
  [
    'salesforce-sync',
    'third-party-integration',
    'production',
    'Copies account changes to the sales system',
    { dataClasses: ['customer-information'] },
  ],
  [
    'nightly-reconciliation',
    'service-account',
    'production',
    'Compares our books with the custodian bank’s',
    { criticality: 'high' },
  ],
  [
    'risk-limits-writer',
    'service-account',
    'production',
    'Writes intraday limits',
    { privileged: true, criticality: 'critical' },
  ],
  [
    'archive-rotation',
    'workload',
    'production',
    'Moves records older than seven years to the archive',
    { criticality: 'low' },
  ],
];

/** Of these identities, which are active, something rotates. */
const ROTATED = [0, 4, 9, 11];
/** How many identities the campaign is about. */
const REVIEWED = 24;

/**
 * Fills an empty service through its own doors; what rotates there is on a server of its own.
 *
 * @param planted in a folder that the service may look at
 */
export async function furnish(muster: Muster, server: RotatingServer, planted: PlantedRepository): Promise<Estate> {
  const administrator = await muster.signInAs();
  const people = new Map<string, SignedIn>();
  for (const [name, ...roles] of PEOPLE) people.set(name, await invite(muster, administrator, name, roles));
  const [custodian, backup] = [people.get('Ines Calvert')!, people.get('Tomasz Wolański')!];
  const engineer = people.get('Priya Raman')!;
  const members = [...people.values()].map(({ id }) => id);
  const teams: Made[] = [];
  for (const [at, name] of TEAMS.entries())
    teams.push(
      await engineer.visitor.post<Made>('/v1/teams', {
        name,
        managerId: members[5],
        memberIds: members.slice(at, at + 3),
      }),
    );
  const made: Made[] = [];
  for (const [at, [name, kind, environment, purpose, more]] of IDENTITIES.entries()) {
    const [primary, second] = at % 3 === 2 ? [backup, custodian] : [custodian, backup];
    const body = { name, kind, environment, purpose, teamId: teams[at % teams.length]!.id, ...more };
    const custody = { primaryCustodianId: primary.id, backupCustodianId: second.id };
    made.push(await engineer.visitor.post<Made>('/v1/identities', { ...body, ...custody }));
  }
  const [identity, router] = [made[0]!.id, made[1]!.id];
  await hold(engineer, custodian, identity);
  await custodian.visitor.post(`/v1/identities/${made[6]!.id}/suspension`, {
    reason: 'Answered outside the desk; being looked into',
  });
  const { approvalId } = await activate(engineer, router);
  await activate(engineer, made[2]!.id);
  const [analyst, second] = [people.get('Lars Aune')!, people.get('Mei-Ling Sørensen')!];
  const reviewers: Reviewers = {
    ...{ administrator, engineer, custodianId: custodian.id, backupId: backup.id },
    ...{ ownerId: analyst.id, managementId: administrator.id, verifier: second },
  };
  await furnishForReview(muster, reviewers, 'trading', REVIEWED);
  const campaignId = await startCampaign(reviewers, 'trading', 'Trading systems, fourth quarter');
  const reviewItemId = await goHalfway(reviewers, custodian, campaignId);
  const active = ROTATED.map((at) => made[at]!.id);
  const { rotationId, runId } = await furnishRotation(muster, server, { administrator, engineer }, active);
  const held = { ledger: identity, mirror: made[4]!.id, gone: made[9]!.id };
  const discovery = await furnishDiscovery(muster, administrator, analyst.id, held, planted, server);
  return {
    discovery,
    ...{ administrator, custodian, analyst, campaignId, reviewItemId, rotationId, runId },
    engineer,
    auditor: people.get('Ruth Okonkwo-Bennett')!,
    identityId: identity,
    approvalId,
  };
}

async function invite(muster: Muster, by: SignedIn, name: string, roles: readonly Role[]): Promise<SignedIn> {
  const ascii = name.normalize('NFKD').replaceAll(/[^A-Za-z ]/g, '');
  const email = `${ascii.toLowerCase().replaceAll(' ', '.')}@example.com`;
  const invited = await by.visitor.post<{ person: Made; signInToken: string }>('/v1/people', { name, email, roles });
  const { session } = await muster
    .visitor()
    .post<{ session: { token: string } }>('/v1/sign-in', { signInToken: invited.signInToken });
  return {
    id: invited.person.id as SignedIn['id'],
    token: session.token,
    visitor: muster.visitor({ token: session.token }),
  };
}

async function hold(engineer: SignedIn, verifier: SignedIn, identityId: string): Promise<void> {
  const grants = [
    ['sftp.clearing.example', 'settlements:write', 'Delivers the nightly file'],
    ['books.internal.example', 'positions:read', 'Reads what is to be settled'],
    ['vault.internal.example', 'sftp-key:read', 'Fetches the key of the clearing house’s server'],
  ];
  for (const [target, scope, purpose] of grants) {
    const grant = await engineer.visitor.post<Made>(`/v1/identities/${identityId}/grants`, { target, scope, purpose });
    if (target !== 'vault.internal.example') await verifier.visitor.post(`/v1/grants/${grant.id}/verification`);
  }
  await engineer.visitor.post(`/v1/identities/${identityId}/keys`, {
    system: 'sftp.clearing.example',
    innerDigest: 'a3'.repeat(32),
    lastFour: '9f2c',
    expiresAt: '2027-06-30T00:00:00Z',
  });
}

/** Asks for somebody’s consent, which is refused with the request that now waits. */
async function activate(engineer: SignedIn, identityId: string): Promise<{ readonly approvalId: string }> {
  await engineer.visitor.call('POST', `/v1/identities/${identityId}/activation`);
  const { items } = await engineer.visitor.get<{ items: Made[] }>(`/v1/approvals?subject=${identityId}`);
  return { approvalId: items[0]!.id };
}
