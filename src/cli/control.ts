import { connect } from 'node:net';
import { join } from 'node:path';
import { CliError } from './errors.js';
import { readFileIfAny } from './private-file.js';

const TIMEOUT_MS = 30_000;

/** What `muster npm start`'s process answers on its local socket, which only its own user can open. */
interface ControlAnswer {
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/**
 * Calls the service over its local socket beside the data.
 *
 * @throws CliError `service_unreachable` when nothing listens there, `service_refused` with what it said
 */
export async function callControl(dataFolder: string, method: string, params: object): Promise<unknown> {
  const path = (await readFileIfAny(join(dataFolder, 'control.sock.path')))?.trim() ?? join(dataFolder, 'control.sock');
  const answer = parseAnswer(await exchange(path, `${JSON.stringify({ method, params })}\n`));
  if (answer.error)
    throw new CliError('service_refused', answer.error.message, { details: { reason: answer.error.code } });
  return answer.result;
}

function parseAnswer(text: string): ControlAnswer {
  try {
    return JSON.parse(text) as ControlAnswer;
  } catch (cause) {
    throw new CliError('service_unreachable', 'The service ended before it answered. Look at its log.', { cause });
  }
}

function exchange(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(path, () => socket.write(line));
    socket.setEncoding('utf8').setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('timed out')));
    socket.on('data', (chunk: string) => (text += chunk));
    socket.once('end', () => resolve(text));
    socket.once('error', (cause) =>
      reject(
        new CliError(
          'service_unreachable',
          `No service listens beside ${path}. Run this on its machine, as its user, with --data.`,
          {
            cause,
          },
        ),
      ),
    );
  });
}
