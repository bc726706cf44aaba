import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';

describe('a crash point', () => {
  beforeAll(ensureBuilt);

  it.each([
    ['kills the process where a test armed it', 'test', 'issue:2', 'SIGKILL'],
    ['lets another number pass', 'test', 'issue:1', null],
    ['does nothing in production', 'production', 'issue:2', null],
  ])('%s', (_name, environment, armed, signal) => {
    const program = `import { crashPoint } from './dist/src/platform/crash-points.js'; crashPoint('issue', 2);`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: REPOSITORY,
      env: { PATH: process.env.PATH, NODE_ENV: environment, MUSTER_CRASH_AT: armed },
    });
    expect(run.signal).toBe(signal);
  });
});
