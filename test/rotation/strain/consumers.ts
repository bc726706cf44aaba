import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Certificate, Service } from '../../../src/consumer/index.js';
import { REPOSITORY } from '../../harness/build.js';

export const HABITS = ['fast', 'slow', 'away', 'restarting'] as const;
export type Habit = (typeof HABITS)[number];

interface Common {
  readonly instance: string;
  readonly habit: Habit;
  readonly certificate: Certificate;
}
/** Somebody who signs in with a secret that is rotated. */
export interface SecretSpec extends Common {
  readonly kind: 'postgresql' | 'redis';
  readonly rotation: string;
  readonly port: number;
}
/** Somebody who shows a certificate of Muster's own. */
export interface CertificateSpec extends Common {
  readonly kind: 'mtls';
  readonly verifiers: readonly number[];
}
export type ConsumerSpec = SecretSpec | CertificateSpec;

/** What a process of consumers is told at its start. */
export interface HostStart {
  readonly service: Service;
  readonly consumers: readonly ConsumerSpec[];
  /** Between two uses of somebody fast. */
  readonly pauseMilliseconds: number;
  /** How long somebody who goes away stays away. */
  readonly awayMilliseconds: number;
}

/** What a consumer says. `stranded`: refused, by the newest credential too. */
export type Told =
  | {
      readonly kind: 'used';
      readonly instance: string;
      readonly outcome: 'worked' | 'unreachable' | 'stranded';
      /** How often it was refused on the way. */
      readonly refusals: number;
      readonly words: string;
    }
  | { readonly kind: 'stored'; readonly instance: string; readonly certificate: Certificate }
  | { readonly kind: 'waits'; readonly instance: string; readonly words: string };

/** What all consumers came to. */
export class Tally {
  readonly worked = new Map<string, number>();
  readonly stranded: string[] = [];
  readonly waits = new Map<string, number>();
  unreachable = 0;
  /** Refusals, also of those that the newest or the one before put right. */
  refusals = 0;

  get uses(): number {
    return [...this.worked.values()].reduce((sum, count) => sum + count, 0);
  }

  note(told: Exclude<Told, { kind: 'stored' }>): void {
    const { instance, words } = told;
    if (told.kind === 'waits') return void this.waits.set(words, (this.waits.get(words) ?? 0) + 1);
    this.refusals += told.refusals;
    if (told.outcome === 'worked') this.worked.set(instance, (this.worked.get(instance) ?? 0) + 1);
    else if (told.outcome === 'unreachable') this.unreachable += 1;
    else this.stranded.push(`${new Date().toISOString()} ${instance}: ${words}`);
  }
}

const HOST = path.join(REPOSITORY, 'test/rotation/strain/consumer-host.ts');
const LIBRARY = pathToFileURL(path.join(REPOSITORY, 'dist/src/consumer/index.js')).href;
const LOADER = path.join(REPOSITORY, 'test/harness/native/typescript.js');
/** Consumers in a process of their own, whose clock is wrong; killed and started anew, they have what they stored. */
export class ConsumerHost {
  private child: ChildProcess | undefined;
  private consumers: ConsumerSpec[];

  constructor(
    private readonly start: HostStart,
    private readonly tally: Tally,
    private readonly clockSeconds: number,
    private readonly fakeTime?: string,
  ) {
    this.consumers = [...start.consumers];
  }

  get instances(): string[] {
    return this.consumers.map(({ instance }) => instance);
  }

  run(): void {
    const child = fork(HOST, {
      execArgv: ['--import', LOADER],
      env: { PATH: process.env.PATH, CONSUMER_LIBRARY: LIBRARY, ...this.clock() },
    });
    this.child = child;
    child.on('message', (told: Told) => this.hear(told));
    child.once('exit', (code, signal) => {
      if (signal !== 'SIGKILL' && code !== 0)
        this.tally.stranded.push(`A process of consumers ended by itself: ${code}.`);
    });
    child.send({ ...this.start, consumers: this.consumers } satisfies HostStart);
  }

  /** The clock that can be set is wrong; the monotonic one is not (faketime(1), DONT_FAKE_MONOTONIC). */
  private clock(): Record<string, string> {
    if (this.fakeTime === undefined) return { CLOCK_SECONDS: String(this.clockSeconds) };
    const offset = `${this.clockSeconds < 0 ? '' : '+'}${this.clockSeconds}s`;
    return {
      CLOCK_SECONDS: '0',
      LD_PRELOAD: this.fakeTime,
      FAKETIME: offset,
      DONT_FAKE_MONOTONIC: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  private hear(told: Told): void {
    if (told.kind !== 'stored') return this.tally.note(told);
    const { instance, certificate } = told;
    this.consumers = this.consumers.map((one) => (one.instance === instance ? { ...one, certificate } : one));
  }
}
