import 'reflect-metadata';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { AppendLoad } from './append.js';
import { bareCosts } from './bare.js';
import type { Lap } from './closed-loop.js';
import { benchConsole } from './console.js';
import { benchDecisions } from './decisions.js';
import { readSettings, refuseForgetful, refuseMemory } from './durability.js';
import { Figures, figure } from './figures.js';
import { IssuanceLoad } from './issuance.js';
import type { Load } from './load.js';
import { measure } from './measuring.js';
import { type BenchName, type Options, readOptions, USAGE } from './options.js';
import { benchResolve } from './resolve.js';
import { benchReviews } from './reviews.js';
import { benchRotation } from './rotation.js';
import { benchScan } from './scan.js';
import { TokensLoad } from './tokens.js';
import { benchTruth } from './truth.js';

const LOADS: Readonly<
  Record<
    Exclude<BenchName, 'decisions' | 'console' | 'reviews' | 'rotation' | 'resolve' | 'scan' | 'truth'>,
    { start(options: Options): Promise<Load> }
  >
> = {
  issuance: IssuanceLoad,
  tokens: TokensLoad,
  append: AppendLoad,
};
const WARM_UP_CLIENTS = 8;

/** Ends with 0 when every operation succeeded, and with 1 otherwise. */
async function main(options: Options): Promise<void> {
  if (options.bench === 'decisions') return benchDecisions(options, new Figures(options.bench, options.json));
  if (options.bench === 'console') return benchConsole(options, new Figures(options.bench, options.json));
  if (options.bench === 'rotation') return benchRotation(options, new Figures(options.bench, options.json));
  if (options.bench === 'reviews') return benchReviews(options, new Figures(options.bench, options.json));
  if (options.bench === 'resolve') return benchResolve(options, new Figures(options.bench, options.json));
  if (options.bench === 'scan') return benchScan(options, new Figures(options.bench, options.json));
  if (options.bench === 'truth') return benchTruth(options, new Figures(options.bench, options.json));
  if (process.platform !== 'linux') throw new Error('The bench reads processor time from /proc: run it on Linux.');
  const load = await LOADS[options.bench].start(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void load.stop().finally(() => process.exit(1)));
  try {
    const errors = await runAll(load, options, new Figures(options.bench, options.json));
    process.exitCode = errors === 0 ? 0 : 1;
  } finally {
    await load.stop();
  }
}

/** @returns how many operations failed */
async function runAll(load: Load, options: Options, figures: Figures): Promise<number> {
  const settings = await readSettings(load.measured.databaseUrl);
  refuseForgetful(settings);
  await refuseMemory(load.measured.databaseDirectory);
  const bare = bareCosts(options.bench, options.algorithm);
  figures.print('environment', [
    figure('node_version', process.version, ''),
    figure('cpu', `${availableParallelism()} × ${cpus()[0]!.model}`, ''),
    figure('load_average_1min', loadavg()[0]!, '1'),
    figure('attestation_algorithm', options.algorithm, ''),
    ...Object.entries(settings).map(([name, value]) => figure(`postgresql_${name}`, value, '')),
  ]);
  figures.print(
    'bare cryptography',
    bare.map(({ step, cpuSecondsPer1000 }) => figure(`${step}_cpu_s_per_1000`, cpuSecondsPer1000, 's/1000')),
  );
  const warmUp = await measure(load, WARM_UP_CLIENTS, options.warmUpSeconds, 0, bare);
  if (options.profiles !== undefined) process.kill(load.measured.servicePid, 'SIGUSR2');
  tellProblems('The warm-up', warmUp.lap);
  let { errors } = warmUp.lap;
  let rate = warmUp.lap.operations / warmUp.lap.seconds;
  for (const clients of options.clients) {
    const name = `${clients} clients`;
    const { lap, figures: measured } = await measure(load, clients, options.seconds, rate, bare);
    figures.print(name, measured);
    tellProblems(name, lap);
    rate = Math.max(rate, lap.operations / lap.seconds);
    errors += lap.errors;
  }
  return errors;
}

function tellProblems(name: string, { errors, firstError, endedEarly }: Lap): void {
  if (errors > 0) process.stderr.write(`${name}: ${errors} operations failed, the first with: ${firstError}\n`);
  if (endedEarly) process.stderr.write(`${name}: used up what was prepared, and ended early.\n`);
}

function fail(error: unknown, advice = ''): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${advice}`);
  process.exitCode = 1;
}

let options: Options | undefined;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  fail(error, `\n${USAGE}\n`);
}
if (options) await main(options).catch((error: unknown) => fail(error));
