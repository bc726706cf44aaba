import { withClient } from '../../src/platform/database/connection.js';
import type { SignedIn } from '../harness/index.js';
import type { Muster } from '../harness/muster.js';

interface Made {
  readonly id: string;
}

/** Whoever has a part in the reviews of an estate. */
export interface Reviewers {
  readonly administrator: SignedIn;
  /** Asks for every identity, and so decides about none. */
  readonly engineer: SignedIn;
  readonly custodianId: string;
  readonly backupId: string;
  readonly ownerId: string;
  readonly managementId: string;
  /** Verifies the grants. An administrator where a risk analysis is to be approved. */
  readonly verifier: SignedIn;
}

/** An identity under review, as a test speaks of it. */
export interface Reviewed {
  readonly id: string;
  readonly name: string;
  readonly privileged: boolean;
}

type Grant = readonly [target: string, scope: string, purpose: string, lastUsedDaysAgo: number | null];

const PURPOSES = [
  ['settlement', 'Sends each night’s settlements to the clearing house'],
  ['quotes', 'Reads quotes for the pricing engine'],
  ['statements', 'Prints clients’ monthly statements'],
  ['limits', 'Writes intraday limits before the market opens'],
  ['reconcile', 'Compares our books with the custodian bank’s'],
  ['archive', 'Moves records older than seven years to the archive'],
  ['reports', 'Files the firm’s transactions with the regulator'],
  ['hedges', 'Back-tests hedges before they are proposed'],
] as const;

const GRANTS: readonly Grant[] = [
  ['books.internal.example', 'positions:read', 'Reads what is to be settled', 2],
  ['sftp.clearing.example', 'settlements:write', 'Delivers the nightly file', 1],
  ['archive.internal.example', 'records:write', 'Stores what was sent', null],
];
const GRANTED_DAYS_AGO = 200;

/**
 * Registers identities of one custodian in one environment through the service's doors, grants them things, and lets the
 * evidence age as months would.
 *
 * @param count how many; every eighth is privileged
 */
export async function furnishForReview(
  muster: Muster,
  people: Reviewers,
  environment: string,
  count: number,
): Promise<Reviewed[]> {
  const { engineer, administrator } = people;
  const team = await engineer.visitor.post<Made>('/v1/teams', {
    name: `Desk of ${environment}`,
    managerId: people.managementId,
    memberIds: [people.custodianId, people.backupId],
  });
  const reviewed: Reviewed[] = [];
  for (let at = 0; at < count; at++) {
    const [word, purpose] = PURPOSES[at % PURPOSES.length]!;
    const privileged = at % 8 === 3;
    const name = `${word}-${String(at + 1).padStart(2, '0')}`;
    const { id } = await engineer.visitor.post<Made>('/v1/identities', {
      ...{ name, kind: at % 3 === 0 ? 'workload' : 'service-account', environment, purpose, privileged },
      ...{ teamId: team.id, criticality: privileged ? 'high' : 'medium' },
      ...{ primaryCustodianId: people.custodianId, backupCustodianId: people.backupId },
    });
    await engineer.visitor.call('POST', `/v1/identities/${id}/activation`);
    if (privileged) await approve(administrator, engineer, id);
    for (const [target, scope, why] of GRANTS.slice(0, (at % 3) + 1)) await grant(people, id, target, scope, why);
    reviewed.push({ id, name, privileged });
  }
  await age(muster, environment);
  return reviewed;
}

/** Adds a grant, which the verifier looks at. */
export async function grant(
  { engineer, verifier }: Pick<Reviewers, 'engineer' | 'verifier'>,
  identityId: string,
  target: string,
  scope: string,
  purpose: string,
): Promise<void> {
  const body = { target, scope, purpose, verifierId: verifier.id };
  const { id } = await engineer.visitor.post<Made>(`/v1/identities/${identityId}/grants`, body);
  await verifier.visitor.post(`/v1/grants/${id}/verification`);
}

