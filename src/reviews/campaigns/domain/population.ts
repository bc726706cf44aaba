import { createHash } from 'node:crypto';
import type { Id } from '../../../kernel/index.js';
import type { StaleEvidence } from '../../domain/campaign.js';

/** Why evidence may say less than it seems to. */
const GAPS: Readonly<Record<string, string>> = {
  'use-unknown': 'No use of it was ever reported: what it does not use cannot be told from what nobody watches.',
  'keys-elsewhere': 'It holds keys that other systems issued, and whose use is not seen here.',
  'grants-unverified': 'It holds grants that nobody has verified.',
  'grants-verified-long-ago': 'It holds grants that were last verified more than a year ago.',
  'no-custodian': 'Nobody answers for it.',
  'no-backup': 'It has no backup custodian.',
};

/** One item, as far as the campaign's own figures go. */
export interface Member {
  readonly position: number;
  readonly id: Id<'reviewItem'>;
  readonly identityId: Id<'identity'>;
  readonly evidenceDigest: Buffer;
  readonly gaps: readonly string[];
}

/** Adds up what was frozen, as it comes in order of position; it keeps a digest and a few numbers, and no item. */
export class Population {
  private count = 0;
  private readonly hash = createHash('sha256');
  private readonly gaps = new Map<string, number>();

  add({ position, id, identityId, evidenceDigest, gaps }: Member): void {
    this.count += 1;
    this.hash.update(`${position} ${id} ${identityId} ${evidenceDigest.toString('hex')}\n`);
    for (const gap of gaps) this.gaps.set(gap, (this.gaps.get(gap) ?? 0) + 1);
  }

  get size(): number {
    return this.count;
  }

  /** SHA-256 over a line `position itemId identityId evidenceDigest` for each item; taken once, at the end. */
  digest(): Buffer {
    return this.hash.digest();
  }

  /** What of the evidence is stale or missing, and in how many items. */
  get dataGate(): StaleEvidence[] {
    return Object.entries(GAPS).flatMap(([code, words]) => {
      const count = this.gaps.get(code);
      return count === undefined ? [] : [{ code, words, count }];
    });
  }
}
