import { z } from 'zod';
import type { Decision } from '../../kernel/index.js';

/** How long a decision may take. A caller who waits longer is refused. */
const PATIENCE_MS = 2_000;

/** Every member is known: one that is not could be an obligation, and to pass it over would permit too much. */
const shape = z.strictObject({
  effect: z.enum(['allow', 'step-up', 'approve', 'deny']),
  reasons: z.array(z.string()).readonly(),
  policy: z.string(),
});

/** What was decided, or that nothing was, and why not. */
export type Understood = { readonly decision: Decision; readonly cause?: unknown };

/**
 * Asks for a decision and takes it only when it comes in time and says nothing that this place does not understand;
 * anything else is a denial (P13).
 */
export async function understood(decide: () => Promise<Decision>): Promise<Understood> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`No decision came within ${PATIENCE_MS} ms.`)), PATIENCE_MS);
  });
  try {
    return { decision: shape.parse(await Promise.race([decide(), late])) };
  } catch (cause) {
    return { decision: { effect: 'deny', reasons: ['decision:unavailable'], policy: 'none' }, cause };
  } finally {
    clearTimeout(timer);
  }
}
