import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { foundInstallation, installationIdOf, migrate } from '../../src/platform/database/index.js';
import { type Home, newHome } from '../harness/service-process.js';
import type { AppendMessage, AppendReply } from './append-process.js';
import type { Lap } from './closed-loop.js';
import { runningIn } from './installation.js';
import type { Load, Measured } from './load.js';

/** Transactions that append one record each, with the sequencer behind them, in a process that does nothing else. */
export class AppendLoad implements Load {
  readonly measured: Measured;

  private constructor(
    private readonly child: ChildProcess,
    private readonly postgres: EmbeddedPostgres,
    private readonly home: Home,
  ) {
    const { directory: databaseDirectory, urls } = postgres;
    const { postmasterPid } = runningIn(databaseDirectory);
    this.measured = { servicePid: child.pid!, postmasterPid, databaseDirectory, databaseUrl: urls.appUrl };
  }

  static async start(): Promise<AppendLoad> {
    const home = await newHome();
    const installationId = await installationIdOf(home.data);
    const postgres = await startEmbeddedPostgres({ dataDirectory: home.data, installationId });
    try {
      await migrate(postgres.urls);
      const founded = { id: installationId, publicUrl: 'https://localhost:8443', trustDomain: 'muster.bench' };
      await foundInstallation(postgres.urls.ownerUrl, founded);
      const load = new AppendLoad(newChild(), postgres, home);
      await load.ask({ kind: 'open', url: postgres.urls.appUrl });
      return load;
    } catch (error) {
      await postgres.stop();
      await home.remove();
      throw error;
    }
  }

  async prepare(): Promise<void> {
    // Records are made as they are appended.
  }

  async run(clients: number, seconds: number): Promise<Lap> {
    return (await this.ask({ kind: 'run', clients, seconds }))!;
  }

  async stop(): Promise<void> {
    this.child.send({ kind: 'close' } satisfies AppendMessage);
    if (this.child.exitCode === null) await once(this.child, 'exit');
    await this.postgres.stop();
    await this.home.remove();
  }

  private ask(message: AppendMessage): Promise<Lap | undefined> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('The process that appends has ended.'));
      this.child.once('exit', ended);
      this.child.once('message', (reply: AppendReply) => {
        this.child.off('exit', ended);
        resolve(reply.lap);
      });
      this.child.send(message);
    });
  }
}

function newChild(): ChildProcess {
  const hook = pathToFileURL(path.join(import.meta.dirname, 'typescript.js')).href;
  return fork(path.join(import.meta.dirname, 'append-process.ts'), { execArgv: ['--import', hook] });
}
