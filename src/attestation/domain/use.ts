import type { Id } from '../../kernel/index.js';
import { Refusal } from './refusal.js';

/** One token as it was used: with which key, for which identity, and what came of it. */
export interface Use {
  readonly spkiSha256: Buffer;
  readonly identityId: Id<'identity'>;
  /** Null until a certificate was issued for it. */
  readonly certificateId: Id<'certificate'> | null;
}

/** `first`: nothing was issued for this token yet. `again`: the same key asks again, and gets what it got. */
export type Spending =
  | { readonly outcome: 'first' }
  | { readonly outcome: 'again'; readonly certificateId: Id<'certificate'> };

/**
 * Decides what a token is good for that was used before (decision 10): a retry by the holder of the same key works, a
 * thief with another key gets nothing.
 *
 * @param use the first use, as locked for update
 * @throws Refusal `token_replayed`
 */
export function spendAgain(use: Use, spkiSha256: Buffer, identityId: Id<'identity'>): Spending {
  if (!use.spkiSha256.equals(spkiSha256) || use.identityId !== identityId)
    throw new Refusal('token_replayed', { identityId: use.identityId });
  return use.certificateId === null ? { outcome: 'first' } : { outcome: 'again', certificateId: use.certificateId };
}
