import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../harness/ports.js';

const START_MILLISECONDS = 60_000;

/** Moto, which answers like AWS, on a free port of 127.0.0.1. From the second call on it checks signatures and rights as IAM does. */
export class MotoServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<MotoServer> {
    const program = path.join(process.env.INTEROP_VENV ?? '/tmp/muster-interop', 'bin/moto_server');
    if (!existsSync(program))
      throw new Error(`moto is missing. Install it: ${path.dirname(program)}/pip install 'moto[server,iam,sts]'`);
    const port = await freePort();
    const child = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
    const server = new MotoServer(child, port);
    for (const giveUpAt = Date.now() + START_MILLISECONDS; ; await sleep(100)) {
      if ((await server.tell('reset').catch(() => undefined))?.ok) return server;
      if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error('moto_server did not start.');
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  tell(what: string, body?: string): Promise<Response> {
    return fetch(`${this.url}/moto-api/${what}`, { method: 'POST', ...(body !== undefined && { body }) });
  }

  async remove(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}
