import { createHash } from 'node:crypto';
import { canonicalJson, type Id, type Json } from '../../../kernel/index.js';

/** What became of the items of a campaign: each is counted once, so that they add up to its population. */
export interface ItemFigures {
  readonly open: number;
  /** Noted and not submitted. */
  readonly staged: number;
  readonly keep: number;
  readonly reduce: number;
  readonly revoke: number;
  readonly excepted: number;
}

/** What became of what the decisions ask to be done: each is counted once. */
export interface EffectFigures {
  /** Seen to be so on the target. */
  readonly verified: number;
  /** Somebody's word where no adapter can look: never counted as verified. */
  readonly attested: number;
  readonly excepted: number;
  /** Pending, or done and not yet seen to be so. */
  readonly unverified: number;
  readonly unattested: number;
  readonly failed: number;
  /** Asked for by a decision, and planned by nobody. */
  readonly missing: number;
}

export interface ExceptionFigures {
  /** In force, on items that nobody decided. */
  readonly items: number;
  readonly effects: number;
  /** In force, on keeps that a second look disagreed with. */
  readonly samples: number;
  /** Of all those, how many have passed their end. */
  readonly lapsed: number;
}

export interface SampleFigures {
  readonly open: number;
  readonly agreed: number;
  readonly disagreed: number;
  /** Of the disagreed ones, those that neither an exception nor a further effect has settled. */
  readonly unresolved: number;
}

/** How decisions came about. Times are whole seconds by the server's clock. */
export interface Quality {
  readonly decided: number;
  readonly keeps: number;
  /** Whose evidence was opened by whoever decided. */
  readonly opened: number;
  /** The smallest time that half, or nine in ten, of the decisions did not exceed. */
  readonly medianSeconds: number;
  readonly p90Seconds: number;
  readonly bulkKeeps: number;
  /** Kept one by one, within three seconds of the same person's decision before. */
  readonly hastyKeeps: number;
  /** The most decisions that one person noted within ninety seconds. */
  readonly busiest: number;
}

export interface CustodianQuality extends Quality {
  readonly personId: Id<'person'>;
}

/** The numbers of a campaign, all from its rows at one instant. */
export interface Figures {
  readonly population: number;
  readonly items: ItemFigures;
  readonly effects: EffectFigures;
  readonly exceptions: ExceptionFigures;
  readonly samples: SampleFigures;
  readonly quality: Quality;
  /** In order of id. */
  readonly custodians: readonly CustodianQuality[];
}

/**
 * What management acknowledges: SHA-256 over the canonical JSON (RFC 8785) of the campaign's id, the digest of its
 * population and its figures. Whatever changes one of them gives another digest.
 */
export function figuresDigest(campaignId: string, populationDigest: Uint8Array, figures: Figures): Buffer {
  const acknowledged = { campaignId, populationDigest: Buffer.from(populationDigest).toString('hex'), figures };
  return createHash('sha256')
    .update(canonicalJson(acknowledged as unknown as Json))
    .digest();
}
