import type { Id } from '../../kernel/index.js';

/**
 * What a decision asks to be done. `stop-identity`: suspended, every credential of Muster's own revoked; `remove-account`: its
 * account on a target closed; `remove-grant`: one grant gone, here and on the target; `hand-over`: somebody else answers for it.
 */
export const EFFECT_KINDS = ['stop-identity', 'remove-account', 'remove-grant', 'hand-over'] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

/** `applied` is not yet seen to be so; `attested` is somebody's word, and counts as an exception, never as verified. */
export const EFFECT_STATES = ['pending', 'applied', 'verified', 'attestation-needed', 'attested', 'failed'] as const;
export type EffectState = (typeof EFFECT_STATES)[number];

export interface ReviewEffect {
  readonly id: Id<'reviewEffect'>;
  readonly campaignId: Id<'campaign'>;
  readonly itemId: Id<'reviewItem'>;
  readonly identityId: Id<'identity'>;
  readonly kind: EffectKind;
  readonly grantId: Id<'grant'> | null;
  readonly toId: Id<'person'> | null;
  /** The target that an adapter looks at; null for Muster itself and for systems without one. */
  readonly targetId: Id<'target'> | null;
  readonly state: EffectState;
  readonly ownerId: Id<'person'> | null;
  readonly attempts: number;
  readonly dueAt: Date | null;
  /** Stable code of why the last attempt failed. */
  readonly failure: string | null;
  /** What was seen, or what somebody attested: `{statement, reference}`. */
  readonly evidence: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
  readonly appliedAt: Date | null;
  readonly endedAt: Date | null;
  readonly endedBy: string | null;
  readonly version: number;
}
