import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * Below what systems hand out by themselves (Linux from 32768, others from 49152): a port from there may be given to any
 * connection or server of this machine between its being found free and its being listened on, or while a service that is
 * to start again on it is down. Above what browsers refuse to open.
 */
const [FIRST, LAST] = [11_000, 32_000];

/** A port of the loopback address that nobody listens on, and that no other test file of this run is given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, LAST);
    if ((await isFree(port)) && (await isOurs(port))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  await promisify(server.close.bind(server))();
  return true;
}

/** Takes it for the rest of the run; without a run, as in a benchmark, nobody else asks. */
async function isOurs(port: number): Promise<boolean> {
  const run = process.env.MUSTER_TEST_RUN;
  if (run === undefined) return true;
  return mkdir(path.join(run, `port-${port}`)).then(
    () => true,
    () => false,
  );
}
