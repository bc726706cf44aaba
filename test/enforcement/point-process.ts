import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EnforcementOptions, PointCredentials, Verdict } from '../../src/enforcement/index.js';
import { ensureBuilt, REPOSITORY } from '../harness/build.js';

/** A caller's certificate with its issuers, and its key; PEM. */
export interface Shown {
  readonly chain: string;
  readonly key: string;
}

export type PointOptions = Pick<EnforcementOptions, 'point' | 'service' | 'root' | 'trustDomain'>;

/** A server somewhere else that the library guards: a process of its own, which shares nothing with the test. */
export class PointProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    private readonly root: string,
  ) {}

  /** Resolves once it has the first snapshot of the feed. */
  static async start(options: PointOptions, credentials: PointCredentials): Promise<PointProcess> {
    await ensureBuilt();
    const library = pathToFileURL(path.join(REPOSITORY, 'dist/src/enforcement/index.js')).href;
    const child = fork(path.join(REPOSITORY, 'test/enforcement/guarded-point.js'), {
      env: { PATH: process.env.PATH, POINT_LIBRARY: library },
      execArgv: [],
    });
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('The enforcement point ended.')));
    ended.catch(() => undefined);
    child.send({ options, credentials });
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    return new PointProcess(child, port, options.root);
  }

  /** Follows the feed with these from the next connection on. */
  use(credentials: PointCredentials): void {
    this.child.send({ credentials });
  }

  /** One request on a connection of its own; `cut` where it was refused before anything was said. */
  async ask(shown: Shown): Promise<Verdict | 'cut'> {
    const connection = this.connection(shown);
    try {
      return await connection.ask();
    } finally {
      connection.end();
    }
  }

  connection(shown: Shown): Connection {
    return new Connection(this.port, this.root, shown);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}

/** A caller's connection that stays open between requests. */
export class Connection {
  private readonly agent: Agent;
  private closed: Promise<number> | undefined;

  constructor(
    private readonly port: number,
    root: string,
    { chain, key }: Shown,
  ) {
    // The point shows its own SVID, which names no host: that it is under our root is all that is asked here.
    const checkServerIdentity = () => undefined;
    this.agent = new Agent({ keepAlive: true, maxSockets: 1, ca: root, cert: chain, key, checkServerIdentity });
  }

  /** Instant at which the server ended the connection, by `performance.now()`; ask something first. */
  get cutAt(): Promise<number> {
    if (!this.closed) throw new Error('Nothing was asked yet.');
    return this.closed;
  }

  ask(): Promise<Verdict | 'cut'> {
    return new Promise((resolve) => {
      const sent = request({ host: '127.0.0.1', port: this.port, path: '/orders', agent: this.agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.on('end', () => resolve(JSON.parse(text) as Verdict)).on('error', () => resolve('cut'));
      });
      sent.once('socket', (socket) => {
        this.closed ??= new Promise((gone) => socket.once('close', () => gone(performance.now())));
      });
      sent.on('error', () => resolve('cut')).end();
    });
  }

  end(): void {
    this.agent.destroy();
  }
}
