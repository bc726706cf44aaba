import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { REPOSITORY } from '../harness/build.js';

/** Makes `dist/console` what the sources say; quick where it is that already. */
export async function buildConsole(): Promise<void> {
  await promisify(execFile)(process.execPath, ['vite.build.js'], { cwd: REPOSITORY });
}
