import { withClient } from '../../src/platform/database/connection.js';
import type { BareCost } from './bare.js';
import { figure, type Figure } from './figures.js';
import type { Load, Measured } from './load.js';
import type { Lap } from './closed-loop.js';
import { cpuSecondsOf, memoryOf } from './processes.js';

export interface CaseReport {
  readonly lap: Lap;
  readonly figures: readonly Omit<Figure, 'bench' | 'case'>[];
}

/** Runs one case and reads what it cost the service and its database; the load is made by another process. */
export async function measure(
  load: Load,
  clients: number,
  seconds: number,
  rate: number,
  bare: readonly BareCost[],
): Promise<CaseReport> {
  await load.prepare(clients, seconds, rate);
  const before = cpuOf(load.measured);
  const lap = await load.run(clients, seconds);
  const after = cpuOf(load.measured);
  const per1000 = (name: keyof Cpu) => ((after[name] - before[name]) / lap.operations) * 1000;
  const floor = bare.reduce((sum, { cpuSecondsPer1000, times }) => sum + cpuSecondsPer1000 * times, 0);
  const cpu = per1000('service') + per1000('postgresql');
  const { servicePid, postmasterPid } = load.measured;
  return {
    lap,
    figures: [
      figure('ops_per_s', lap.operations / lap.seconds, '1/s'),
      figure('p50_ms', lap.p50Ms, 'ms'),
      figure('p99_ms', lap.p99Ms, 'ms'),
      figure('cpu_s_per_1000', cpu, 's/1000'),
      figure('service_cpu_s_per_1000', per1000('service'), 's/1000'),
      figure('signer_cpu_s_per_1000', per1000('signer'), 's/1000'),
      figure('postgresql_cpu_s_per_1000', per1000('postgresql'), 's/1000'),
      figure('cpu_over_bare_ratio', cpu / floor, '1'),
      figure('service_rss_mb', memoryOf(servicePid).rssMegabytes, 'MB'),
      figure('postgresql_pss_mb', memoryOf(postmasterPid).pssMegabytes, 'MB'),
      figure('unsequenced_records', await unsequenced(load.measured), '1'),
      figure('operations', lap.operations, '1'),
      figure('duration_s', lap.seconds, 's'),
      figure('errors', lap.errors, '1'),
    ],
  };
}

interface Cpu {
  /** The whole service: `signer`, which is the processes below the first, is a part of it. */
  readonly service: number;
  readonly signer: number;
  readonly postgresql: number;
}

function cpuOf({ servicePid, postmasterPid }: Measured): Cpu {
  const { own, all } = cpuSecondsOf(servicePid);
  return { service: all, signer: all - own, postgresql: cpuSecondsOf(postmasterPid).all };
}

/** Records that the sequencer still has to take into the tree: work that was put off past the clock. */
function unsequenced({ databaseUrl }: Measured): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ count: string }>(
      'SELECT (SELECT count(*) FROM audit.records) - (SELECT count(*) FROM audit.leaves) AS count',
    );
    return Number(rows[0]!.count);
  });
}
