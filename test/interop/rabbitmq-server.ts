import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../harness/ports.js';

const START_MILLISECONDS = 120_000;

/** A RabbitMQ of the test's own with its management API, on free ports of 127.0.0.1. */
export class RabbitmqServer {
  private constructor(
    private readonly directory: string,
    private readonly child: ChildProcess,
    readonly managementPort: number,
    readonly amqpPort: number,
    readonly password: string,
  ) {}

  static async start(): Promise<RabbitmqServer> {
    const directory = await mkdtemp(path.join(tmpdir(), 'muster-rabbitmq-'));
    const [managementPort, amqpPort, distribution, mapper] = [
      await freePort(),
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const password = randomBytes(24).toString('base64url');
    const at = (name: string) => path.join(directory, name);
    await mkdir(at('conf.d'));
    await writeFile(
      at('rabbitmq.conf'),
      [
        `listeners.tcp.1 = 127.0.0.1:${amqpPort}`,
        'management.tcp.ip = 127.0.0.1',
        `management.tcp.port = ${managementPort}`,
        'default_user = root',
        `default_pass = ${password}`,
        'default_user_tags.administrator = true',
        'collect_statistics_interval = 1000',
        '',
      ].join('\n'),
    );
    await writeFile(at('enabled_plugins'), '[rabbitmq_management].');
    await writeFile(at('advanced.config'), '[].');
    // The program itself: the script of the package would become another user first.
    const child = spawn('/usr/lib/rabbitmq/bin/rabbitmq-server', [], {
      stdio: 'ignore',
      env: {
        ...{ PATH: process.env.PATH, HOME: directory, LANG: 'C.UTF-8' },
        ...{ RABBITMQ_NODENAME: `muster-${randomBytes(4).toString('hex')}@localhost`, RABBITMQ_BASE: directory },
        ...{ RABBITMQ_MNESIA_BASE: at('mnesia'), RABBITMQ_LOG_BASE: at('log') },
        ...{ RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'), RABBITMQ_CONFIG_FILES: at('conf.d') },
        ...{ RABBITMQ_ADVANCED_CONFIG_FILE: at('advanced.config'), RABBITMQ_CONF_ENV_FILE: at('none') },
        ...{ RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'), RABBITMQ_DIST_PORT: String(distribution) },
        ...{ ERL_EPMD_PORT: String(mapper), ERL_EPMD_ADDRESS: '127.0.0.1', RABBITMQ_PID_FILE: at('pid') },
      },
    });
    const server = new RabbitmqServer(directory, child, managementPort, amqpPort, password);
    for (const giveUpAt = Date.now() + START_MILLISECONDS; ; await sleep(250)) {
      const there = await server.ask('GET', '/api/overview').catch(() => undefined);
      if (there?.ok) return server;
      if (Date.now() > giveUpAt || child.exitCode !== null) throw new Error('rabbitmq-server did not start.');
    }
  }

  get url(): string {
    return `http://root:${this.password}@127.0.0.1:${this.managementPort}`;
  }

  ask(method: string, path_: string, body?: object): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.managementPort}${path_}`, {
      method,
      headers: { authorization: `Basic ${Buffer.from(`root:${this.password}`).toString('base64')}` },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async remove(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await rm(this.directory, { recursive: true, force: true });
  }
}
