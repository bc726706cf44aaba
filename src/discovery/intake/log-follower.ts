import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type LogEntry, LogReader } from '../../audit/index.js';
import { isId } from '../../kernel/index.js';
import { Jobs, SystemClock, type Tx, UnitOfWork } from '../../platform/index.js';
import { FindingsRepository } from '../findings/findings.repository.js';
import { Ghosts } from './ghosts.js';
import { Resolver } from './resolver.js';

const CURSOR = 'discovery';
const EVERY_SECONDS = 5;
const READ_AT_ONCE = 500;

/** What changes whose something is, or whether it should be there: the subject is the identity, or something that it holds. */
const TOUCHING = new Set([
  'alias.added',
  'alias.removed',
  'certificate.revoked',
  'identity.activated',
  'identity.registered',
  'identity.resumed',
  'identity.retired',
  'identity.suspended',
  'key.registered',
  'key.removed',
  'target.account-added',
  'target.account-removed',
]);

/**
 * Resolves again what registering, revoking or retiring anything touches, by reading the log: nothing that happened is missed,
 * and nothing else is looked at.
 */
@Injectable()
export class DiscoveryLogFollower implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: LogReader,
    private readonly findings: FindingsRepository,
    private readonly resolver: Resolver,
    private readonly ghosts: Ghosts,
    private readonly clock: SystemClock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('discovery.follow-log', EVERY_SECONDS, () => this.turn());
  }

  /** All that the log has for it. What was resolved before a process died is resolved once more. */
  async turn(): Promise<void> {
    for (let read = READ_AT_ONCE; read === READ_AT_ONCE;) read = await this.step();
    await this.endDismissals();
  }

  private async step(): Promise<number> {
    const index = await this.unitOfWork.run((tx) => this.cursor(tx));
    const entries = await this.log.readAfter(index, READ_AT_ONCE);
    if (entries.length === 0) return 0;
    const identityIds = await this.identitiesIn(entries);
    await this.resolver.touch(identityIds);
    await this.ghosts.lapse(identityIds);
    const last = entries.at(-1)!.index;
    await this.unitOfWork.run((tx) =>
      tx.execute('UPDATE muster.log_cursors SET index = greatest(index, $2) WHERE name = $1', [CURSOR, last]),
    );
    return entries.length;
  }

  /** Begins where the log begins: what was registered before anything was found counts, too. */
  private async cursor(tx: Tx): Promise<number> {
    await tx.execute('INSERT INTO muster.log_cursors (name, index) VALUES ($1, -1) ON CONFLICT (name) DO NOTHING', [
      CURSOR,
    ]);
    const rows = await tx.query<{ index: string }>('SELECT index FROM muster.log_cursors WHERE name = $1', [CURSOR]);
    return Number(rows[0]!.index);
  }

  private async identitiesIn(entries: readonly LogEntry[]): Promise<string[]> {
    const subjects = entries.filter(({ type }) => TOUCHING.has(type)).map(({ subject }) => subject);
    const held = subjects.filter((subject) => !isId('identity', subject));
    const holders = await this.unitOfWork.readOne((tx) => tx.query<{ id: string }>(HOLDERS, [held]));
    return [...new Set([...subjects.filter((subject) => isId('identity', subject)), ...holders.map(({ id }) => id)])];
  }

  private async endDismissals(): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const ids = await this.findings.listUndismissed(tx, this.clock.now(), READ_AT_ONCE);
      await this.ghosts.reopen(tx, ids);
      await this.resolver.again(tx, ids);
    });
  }
}

const HOLDERS = `
  SELECT c.identity_id AS id FROM muster.credentials c WHERE c.id = ANY ($1)
  UNION SELECT a.identity_id FROM muster.target_accounts a WHERE a.id = ANY ($1)`;
