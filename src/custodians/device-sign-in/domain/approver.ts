import type { Id, Level, Principal, Proofs } from '../../../kernel/index.js';

/** Who lets a device in, and what they had proved at that moment: the device's session begins with exactly that. */
export interface Approver {
  readonly personId: Id<'person'>;
  /** The session in which they did; a device is let in only while it has not been ended. */
  readonly sessionId: Id<'session'>;
  readonly acr: Level;
  readonly amr: readonly string[];
  readonly proofs: Proofs;
}

export function approverOf(person: Extract<Principal, { kind: 'person' }>): Approver {
  const { id, sessionId, acr, amr, proofs } = person;
  return { personId: id, sessionId, acr, amr, proofs };
}
