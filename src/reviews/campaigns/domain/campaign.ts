import type { Id } from '../../../kernel/index.js';
import type { Campaign, StaleEvidence } from '../../domain/campaign.js';
import { ReviewsError } from '../../domain/errors.js';

export type NewCampaign = Pick<
  Campaign,
  | 'id'
  | 'name'
  | 'scope'
  | 'scheduleId'
  | 'riskAnalysisId'
  | 'ownerId'
  | 'managementId'
  | 'samplePercent'
  | 'dueAt'
  | 'createdBy'
>;

export interface CampaignChange {
  readonly name?: string | undefined;
  readonly dueAt?: Date | undefined;
  readonly ownerId?: Id<'person'> | undefined;
  readonly managementId?: Id<'person'> | undefined;
}

/** What was frozen. */
export interface Frozen {
  readonly population: number;
  readonly populationDigest: Buffer;
  readonly dataGate: readonly StaleEvidence[];
  readonly frozenAt: Date;
}

/** @throws ReviewsError `due_too_early`, `management_is_owner` */
export function begin(wanted: NewCampaign, at: Date): Campaign {
  if (wanted.dueAt <= at)
    throw new ReviewsError('due_too_early', 'Say by when it is due: an instant that is still to come.');
  requireApart(wanted);
  return {
    ...wanted,
    state: 'staging',
    createdAt: at,
    frozenAt: null,
    population: null,
    populationDigest: null,
    dataGate: null,
    acknowledgedBy: null,
    acknowledgedAt: null,
    acknowledgedDigest: null,
    endedBy: null,
    endedAt: null,
    endReason: null,
    figures: null,
    version: 1,
    changedAt: at,
  };
}

/** Opens a campaign over what was frozen for it. */
export function start(campaign: Campaign, frozen: Frozen, at: Date): Campaign {
  return revise(campaign, { ...frozen, state: 'open' }, at);
}

/**
 * Only its owner changes it, and what is owed never sooner than was said.
 *
 * @param by opaque name
 * @throws ReviewsError `not_the_owner`, `campaign_not_open`, `due_too_early`, `management_is_owner`
 */
export function change(campaign: Campaign, wanted: CampaignChange, by: string, at: Date): Campaign {
  requireOwner(campaign, by);
  requireRunning(campaign);
  if (wanted.dueAt !== undefined && wanted.dueAt < campaign.dueAt)
    throw new ReviewsError('due_too_early', 'Those who decide were given this time: it may only become longer.');
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  const changed = { ...campaign, ...(Object.fromEntries(given) as Partial<Campaign>) };
  requireApart(changed);
  return revise(campaign, changed, at);
}

/** @throws ReviewsError `not_the_owner`, `campaign_not_open` */
export function cancel(campaign: Campaign, by: string, reason: string, at: Date): Campaign {
  requireOwner(campaign, by);
  requireRunning(campaign);
  return revise(campaign, { state: 'cancelled', endedBy: by, endedAt: at, endReason: reason }, at);
}

/** @throws ReviewsError `campaign_not_open` */
export function requireOpen({ state }: Campaign): void {
  if (state === 'staging')
    throw new ReviewsError('campaign_not_open', 'It is still being prepared; try again in a minute.');
  if (state !== 'open')
    throw new ReviewsError('campaign_not_open', `This review is ${state}: nothing in it changes any more.`);
}

/** @throws ReviewsError `not_the_owner` */
export function requireOwner({ ownerId }: Campaign, by: string): void {
  if (ownerId !== by) throw new ReviewsError('not_the_owner', 'Only whoever runs this review does that; ask them.');
}

/** The next version of a campaign, everything else as given. */
export function revise(campaign: Campaign, changed: Partial<Campaign>, at: Date): Campaign {
  return { ...campaign, ...changed, version: campaign.version + 1, changedAt: at };
}

function requireRunning({ state }: Campaign): void {
  if (state === 'closed' || state === 'cancelled')
    throw new ReviewsError('campaign_not_open', `This review is ${state}: nothing in it changes any more.`);
}

/** Whoever acknowledges a review does not run it (PCI DSS 7.2.5.1). */
function requireApart({ ownerId, managementId }: Pick<Campaign, 'ownerId' | 'managementId'>): void {
  if (ownerId === managementId)
    throw new ReviewsError(
      'management_is_owner',
      'Name somebody else for management: who runs a review does not acknowledge it.',
    );
}
