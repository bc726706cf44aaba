import { CliError } from '../errors.js';
import type { Output } from '../output.js';

/** One thing the tour does, and what it shows by doing it. */
export interface Step<State> {
  readonly title: string;
  /** The promise this step stands for, in words. */
  readonly proves: string;
  /** Does it, and says what was seen. Throws when the promise does not hold. */
  readonly run: (state: State) => Promise<string>;
}

/** How a step ended; one JSON line each with `--json`. */
export interface StepReport {
  readonly step: number;
  readonly title: string;
  readonly proves: string;
  readonly ok: boolean;
  readonly seen: string;
  readonly ms: number;
}

/**
 * Runs steps in order until one fails, and reports each as it ends.
 *
 * @returns the reports; the last one says whether the journey came to its end
 */
export async function travel<State>(
  steps: readonly Step<State>[],
  state: State,
  output: Output,
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of steps) {
    const report = await take(step, state, reports.length + 1);
    reports.push(report);
    output.result(report, () => output.say(lineOf(report, steps.length)));
    if (!report.ok) break;
  }
  return reports;
}

async function take<State>(step: Step<State>, state: State, number: number): Promise<StepReport> {
  const { title, proves } = step;
  const startedAt = performance.now();
  const ended = (ok: boolean, seen: string): StepReport => ({
    step: number,
    title,
    proves,
    ok,
    seen,
    ms: Math.round((performance.now() - startedAt) * 10) / 10,
  });
  try {
    return ended(true, await step.run(state));
  } catch (error) {
    return ended(false, error instanceof Error ? error.message : String(error));
  }
}

function lineOf({ step, title, proves, ok, seen, ms }: StepReport, total: number): string {
  const number = `${step}/${total}`.padStart(5);
  const indent = ' '.repeat(10);
  return [
    `${number}  ${ok ? '✓' : '✗'}  ${title} · ${ms.toFixed(0)} ms`,
    `${indent}${proves}`,
    `${indent}→ ${seen}`,
  ].join('\n');
}

/** Fails the step when what was promised is not what was seen. */
export function expectThat(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new CliError('step_failed', otherwise);
}

/**
 * Expects a call to be refused, and says with which code.
 *
 * @param codes the refusals that keep the promise
 */
export async function expectRefusal(call: Promise<unknown>, ...codes: string[]): Promise<string> {
  try {
    await call;
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && codes.includes(code)) return code;
    throw error;
  }
  throw new CliError('step_failed', `This should have been refused (${codes.join(' or ')}), and was not.`);
}
