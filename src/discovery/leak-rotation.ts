import type { Actor, Id } from '../kernel/index.js';

/** What discovery asks of whoever rotates: bound where the rooms meet. */
export abstract class LeakRotation {
  /** Rotates now what somebody else may have. @throws what keeps it from beginning */
  abstract rotate(actor: Actor, rotationId: Id<'rotation'>, reason: string): Promise<void>;
}