/** Starts a campaign over an environment, and waits until its evidence is frozen. */
export async function startCampaign(
  { administrator, ownerId, managementId }: Reviewers,
  environment: string,
  name: string,
): Promise<string> {
  const dueAt = new Date(Date.now() + 5 * 86_400_000).toISOString();
  const body = { name, scope: { environment }, dueAt, ownerId, managementId, samplePercent: 5 };
  const { id } = await administrator.visitor.post<Made>('/v1/review-campaigns', body);
  for (let turns = 0; turns < 600; turns++) {
    const { state } = await administrator.visitor.get<{ state: string }>(`/v1/review-campaigns/${id}`);
    if (state === 'open') return id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The campaign was never frozen.');
}

async function approve(administrator: SignedIn, engineer: SignedIn, identityId: string): Promise<void> {
  const { items } = await administrator.visitor.get<{ items: Made[] }>(`/v1/approvals?subject=${identityId}`);
  const decision = { verdict: 'approve', reason: 'Looked at with the desk' };
  await administrator.visitor.post(`/v1/approvals/${items[0]!.id}/decision`, decision);
  await engineer.visitor.post(`/v1/identities/${identityId}/activation`);
}

/** Grants as if they were made long ago, and used since or not. */
async function age(muster: Muster, environment: string): Promise<void> {
  await withClient(muster.database.superuserUrl, async (client) => {
    for (const [target, scope, , daysAgo] of GRANTS)
      await client.query(
        `UPDATE muster.grants g SET added_at = now() - make_interval(days => $1),
           last_used_at = now() - make_interval(days => $2::integer)
         FROM muster.identities i WHERE i.id = g.identity_id AND i.environment = $3 AND g.target = $4 AND g.scope = $5`,
        [GRANTED_DAYS_AGO, daysAgo, environment, target, scope],
      );
  });
}

/** Takes a campaign half of its way: some of it decided and signed, some decided, the rest open; and why there is one. */
export async function goHalfway(people: Reviewers, custodian: SignedIn, campaignId: string): Promise<string> {
  const { items } = await custodian.visitor.get<{ items: { id: string; privileged: boolean }[] }>(
    `/v1/review-items?campaignId=${campaignId}&reviewer=me&limit=100`,
  );
  const decide = async ({ id, privileged }: (typeof items)[number], at: number) => {
    const { evidence } = await custodian.visitor.get<{ evidence: { grants: { id: string }[] } }>(
      `/v1/review-items/${id}`,
    );
    const reduced = { decision: 'reduce', grants: evidence.grants.slice(0, 1).map((each) => each.id) };
    const kept = { decision: 'keep', ...(privileged && { reason: 'The desk cannot trade without it' }) };
    const body = at === 1 ? { decision: 'revoke' } : at % 5 === 3 ? reduced : kept;
    await custodian.visitor.call('PUT', `/v1/review-items/${id}/decision`, body);
  };
  const half = Math.floor(items.length / 2);
  for (const [at, item] of items.slice(0, half).entries()) await decide(item, at);
  const campaign = `/v1/review-campaigns/${campaignId}`;
  const { digest, count } = await custodian.visitor.get<{ digest: string; count: number }>(`${campaign}/submission`);
  await custodian.visitor.post(`${campaign}/submissions`, { digest, count });
  for (const [at, item] of items.slice(half, half + 5).entries()) await decide(item, at);
  await found(people);
  return items[1]!.id;
}

/** A risk analysis that is approved, one that is not, and a schedule. */
async function found({ administrator, verifier, ownerId, managementId }: Reviewers): Promise<void> {
  const inMonths = (months: number) => new Date(Date.now() + months * 30 * 86_400_000).toISOString();
  const says = {
    title: 'Privileged access to trading systems',
    assets: 'Order entry in production, the limits that stop an order, and the books behind both.',
    threats: 'Somebody leaves and what they ran goes on; a key lies in a pipeline that nobody owns any more.',
    factors:
      'Forty identities change a quarter. One wrong order of the router costs more than all reviews of a decade.',
    justification: 'A quarter is how often desks reorganise: what was right then is seldom wrong by more than one.',
    ...{ everyDays: 90, expiresAt: inMonths(11) },
  };
  const { id } = await administrator.visitor.post<Made>('/v1/risk-analyses', says);
  await verifier.visitor.post(`/v1/risk-analyses/${id}/approval`);
  await administrator.visitor.post('/v1/risk-analyses', { ...says, title: 'Client data, reports', everyDays: 180 });
  await administrator.visitor.post('/v1/review-schedules', {
    ...{ name: 'Privileged access, quarterly', scope: { privileged: true }, everyDays: 90, dueAfterDays: 14 },
    ...{ ownerId, managementId, riskAnalysisId: id, samplePercent: 10, nextAt: inMonths(1) },
  });
}
