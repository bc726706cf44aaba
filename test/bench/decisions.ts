import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { installationIdOf, migrate } from '../../src/platform/database/index.js';
import { type Principal, ROLES } from '../../src/kernel/index.js';
import { type Question, SystemClock, understood, UnitOfWork } from '../../src/platform/index.js';
import { DecisionLog } from '../../src/policy/decision-log.js';
import { DecisionsRepository } from '../../src/policy/decisions.repository.js';
import { evaluate } from '../../src/policy/domain/evaluate.js';
import { compilePolicy, type Policy } from '../../src/policy/domain/policy.js';
import { inputOf } from '../../src/policy/input-of.js';
import { defaultPolicy } from '../../src/policy/policies.js';
import { PolicyDecisions } from '../../src/policy/policy-decisions.js';
import { PolicyInForce } from '../../src/policy/policy-in-force.js';
import { openDataSource } from '../harness/data-source.js';
import { newHome } from '../harness/service-process.js';
import { percentile } from './closed-loop.js';
import { type Figures, figure } from './figures.js';
import type { Options } from './options.js';

/** What a busy replica is asked: so many requests a second, in bursts that arrive together. */
const REQUESTS_PER_SECOND = 2000;
const BURST_MILLISECONDS = 10;
const ROUND = 1000;
const RULES = 20;

/** Deciding, in this process and on one core: alone, with rules, and as a part of requests that are written down. */
export async function benchDecisions(options: Options, figures: Figures): Promise<void> {
  Logger.overrideLogger(['error', 'warn']);
  const policy = defaultPolicy();
  figures.print('engine', [perSecond(policy, options.warmUpSeconds, options.seconds)]);
  figures.print(`engine, ${RULES} conditions an action`, [
    perSecond(ruled(policy), options.warmUpSeconds, options.seconds),
  ]);
  await benchRequests(policy, options, figures);
}

const AT = new Date();
const ID = '0192f0c1a2b37c4d8e5f60718293a4b5';

/** Every action, asked by people of each role with and without a fresh proof, and by a workload. */
function questions(policy: Policy): Question[] {
  const people = ROLES.flatMap((role): Principal[] => {
    const person = { kind: 'person', id: `per_${ID}`, sessionId: `ses_${ID}`, roles: [role], amr: [] } as const;
    const proofs = { loa3: new Date(AT.getTime() - 60_000) };
    return [
      { ...person, acr: 'loa1', authenticatedAt: AT, proofs: {} },
      { ...person, acr: 'loa3', authenticatedAt: AT, proofs, reach: 'loa3' },
    ];
  });
  const credential = { kind: 'certificate', id: `crt_${ID}` } as const;
  const workload: Principal = { kind: 'workload', id: `mid_${ID}`, spiffeId: 'spiffe://muster.bench/x', credential };
  return [...policy.actions.keys()].flatMap((action) =>
    [...people, workload].map((principal) => ({ principal, action, resource: { id: `mid_${ID}` } })),
  );
}

/** The same with conditions on every action, of which none holds. */
function ruled(policy: Policy): Policy {
  const actions = [...policy.actions.keys()].join(', ');
  const rules = Array.from(
    { length: RULES },
    (_, at) => `
  - name: bench-${at}
    because: To be evaluated.
    actions: [${actions}]
    when: '"auditor" in subject.roles && resource.id == "mid_${at}" && context.hour > 25'
    effect: deny`,
  );
  return compilePolicy(`${policy.text}${rules.join('')}\n`);
}

function perSecond(policy: Policy, warmUpSeconds: number, seconds: number) {
  const inputs = questions(policy).map((question) => inputOf(question, AT));
  const run = (duration: number): number => {
    const begun = performance.now();
    let decided = 0;
    while (performance.now() - begun < duration * 1000)
      for (let count = 0; count < ROUND; count += 1) evaluate(policy, inputs[decided++ % inputs.length]!);
    return decided / ((performance.now() - begun) / 1000);
  };
  run(warmUpSeconds);
  return figure('decisions_per_s', run(seconds), '1/s');
}

/**
 * What a decision adds to a request, from the question to the answer that was understood, while all are written down;
 * and what the same loop measures of nothing at all, which is the machine's share.
 */
async function benchRequests(policy: Policy, options: Options, figures: Figures): Promise<void> {
  const home = await newHome();
  const postgres = await startEmbeddedPostgres({
    dataDirectory: home.data,
    installationId: await installationIdOf(home.data),
  });
  try {
    await migrate(postgres.urls);
    const dataSource = await openDataSource(postgres.urls.appUrl);
    const [clock, inForce] = [new SystemClock(), new PolicyInForce(policy)];
    const log = new DecisionLog(new UnitOfWork(dataSource), new DecisionsRepository(), inForce, clock);
    const point = new PolicyDecisions(inForce, log, clock);
    const asked = questions(policy);
    const decide = (question: Question) => understood(() => point.decide(question));
    await ask(decide, asked, options.warmUpSeconds);
    const added = await ask(decide, asked, options.seconds);
    await log.onModuleDestroy();
    await dataSource.destroy();
    const nothing = await ask(() => Promise.resolve(), asked, options.seconds);
    figures.print(`${REQUESTS_PER_SECOND} requests a second`, [
      figure('added_p50_ms', percentile(added, 0.5), 'ms'),
      figure('added_p99_ms', percentile(added, 0.99), 'ms'),
      figure('machine_p99_ms', percentile(nothing, 0.99), 'ms'),
      figure('decisions', added.length, '1'),
      figure('dropped', log.dropped, '1'),
    ]);
  } finally {
    await postgres.stop();
    await home.remove();
  }
}

/** @returns milliseconds of each decision, the smallest first */
async function ask(
  decide: (question: Question) => Promise<unknown>,
  asked: readonly Question[],
  seconds: number,
): Promise<number[]> {
  const added: number[] = [];
  const size = (REQUESTS_PER_SECOND * BURST_MILLISECONDS) / 1000;
  const one = async (question: Question): Promise<void> => {
    const begun = performance.now();
    await decide(question);
    added.push(performance.now() - begun);
  };
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(BURST_MILLISECONDS))
    await Promise.all(Array.from({ length: size }, (_, at) => one(asked[(added.length + at) % asked.length]!)));
  return added.sort((a, b) => a - b);
}
