import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildWasm } from '../../wasm.build.js';
import { stopServer } from './stop-server.js';

const PREFIX = 'muster-test-';

/**
 * Makes the place for this run's database (the first test file that needs one starts it) and the scanner's WebAssembly module;
 * sweeps up killed runs.
 */
export default async function setUp() {
  sweep();
  await buildWasm();
  const run = mkdtempSync(path.join(tmpdir(), PREFIX));
  chmodSync(run, 0o711);
  writeFileSync(path.join(run, 'jest.pid'), String(process.pid));
  process.env.MUSTER_TEST_RUN = run;
}

function sweep() {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const run = path.join(tmpdir(), name);
    const pidFile = path.join(run, 'jest.pid');
    if (!existsSync(pidFile) || isAlive(Number(readFileSync(pidFile, 'utf8')))) continue;
    try {
      stopServer(run);
      rmSync(run, { recursive: true, force: true });
    } catch {
      // Another user's run: not ours to sweep.
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
