import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../harness/ports.js';

const START_MILLISECONDS = 20_000;
const PROGRAM = '/usr/sbin/sshd';

/** An OpenSSH server of the test's own on a free port of 127.0.0.1, which lets in whoever has its one key, as the user that runs it. */
export class SshServer {
  private constructor(
    private readonly directory: string,
    private readonly child: ChildProcess,
    readonly port: number,
    /** What opens it. */
    readonly privateKey: string,
    /** Another key, which opens nothing. */
    readonly strangersKey: string,
    /** A line of `known_hosts`. */
    readonly knownHosts: string,
  ) {}

  static async start(): Promise<SshServer> {
    if (!existsSync(PROGRAM))
      throw new Error('sshd is missing. Install it: your system’s package openssh-server, 8.4 or later');
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-sshd-'));
    const at = (name: string) => path.join(directory, name);
    for (const name of ['host', 'deploy', 'stranger'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', at(name)]);
    await writeFile(at('authorized'), await readFile(at('deploy.pub')), { mode: 0o600 });
    const port = await freePort();
    const settings = {
      ...{ ListenAddress: `127.0.0.1:${port}`, HostKey: at('host'), PidFile: at('pid'), UsePAM: 'no' },
      ...{ AuthorizedKeysFile: at('authorized'), StrictModes: 'no', PasswordAuthentication: 'no' },
      ...{ KbdInteractiveAuthentication: 'no', AllowUsers: userInfo().username, PermitRootLogin: 'prohibit-password' },
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
    await writeFile(at('config'), `${lines.join('\n')}\n`);
    await chmod(directory, 0o755);
    // Where privileges are given up to, as root.
    if (process.getuid?.() === 0) execFileSync('mkdir', ['-p', '/run/sshd']);
    const child = spawn(PROGRAM, ['-D', '-f', at('config'), '-E', at('log')], { stdio: 'ignore' });
    const host = (await readFile(at('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
    const [own, stranger] = [await readFile(at('deploy'), 'utf8'), await readFile(at('stranger'), 'utf8')];
    const server = new SshServer(directory, child, port, own, stranger, `[127.0.0.1]:${port} ${host}\n`);
    for (const giveUpAt = Date.now() + START_MILLISECONDS; !(await server.listens()); await sleep(50))
      if (Date.now() > giveUpAt || child.exitCode !== null)
        throw new Error(`sshd did not start: ${await readFile(at('log'), 'utf8').catch(() => '')}`);
    return server;
  }

  url(repository: string): string {
    return `ssh://${userInfo().username}@127.0.0.1:${this.port}${repository}`;
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }

  private async listens(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    const there = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    return there;
  }
}
