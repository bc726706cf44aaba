import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { ZodType } from 'zod';
import { MusterError } from '../../kernel/index.js';
import { ControlSocketError } from './errors.js';
import { socketPlace, type SocketPlace } from './socket-path.js';

const MAX_LINE_BYTES = 16_384;
const IDLE_MS = 120_000;
const MAX_CONNECTIONS = 8;
const OWNER_ONLY = 0o177;

type Handler = (params: unknown) => Promise<unknown>;

/**
 * The local Unix socket, for what may only be done on the service's own machine by the service's own user: to unseal it,
 * and to let an administrator in when none has a session left. It is a file (0600) beside the data.
 *
 * Protocol: the client sends one line of JSON, `{"method": "unseal", "params": {…}}`; the service answers with one line,
 * `{"result": …}` or `{"error": {"code", "message"}}`, and closes. Where the path would be too long for a socket,
 * `<data>/control.sock.path` holds its real path.
 */
@Injectable()
export class ControlSocket {
  private readonly handlers = new Map<string, Handler>();
  private server: Server | undefined;
  private place: SocketPlace | undefined;

  /** Registers a method; what `run` returns is the result, and a MusterError it throws is shown with its code. */
  handle<Params>(method: string, schema: ZodType<Params>, run: (params: Params) => Promise<unknown>): void {
    this.handlers.set(method, (params) => {
      const parsed = schema.safeParse(params ?? {});
      if (!parsed.success)
        throw new ControlSocketError('control_request_malformed', `The parameters of ${method} are not valid.`);
      return run(parsed.data);
    });
  }

  /**
   * Opens the socket in the data directory; one left by a process that died is replaced.
   *
   * @returns its path
   * @throws ControlSocketError `control_socket_in_use`
   */
  async listen(dataDirectory: string): Promise<string> {
    const place = await socketPlace(dataDirectory);
    const { path } = place;
    if (await answers(path))
      throw new ControlSocketError(
        'control_socket_in_use',
        `Another Muster runs on ${dataDirectory}. Stop it, or set another DATA_DIR.`,
      );
    await rm(path, { force: true });
    this.place = place;
    this.server = createServer((socket) => this.serve(socket));
    this.server.maxConnections = MAX_CONNECTIONS;
    await bindPrivately(this.server, path);
    return path;
  }

  async close(): Promise<void> {
    const { server, place } = this;
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
    await place?.clear();
  }

  private serve(socket: Socket): void {
    let text = '';
    let answered = false;
    socket.setEncoding('utf8').setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (answered || (end === -1 && text.length <= MAX_LINE_BYTES)) return;
      answered = true;
      void this.answer(text.slice(0, end === -1 ? 0 : end)).then((answer) => socket.end(`${JSON.stringify(answer)}\n`));
    });
  }

  private async answer(line: string): Promise<object> {
    try {
      const { method, params } = parse(line);
      const handler = this.handlers.get(method);
      if (!handler)
        throw new ControlSocketError('control_request_unknown', `This service does not know ${method} now.`);
      return { result: (await handler(params)) ?? null };
    } catch (error) {
      if (error instanceof MusterError) return { error: { code: error.code, message: error.message } };
      return { error: { code: 'internal', message: 'Something failed here. The log of the service says what.' } };
    }
  }
}

function parse(line: string): { method: string; params: unknown } {
  try {
    const { method, params } = JSON.parse(line) as { method?: unknown; params?: unknown };
    if (typeof method === 'string' && /^[a-z-]{1,40}$/.test(method)) return { method, params };
  } catch {
    // refused below, with what is not an object
  }
  throw new ControlSocketError('control_request_malformed', 'Send one line: {"method": …, "params": {…}}.');
}

/** The mask makes the file private from the moment it exists: `listen` binds a path before it returns. */
async function bindPrivately(server: Server, path: string): Promise<void> {
  const listening = new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const mask = process.umask(OWNER_ONLY);
  try {
    server.listen(path);
  } finally {
    process.umask(mask);
  }
  await listening;
  await chmod(path, 0o600);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}
