import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/index.js';
import type { ControlSocket } from '../control-socket/control-socket.js';
import { SignerError, type SignerErrorCode } from './errors.js';
import type { SignerConfiguration } from './messages.js';
import { sealedServer } from './sealed-server.js';
import type { Unsealing } from './unsealing.js';

/** What the operator can put right while the service waits, sealed; anything else ends the start. */
const WAITING: readonly SignerErrorCode[] = [
  'unseal_file_exposed',
  'unseal_file_misplaced',
  'unseal_rate_limited',
  'unseal_secret_missing',
  'unseal_secret_weak',
  'unseal_secret_wrong',
];

/** What the signer is told: where the unseal secret lies by configuration, and its own database role. */
export function signerConfiguration(config: Config, installationId: string, signerUrl: string): SignerConfiguration {
  const ownPath = join(config.configDirectory, 'muster', installationId, 'unseal-secret');
  const unsealFile = config.unsealFile ? { path: config.unsealFile, own: false } : { path: ownPath, own: true };
  return { databaseUrl: signerUrl, unsealFile, dataDirectory: config.dataDirectory };
}

/** Lets `muster unseal` unseal this process, now and whenever a signer that died has come back sealed. */
export function unsealOver(socket: ControlSocket, unsealing: Unsealing): void {
  const params = z.strictObject({ secret: z.string().trim().min(1).max(4096) });
  socket.handle('unseal', params, async ({ secret }) => {
    await unsealing.unseal(secret);
    return { state: 'unsealed' };
  });
}

/**
 * Unseals with the unseal file; where that cannot be, serves health alone until somebody unseals over the socket.
 *
 * @param tell receives what the operator must know: warnings at each start, and why the service waits
 * @throws SignerError when waiting would not help, for example `seal_broken`
 */
export async function unsealAtStart(
  unsealing: Unsealing,
  listen: { readonly host: string; readonly port: number; readonly now: Date },
  tell: (event: 'warning' | 'sealed', message: string) => void,
): Promise<void> {
  try {
    for (const warning of await unsealing.unseal()) tell('warning', warning);
  } catch (error) {
    if (!(error instanceof SignerError) || !WAITING.includes(error.code)) throw error;
    const server = await sealedServer(listen.now);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(listen.port, listen.host, resolve);
    });
    tell('sealed', error.message);
    await unsealing.done;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}
