import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';
import { Terminal } from './terminal.js';

describe('whoever reads what a command writes', () => {
  beforeAll(ensureBuilt);

  const MUSTER = path.join(REPOSITORY, 'bin/muster.js');
  const TOUR_ENDS = 'Interrupted: the tour ends after this step, and cleans up.\n';

  it.each([
    ['the scan', ['scan', '--no-progress', '.'], 141, ''],
    ['the tour, which cleans up first,', ['tour'], 130, TOUR_ENDS],
  ])('may stop before it is done: %s ends without a fault', async (_which, words, status, last) => {
    const terminal = await Terminal.open();
    const env = { PATH: process.env['PATH'], HOME: terminal.directory };
    const ended = async (isDeaf: boolean) => {
      const muster = spawn(process.execPath, [MUSTER, ...words], {
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

  it('is never told that all is well, nor that something was found, where it cannot be written', async () => {
    const terminal = await Terminal.open();
    await writeFile(terminal.file('read-only'), '');
    const file = await open(terminal.file('read-only'));
    const { status, stderr } = spawnSync(process.execPath, [MUSTER, 'scan', '--no-progress', '.'], {
      ...{ cwd: terminal.directory, encoding: 'utf8', stdio: ['ignore', file.fd, 'pipe'] },
    });
    expect([status, stderr]).toEqual([
      2,
      'muster: What it has to say cannot be written (EBADF): is there room, and may it?\n',
    ]);
    await file.close();
    await terminal.close();
  });
});
