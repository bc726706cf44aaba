import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RULES } from '../../src/discovery/rules/index.js';
import { GitRepository } from '../discovery/git-repository.js';
import { seeded } from '../discovery/scan/made-rules.js';
import { type Home, ServiceProcess } from '../harness/service-process.js';
import type { Visitor } from '../harness/visitor.js';
import { percentile } from './closed-loop.js';
import { type Figures, figure } from './figures.js';
import { cpuSecondsOf } from './processes.js';

/** What is there before. */
const COMMITS_BEFORE = 2_000;
const COMMITS = 100;
const PUSHES = 5;
const LOOK_AGAIN_MILLISECONDS = 20;

interface Source {
  readonly id: string;
  readonly run: {
    readonly id: string;
    readonly state: string;
    readonly failure: string | null;
    readonly observed: number;
  };
}

/**
 * How long it takes from when a push is seen until all that it brought is scanned, stored and resolved: each of its commits adds a
 * file with a token and a login of its own, and takes nothing away. By the whole service, beside whatever is registered already.
 */
export async function benchPush(home: Home, registered: number, figures: Figures): Promise<void> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'muster-bench-push-')));
  const work = GitRepository.create();
  const service = await ServiceProcess.start(home, { NODE_ENV: 'production', SOURCE_FOLDERS: root });
  try {
    await service.ready();
    const { visitor } = await service.cast.administrator();
    await mkdir(path.join(root, 'shop.git'));
    const lines = Array.from({ length: COMMITS_BEFORE }, (_, index) => `export const number = ${index};\n`);
    work.history('number.ts', lines);
    work.git('init', '-q', '--bare', path.join(root, 'shop.git'));
    const push = () => work.git('push', '-q', path.join(root, 'shop.git'), 'refs/heads/main');
    push();
    work.git('reset', '-q', '--hard', 'main');
    const settings = { path: path.join(root, 'shop.git') };
    const source = await visitor.post<Source>('/v1/sources', { name: 'shop', kind: 'git', settings });
    const first = await lookedAt(visitor, source.id);
    const taken: number[] = [];
    const cpuBefore = cpuSecondsOf(service.pid).own;
    for (let turn = 0; turn < PUSHES; turn += 1) {
      for (let commit = 0; commit < COMMITS; commit += 1) work.commit(fileOf(turn * COMMITS + commit));
      push();
      taken.push(await lookedAt(visitor, source.id));
    }
    const cpu = cpuSecondsOf(service.pid).own - cpuBefore;
    const { run } = await visitor.get<Source>(`/v1/sources/${source.id}`);
    const sorted = taken.toSorted((a, b) => a - b);
    figures.print(`push of ${COMMITS} commits beside ${registered} registered`, [
      figure('findings_a_push', 2 * COMMITS, 'findings'),
      figure('first_look_s', first, 's'),
      figure('push_s_median', percentile(sorted, 0.5), 's'),
      figure('push_s_worst', sorted.at(-1)!, 's'),
      figure('service_cpu_s_a_push', cpu / PUSHES, 's'),
      figure('observed_at_last', run.observed, 'places'),
    ]);
  } finally {
    await service.stop();
    work.remove();
    await rm(root, { recursive: true, force: true });
  }
}

const made = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;

function fileOf(number: number): Record<string, string> {
  const password = randomBytes(18).toString('base64url');
  const login = `DATABASE_URL=postgresql://app_${number}:${password}@db.firm.internal:5432/app\n`;
  return { [`deploy/${number}.env`]: `GITHUB_TOKEN=${made.make(seeded(50_000 + number))}\n${login}` };
}

/** @returns how many seconds it took */
async function lookedAt(visitor: Visitor, id: string): Promise<number> {
  const startedAt = performance.now();
  const begun = await visitor.post<Source['run']>(`/v1/sources/${id}/runs`, {});
  for (;;) {
    const { run } = await visitor.get<Source>(`/v1/sources/${id}`);
    if (run.id === begun.id && run.state === 'finished') return (performance.now() - startedAt) / 1000;
    if (run.state === 'failed') throw new Error(`It could not be looked at: ${run.failure}`);
    await sleep(LOOK_AGAIN_MILLISECONDS);
  }
}
