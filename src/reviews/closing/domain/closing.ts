import type { Id, Json } from '../../../kernel/index.js';
import type { Campaign } from '../../domain/campaign.js';
import { ClosingError } from './errors.js';
import type { Figures } from './figures.js';
import type { Fault } from './tie-out.js';

/** A campaign's numbers as they stand. */
export interface Standing {
  readonly figures: Figures;
  readonly faults: readonly Fault[];
  readonly digest: Buffer;
}

/** Whoever acknowledges or closes. */
export interface Closer {
  readonly id: Id<'person'>;
  readonly administrator: boolean;
  /** Decided in the campaign or owns it; or is another account of somebody who does. */
  readonly tied: boolean;
}

/** Whether it was acknowledged, and something has changed since. */
export function isStale({ acknowledgedDigest }: Campaign, { digest }: Pick<Standing, 'digest'>): boolean {
  return acknowledgedDigest !== null && !acknowledgedDigest.equals(digest);
}

/**
 * Acknowledges a campaign that ties out, exactly as whoever does so has seen it (PCI DSS 7.2.5.1).
 *
 * @param seen the digest they saw
 * @throws ClosingError `review_not_open`, `not_management`, `own_review`, `does_not_tie_out`, `figures_changed`
 */
export function acknowledge(campaign: Campaign, standing: Standing, by: Closer, seen: Buffer, at: Date): Campaign {
  requireOpen(campaign);
  if (by.id !== campaign.managementId)
    throw new ClosingError('not_management', 'Whom the review names as management acknowledges it.');
  if (by.tied)
    throw new ClosingError(
      'own_review',
      'Management is apart from whoever owns the review or decided in it: name another.',
    );
  requireTiedOut(standing);
  if (!seen.equals(standing.digest))
    throw new ClosingError('figures_changed', 'The figures have changed since you saw them; look at them again.');
  return next(campaign, { acknowledgedBy: by.id, acknowledgedAt: at, acknowledgedDigest: standing.digest }, at);
}

/**
 * Closes a campaign that ties out and is acknowledged as it stands; its figures are kept as they are now.
 *
 * @throws ClosingError `review_not_open`, `not_the_closer`, `does_not_tie_out`, `not_acknowledged`,
 *   `acknowledgement_stale`
 */
export function close(campaign: Campaign, standing: Standing, by: Closer, at: Date): Campaign {
  requireOpen(campaign);
  if (!mayClose(campaign, by))
    throw new ClosingError('not_the_closer', 'The owner of the review or an administrator closes it.');
  requireTiedOut(standing);
  if (campaign.acknowledgedDigest === null)
    throw new ClosingError('not_acknowledged', 'Management acknowledges the review first, by its digest.');
  if (isStale(campaign, standing))
    throw new ClosingError(
      'acknowledgement_stale',
      'Something has changed since management acknowledged the review: ask them to do so again.',
    );
  const figures = standing.figures as unknown as Json;
  return next(campaign, { state: 'closed', endedBy: by.id, endedAt: at, figures }, at);
}

/** Whether they could acknowledge it now. */
export function canAcknowledge(campaign: Campaign, { faults, digest }: Standing, by: Closer): boolean {
  const done = campaign.acknowledgedDigest?.equals(digest) ?? false;
  return campaign.state === 'open' && by.id === campaign.managementId && !by.tied && faults.length === 0 && !done;
}

/** Whether they could close it now. */
export function canClose(campaign: Campaign, { faults, digest }: Standing, by: Closer): boolean {
  const acknowledged = campaign.acknowledgedDigest?.equals(digest) ?? false;
  return campaign.state === 'open' && mayClose(campaign, by) && faults.length === 0 && acknowledged;
}

function mayClose(campaign: Campaign, by: Closer): boolean {
  return by.administrator || by.id === campaign.ownerId;
}

function requireOpen({ state }: Campaign): void {
  if (state !== 'open') throw new ClosingError('review_not_open', `The review is ${state}: only an open one goes on.`);
}

function requireTiedOut({ faults }: Standing): void {
  if (faults.length === 0) return;
  throw new ClosingError('does_not_tie_out', 'The review does not tie out yet; see errors for what is missing.', {
    details: { errors: faults.map(({ code, words, count }) => ({ code, message: words, count })) },
  });
}

function next(campaign: Campaign, changed: Partial<Campaign>, at: Date): Campaign {
  return { ...campaign, ...changed, version: campaign.version + 1, changedAt: at };
}
