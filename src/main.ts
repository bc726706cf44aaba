import 'reflect-metadata';
import { MusterError, SERVICE_VERSION } from './kernel/index.js';
import { ConfigError, readConfig } from './platform/config/index.js';
import type { Service } from './roles/service.js';

const FAILED = 1;
const MISCONFIGURED = 2;
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

/** Starts the roles asked for. Ends with 0 when it was told to, 2 for a mistake in the configuration, 1 for the rest. */
async function main(): Promise<void> {
  const startedAt = performance.now();
  const config = readConfig(process.env);
  // Only now: a mistake in the configuration is told at once, not after everything was loaded.
  const [{ Log }, { readyLines }, { Service }] = await Promise.all([
    import('./platform/index.js'),
    import('./roles/ready.js'),
    import('./roles/service.js'),
  ]);
  const log = new Log(config.logLevel);
  const service = new Service({ config, log, tell: (event, message) => say(`Muster ${event}: ${message}`) });
  const ending = endOnSignals(service);
  process.on('uncaughtException', (error) => {
    log.error('ended by a fault', {}, error);
    void end(service, FAILED);
  });
  await service.start().catch((error: unknown) => {
    if (!ending.told) throw error;
  });
  if (ending.told) return;
  if (!service.stays) return end(service, 0, 'Muster has migrated the database.');
  service.database.lost.catch((error: unknown) => void end(service, FAILED, explanation(error)));
  const seconds = (performance.now() - startedAt) / 1000;
  const { ports, root, unsealFile, setupToken, database } = service;
  if (!ports || !root) return say(`Muster ${SERVICE_VERSION} is ready (${config.roles.join(', ')})`);
  const { embedded } = database;
  const facts = { version: SERVICE_VERSION, seconds, config, ports, embedded, unsealFile, root, setupToken };
  process.stdout.write(readyLines(facts));
}

/** The first signal ends in good order; a second one ends at once, and leaves the rest to the next start. */
function endOnSignals(service: Service): { readonly told: boolean } {
  const ending = { told: false };
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (ending.told) process.exit(code);
      ending.told = true;
      void end(service, 0);
    });
  return ending;
}

async function end(service: Service, code: number, reason?: string): Promise<void> {
  if (reason !== undefined) say(reason);
  const stopped = await service.stop().then(
    () => code,
    (error: unknown) => (say(explanation(error)), FAILED),
  );
  process.exit(stopped);
}

/** Refusals say what to do next; anything else is a fault of ours and comes with its origin. */
function explanation(error: unknown): string {
  if (error instanceof MusterError) return error.message;
  return `Muster failed: ${error instanceof Error ? error.stack : String(error)}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

void main().catch((error: unknown) => {
  say(explanation(error));
  process.exit(error instanceof ConfigError ? MISCONFIGURED : FAILED);
});
