import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import path from 'node:path';
import { buildWasm } from '../../wasm.build.js';
import { stopServer } from './stop-server.js';

const PREFIX = 'muster-test-';
/** Where Linux keeps files in memory, and what must be free there for a run. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;

/**
 * Makes the place for this run's database (the first test file that needs one starts it) and the scanner's WebAssembly module;
 * sweeps up killed runs.
 */
export default async function setUp() {
  for (const folder of new Set([tmpdir(), MEMORY])) if (existsSync(folder)) sweep(folder);
  await buildWasm();
  const run = mkdtempSync(path.join(hasRoom(MEMORY) ? MEMORY : tmpdir(), PREFIX));
  chmodSync(run, 0o711);
  writeFileSync(path.join(run, 'jest.pid'), String(process.pid));
  process.env.MUSTER_TEST_RUN = run;
}

/**
 * A database is a thousand files, and every test file has one or more: to make one takes a third of a second of the processor's
 * time on a disk, and ever more the more were removed there in the last minutes (ext4 without a journal); in memory hardly any.
 */
function hasRoom(folder) {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(bavail * bsize, freemem(), process.availableMemory()) > ROOM_BYTES;
}

function sweep(folder) {
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith(PREFIX))) {
    const run = path.join(folder, name);
    // What a run left says which program stops its server: only our own is believed.
    if (lstatSync(run, { throwIfNoEntry: false })?.uid !== process.getuid()) continue;
    const pidFile = path.join(run, 'jest.pid');
    if (!existsSync(pidFile) || isAlive(Number(readFileSync(pidFile, 'utf8')))) continue;
    try {
      stopServer(run);
      rmSync(run, { recursive: true, force: true });
    } catch {
      // Swept by another run meanwhile.
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
