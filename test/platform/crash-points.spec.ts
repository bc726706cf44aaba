import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';

let folder: string;

beforeAll(async () => {
  await ensureBuilt();
  folder = await mkdtemp(path.join(tmpdir(), 'muster-crash-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a crash point', () => {
  it.each([
    ['kills the process where a test armed it', 'test', 'issue:2', 'SIGKILL'],
    ['lets another number pass', 'test', 'issue:3', null],
    ['kills it where somebody stands at every one of several', 'test', 'issue:1 issue:2', 'SIGKILL'],
    ['kills it not while nobody stands at one of several', 'test', 'issue:2 issue:3', null],
    ['does nothing in production', 'production', 'issue:2', null],
  ])('%s', async (_name, environment, armed, signal) => {
    const list = path.join(folder, 'crash-at');
    await writeFile(list, armed);
    const program = `import { crashPoint } from './dist/src/platform/crash-points.js';
      void crashPoint('issue', 1);
      void crashPoint('issue', 2);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: REPOSITORY,
      env: { PATH: process.env.PATH, NODE_ENV: environment, MUSTER_CRASH_AT: list },
    });
    expect(run.signal).toBe(signal);
  });
});
