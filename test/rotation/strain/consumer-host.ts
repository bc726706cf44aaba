import { connect as connectTls } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Certificate, Instruments, Secret } from '../../../src/consumer/index.js';
import type { CertificateSpec, ConsumerSpec, Habit, HostStart, SecretSpec, Told } from './consumers.js';

/** As it is published: to make it of its sources at every start would take longer than anything else here. */
const { keepCertificate, keepSecret } = (await import(
  process.env.CONSUMER_LIBRARY!
)) as typeof import('../../../src/consumer/index.js');

/** A process with consumers in it, each of which follows its contract by the client library, and tells of every use. */

const FIRST_PAUSE_MILLISECONDS = 1_000;
const CONNECT_MILLISECONDS = 20_000;
/** How many uses somebody has between two absences. */
const USES_BETWEEN_ABSENCES = 4;
/** Refused credentials (PostgreSQL: invalid_password, invalid_authorization_specification; Redis: WRONGPASS; a verifier). */
const REFUSALS = ['28P01', '28000', 'WRONGPASS', 'refused'];

/** The clock of this process is wrong; OpenSSL has one of its own, which is the machine's. */
const Right = Date;
const shift = Number(process.env.CLOCK_SECONDS) * 1000;
globalThis.Date = new Proxy(Right, {
  construct: (_target, given: []) => (given.length > 0 ? new Right(...given) : new Right(Right.now() + shift)),
  get: (target, name) => (name === 'now' ? () => Right.now() + shift : (Reflect.get(target, name) as unknown)),
});

function tell(told: Told): void {
  process.send?.(told);
}

/** The network of one consumer: while it is away, nothing is renewed or said. */
class Line {
  private isUp = true;

  readonly instruments: Instruments = {
    monotonic: () => performance.now(),
    random: () => Math.random(),
    after: (milliseconds, call) => {
      let timer = setTimeout(attempt, milliseconds, this);
      function attempt(line: Line): void {
        if (line.isUp) call();
        else timer = setTimeout(attempt, 50, line);
      }
      return () => clearTimeout(timer);
    },
  };

  async isAway(milliseconds: number): Promise<void> {
    this.isUp = false;
    await sleep(milliseconds);
    this.isUp = true;
  }
}

class HostedConsumer {
  private readonly line = new Line();
  private refusals = 0;

  constructor(
    private readonly spec: ConsumerSpec,
    private readonly start: HostStart,
  ) {}

  async live(): Promise<void> {
    // Not all in the same moment, after a crash either.
    await sleep(this.start.pauseMilliseconds * Math.random());
    const use = this.spec.kind === 'mtls' ? await this.withCertificate(this.spec) : await this.withSecret(this.spec);
    const { pauseMilliseconds, awayMilliseconds } = this.start;
    for (let uses = 1; ; uses += 1) {
      await this.used(use);
      await sleep(pauseMilliseconds * SPEED[this.spec.habit] * (0.5 + Math.random()));
      if (this.spec.habit === 'away' && uses % USES_BETWEEN_ABSENCES === 0) await this.line.isAway(awayMilliseconds);
    }
  }

  private async used(use: () => Promise<void>): Promise<void> {
    const { instance } = this.spec;
    this.refusals = 0;
    try {
      await use();
      tell({ kind: 'used', instance, outcome: 'worked', refusals: this.refusals, words: '' });
    } catch (error) {
      const outcome = isRefusal(error) ? 'stranded' : 'unreachable';
      tell({ kind: 'used', instance, outcome, refusals: this.refusals, words: wordsOf(error) });
    }
  }

