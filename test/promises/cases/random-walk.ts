import type { Reply } from '../../harness/visitor.js';
import { type Case, nameOf, send } from './case.js';
import { during, type Fault, raising } from './faults.js';
import { CASES, operationOf } from './index.js';
import type { Scene } from './scene.js';

/** One request of a walk, and how it was answered. */
export interface Step {
  readonly name: string;
  readonly requestId: string;
  readonly status: number;
  /** What the route says it records. */
  readonly named: readonly string[];
  /** Requests that are the very same have the same number. */
  readonly call: number;
}

/** A number generator that repeats itself for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FAULTY = 0.4;
const REPEATED = 0.3;
const HALF: Fault = { name: 'every other record torn', ...raising('P0001', 0.5) };
const WALKABLE = CASES.filter(({ records }) => records.length > 0);

/**
 * Sends random requests: valid ones, the same once more, two at the same time, and with the log failing at every other
 * record. What each needs is made by further requests, which are not among the steps.
 */
export async function walk(scene: Scene, requests: number, random: () => number): Promise<Step[]> {
  const steps: Step[] = [];
  for (let call = 0; steps.length < requests; call += 1) {
    const one = WALKABLE[Math.floor(random() * WALKABLE.length)]!;
    const ready = await one.prepare(scene);
    const times = random() < REPEATED ? 2 : 1;
    const sendAll = () => Promise.all(Array.from({ length: times }, () => send(one, ready)));
    const replies = random() < FAULTY ? await during(HALF, scene.superuser, sendAll) : await sendAll();
    replies.push(await send(one, ready));
    steps.push(...replies.map((reply) => stepOf(one, reply, call)));
  }
  return steps;
}

function stepOf(one: Case, reply: Reply, call: number): Step {
  const named = operationOf(one)['x-muster-record'];
  const requestId = reply.headers['x-request-id'] as string;
  return { name: nameOf(one), requestId, status: reply.status, named: named === 'none' ? [] : named, call };
}

/** What is wrong with a walk, given the records of each request. */
export function faultsIn(steps: readonly Step[], records: ReadonlyMap<string, readonly string[]>): string[] {
  const recordsOf = ({ requestId }: Step) => records.get(requestId) ?? [];
  const recorded = new Set(steps.filter((step) => recordsOf(step).length > 0).map(({ call }) => call));
  const silent = steps.filter(({ call, status }) => status < 400 && !recorded.has(call));
  return [
    ...steps.flatMap((step) => faultIn(step, recordsOf(step)) ?? []),
    ...silent.map(({ name }) => `${name} succeeded without a record`),
  ];
}

/**
 * A refusal appends nothing but what it was, or the consent that was asked for; a failure nothing at all; a success what its
 * route names, each once.
 */
function faultIn({ name, status, named }: Step, records: readonly string[]): string | undefined {
  const told = `${name} answered ${status} and recorded ${JSON.stringify(records)}`;
  if (status >= 500) return records.length === 0 ? undefined : told;
  if (status >= 400)
    return records.every((type) => /\.(denied|refused)$|^approval\.requested$/.test(type)) ? undefined : told;
  const asNamed = new Set(records).size === records.length && records.every((type) => named.includes(type));
  return asNamed ? undefined : told;
}
