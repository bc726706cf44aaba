import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY } from '../harness/build.js';
import { Terminal } from './terminal.js';

describe('whoever reads what a command writes', () => {
  const TOUR_ENDS = 'Interrupted: the tour ends after this step, and cleans up.\n';

  it.each([
    ['the scan', ['scan', '--no-progress', '.'], 141, ''],
    ['the tour, which cleans up first,', ['tour'], 130, TOUR_ENDS],
  ])('may stop before it is done: %s ends without a fault', async (_which, words, status, last) => {
    const terminal = await Terminal.open();
    const env = { PATH: process.env['PATH'], HOME: terminal.directory };
    const ended = async (isDeaf: boolean) => {
      const muster = spawn(process.execPath, [path.join(REPOSITORY, 'bin/muster.js'), ...words], {
        ...{ cwd: terminal.directory, env, stdio: ['ignore', 'pipe', 'pipe'] },
      });
      muster.stdout.destroy();
      let said = '';
      muster.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
      if (isDeaf) muster.stderr.destroy();
      return [...((await once(muster, 'close')) as [number]).slice(0, 1), said];
    };
    expect(await ended(false)).toEqual([status, last]);
    expect(await ended(true)).toEqual([status, '']);
    await terminal.close();
  });
});
