import { Injectable } from '@nestjs/common';
import { errorsOf } from '../../kernel/index.js';

/** The service does not want requests now; `details.checks` says which part is down. */
export class HealthError extends errorsOf('HealthError', { not_ready: 'unavailable' }) {}

export type Standing = 'down' | 'up';
/** Throws, or answers false, when its part cannot serve. */
export type HealthCheck = () => boolean | void | Promise<boolean | void>;

const CHECK_TIMEOUT_MS = 2_000;
/** Probes come often and from many places; a check may cost a query. */
const FRESH_MS = 1_000;

/** Whether requests can be served: every part that must work registers a check. */
@Injectable()
export class Health {
  private readonly checks = new Map<string, HealthCheck>();
  private last: { readonly at: number; readonly standings: Promise<Record<string, Standing>> } | undefined;
  private draining = false;

  /** @param name shown to whoever asks: a part's name and nothing of how it is */
  register(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
    this.last = undefined;
  }

  /** From now on not ready, so that load balancers leave before the service goes. */
  drain(): void {
    this.draining = true;
  }

  /** @throws HealthError `not_ready` */
  async ready(): Promise<Readonly<Record<string, Standing>>> {
    const standings = await this.standings();
    const down = Object.keys(standings).filter((name) => standings[name] === 'down');
    if (down.length === 0 && !this.draining) return standings;
    const why = this.draining ? 'The service is stopping.' : `Not ready: ${down.join(', ')}. Its log says why.`;
    throw new HealthError('not_ready', why, { details: { checks: standings } });
  }

  private standings(): Promise<Record<string, Standing>> {
    const now = performance.now();
    if (!this.last || now - this.last.at > FRESH_MS) this.last = { at: now, standings: this.ask() };
    return this.last.standings;
  }

  private async ask(): Promise<Record<string, Standing>> {
    const asked = [...this.checks].map(async ([name, check]) => [name, await standingOf(check)] as const);
    return Object.fromEntries(await Promise.all(asked));
  }
}

async function standingOf(check: HealthCheck): Promise<Standing> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false).unref()));
  try {
    return (await Promise.race([Promise.resolve().then(check), late])) === false ? 'down' : 'up';
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
