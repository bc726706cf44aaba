import { z } from 'zod';
import { type Decision, ROLES } from '../../kernel/index.js';

/** How long a decision may take. A caller who waits longer is refused. */
const PATIENCE_MS = 2_000;

const told = { reasons: z.array(z.string()).readonly(), policy: z.string() };
const requirement = z.strictObject({
  acr: z.enum(['loa1c', 'loa2', 'loa3', 'loa4']),
  maxAgeSeconds: z.int().min(1),
  bound: z.boolean(),
  words: z.string(),
});
const approval = z.strictObject({
  approvers: z.array(z.enum([...ROLES, 'custodian-of-resource'])).readonly(),
  expiresSeconds: z.int().min(1),
  words: z.string(),
});

/** Every member is known: one that is not could be an obligation, and to pass it over would permit too much. */
const shape = z.discriminatedUnion('effect', [
  z.strictObject({ effect: z.literal('allow'), ...told }),
  z.strictObject({ effect: z.literal('deny'), ...told }),
  z.strictObject({ effect: z.literal('step-up'), ...told, requirement }),
  z.strictObject({ effect: z.literal('approve'), ...told, approval }),
]);

/** A decision whose every part is known. */
export type UnderstoodDecision = Decision & z.output<typeof shape>;

/** What was decided, or that nothing was, and why not. */
export type Understood = { readonly decision: UnderstoodDecision; readonly cause?: unknown };

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