  private async withSecret(spec: SecretSpec): Promise<() => Promise<void>> {
    const { rotation, instance, certificate } = spec;
    for (;;) {
      const kept = keepSecret({
        ...{ service: this.start.service, rotation, instance, certificate: () => certificate },
        ...{ isRefusal, instruments: this.line.instruments },
      });
      const began = await kept.start().then(
        () => true,
        (error: unknown) => {
          tell({ kind: 'waits', instance, words: wordsOf(error) });
          return false;
        },
      );
      const signIn = (secret: Secret) => (spec.kind === 'redis' ? toRedis(spec, secret) : toPostgresql(spec, secret));
      if (began) return () => kept.use((secret) => this.counted(() => signIn(secret)));
      await sleep(Math.max(FIRST_PAUSE_MILLISECONDS, this.start.pauseMilliseconds) * (1 + Math.random()));
    }
  }

  private async withCertificate(spec: CertificateSpec): Promise<() => Promise<void>> {
    const { instance, verifiers, certificate } = spec;
    const kept = keepCertificate({
      ...{ service: this.start.service, held: certificate, instruments: this.line.instruments },
      store: async ({ key, certificate: leaf, chain }) =>
        tell({ kind: 'stored', instance, certificate: { key, chain: [leaf, ...chain].join('') } }),
      onEvent: (event) => {
        if (event.kind === 'failed') tell({ kind: 'waits', instance, words: `${event.code}: ${event.message}` });
      },
    });
    await kept.start();
    return async () => {
      for (const port of verifiers) {
        const show = () => this.counted(() => toVerifier(port, kept.current));
        await show().catch(async (error: unknown) => {
          if (!isRefusal(error)) throw error;
          await kept.refresh().catch(() => undefined);
          await show();
        });
      }
    };
  }

  private async counted(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (isRefusal(error)) this.refusals += 1;
      throw error;
    }
  }
}

const SPEED: Readonly<Record<Habit, number>> = { fast: 1, slow: 5, away: 2, restarting: 2 };

async function toPostgresql({ port, instance }: SecretSpec, secret: Secret) {
  const client = new Client({
    ...{ host: '127.0.0.1', port, database: 'postgres', user: secret.account, password: secret.secret },
    ...{ application_name: instance, connectionTimeoutMillis: CONNECT_MILLISECONDS },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end();
  }
}

async function toRedis({ port, instance }: SecretSpec, secret: Secret): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis({
    ...{ port, username: secret.account, password: secret.secret, connectionName: instance, lazyConnect: true },
    ...{
      retryStrategy: () => null,
      disableClientInfo: true,
      connectTimeout: CONNECT_MILLISECONDS,
      enableReadyCheck: false,
    },
  });
  let refused: Error | undefined;
  client.on('error', (error: Error) => (refused ??= isRefusal(error) ? error : undefined));
  try {
    await client.connect();
    await client.ping();
    if (refused) throw refused;
  } catch (error) {
    throw refused ?? error;
  } finally {
    client.disconnect();
  }
}

/** What the verifier says of the certificate that is shown. */
function toVerifier(port: number, { key, chain }: Certificate): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: '127.0.0.1', port, key, cert: chain, rejectUnauthorized: false });
    let words = '';
    socket.setTimeout(CONNECT_MILLISECONDS, () => socket.destroy(new Error('The verifier does not answer.')));
    socket.setEncoding('utf8').on('data', (text: string) => (words += text));
    socket.on('error', reject).on('end', () => {
      if (words === 'welcome') resolve();
      else reject(Object.assign(new Error(words), { code: words === '' ? 'silent' : 'refused' }));
    });
  });
}

function isRefusal(error: unknown): boolean {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return REFUSALS.includes(String(code)) || String(message).startsWith('WRONGPASS');
}

function wordsOf(error: unknown): string {
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  return `${code} ${message}`.slice(0, 300);
}

process.once('disconnect', () => process.exit());
process.once('message', (start: HostStart) => {
  for (const spec of start.consumers)
    void new HostedConsumer(spec, start).live().catch((error: unknown) => {
      tell({
        kind: 'used',
        instance: spec.instance,
        outcome: 'stranded',
        refusals: 0,
        words: `gave up: ${wordsOf(error)}`,
      });
    });
});
