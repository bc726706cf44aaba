import { rmSync } from 'node:fs';
import { stopServer } from './stop-server.js';

export default function tearDown() {
  const run = process.env.MUSTER_TEST_RUN;
  if (run === undefined) return;
  stopServer(run);
  rmSync(run, { recursive: true, force: true });
}
