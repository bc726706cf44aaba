import { asProblem } from '../../service/problem.js';

/** So many are sent at the same time. */
const AT_ONCE = 4;

/** What became of doing the same to several: those that were refused keep their reason. */
export interface Outcome<Thing> {
  readonly done: readonly Thing[];
  readonly refused: readonly { readonly thing: Thing; readonly problem: unknown }[];
}

/**
 * Does the same to several, one request each: the first by itself, so that whatever must be confirmed is confirmed once. One that is
 * refused keeps nobody else from it; but whoever did not confirm one is not asked about every other.
 *
 * @returns everything that it was given: what was not tried any more is refused as what kept it back
 */
export async function deedOnEach<Thing>(
  things: readonly Thing[],
  send: (thing: Thing) => Promise<void>,
): Promise<Outcome<Thing>> {
  const [done, refused]: [Thing[], { thing: Thing; problem: unknown }[]] = [[], []];
  const waiting = [...things];
  const take = async () => {
    const thing = waiting.shift()!;
    try {
      await send(thing);
      done.push(thing);
    } catch (problem) {
      refused.push({ thing, problem });
      if (asProblem(problem).code === 'step_up_declined')
        refused.push(...waiting.splice(0).map((other) => ({ thing: other, problem })));
    }
  };
  const worker = async () => {
    while (waiting.length > 0) await take();
  };
  if (waiting.length > 0) await take();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { done, refused };
}
