import { setTimeout as sleep } from 'node:timers/promises';
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
  /** Whether it was not done at all, `seen` saying why. */
  readonly leftOut: boolean;
  readonly seen: string;
  readonly ms: number;
}

/** Thrown by a step that cannot be done here, though nothing is wrong; says why not. */
export class LeftOut extends Error {}

/**
 * Runs steps in order until one fails, and reports each as it ends.
 *
 * @param interrupted ends the journey after the step that is under way
 * @returns the reports; the last one says whether the journey came to its end
 */
export async function travel<State>(
  steps: readonly Step<State>[],
  state: State,
  output: Output,
  interrupted: AbortSignal,
): Promise<StepReport[]> {
  const reports: StepReport[] = [];
  for (const step of steps) {
    const report = await take(step, state, reports.length + 1);
    reports.push(report);
    output.result(report, () => tell(report, steps.length, output));
    if (!report.ok || interrupted.aborted) break;
  }
  return reports;
}

async function take<State>(step: Step<State>, state: State, number: number): Promise<StepReport> {
  const { title, proves } = step;
  const startedAt = performance.now();
  const ended = (ok: boolean, seen: string, leftOut = false): StepReport => ({
    step: number,
    title,
    proves,
    ok,
    leftOut,
    seen,
    ms: Math.round((performance.now() - startedAt) * 10) / 10,
  });
  try {
    return ended(true, await step.run(state));
  } catch (error) {
    if (error instanceof LeftOut) return ended(true, `left out: ${error.message}`, true);
    return ended(false, error instanceof Error ? error.message : String(error));
  }
}

const INDENT = 10;

function tell({ step, title, proves, ok, leftOut, seen, ms }: StepReport, total: number, output: Output): void {
  const number = `${step}/${total}`.padStart(5);
  output.say(`${number}  ${leftOut ? '–' : ok ? '✓' : '✗'}  ${title} · ${ms.toFixed(0)} ms`);
  output.paragraph(proves, INDENT);
  output.paragraph(`→ ${seen}`, INDENT);
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

const PAUSE_MS = 100;

/**
 * Asks again until there is what the service brings about by itself.
 *
 * @param look undefined while it is not there
 * @param otherwise fails the step with these words
 */
export async function eventually<Value>(
  look: () => Promise<Value | undefined>,
  withinMs: number,
  otherwise: string,
): Promise<Value> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    expectThat(performance.now() < deadline, otherwise);
    await sleep(PAUSE_MS);
  }
}
