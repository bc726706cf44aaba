import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LogReader } from '../audit/index.js';
import { type Ended, Inventory, type Stopped } from '../inventory/index.js';
import type { Actor } from '../kernel/index.js';
import { SystemClock, UnitOfWork } from '../platform/index.js';
import { workloadOf } from './caller.js';
import { IssuanceError } from './domain/errors.js';
import { type FeedLine, isUpToDate, mayFollow } from './domain/feed.js';
import { FeedEvents } from './feed-events.js';
import { LogWakes } from './log-wakes.js';

/** Everything that must be refused now, and where in the log to read on. */
export interface FeedSnapshot {
  readonly index: number;
  readonly revoked: readonly Ended[];
  readonly refused: readonly Stopped[];
}

const HEARTBEAT_MILLISECONDS = 1000;
const BATCH = 500;

/** Tells enforcement points at once whom to refuse (P6). */
@Injectable()
export class Feed implements OnModuleDestroy {
  private closed = false;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly log: LogReader,
    private readonly wakes: LogWakes,
    private readonly events: FeedEvents,
    private readonly inventory: Inventory,
    private readonly clock: SystemClock,
  ) {}

  onModuleDestroy(): void {
    this.closed = true;
  }

  /** The index is read first: what happens in between stands in the snapshot, and is told once more. */
  async snapshot(actor: Actor): Promise<FeedSnapshot> {
    await this.requireRight(actor);
    const index = (await this.log.size()) - 1;
    return this.unitOfWork.read(async (tx) => {
      const at = this.clock.now();
      return {
        index,
        revoked: await this.inventory.listRevoked(tx, at),
        refused: await this.inventory.listStopped(tx, at),
      };
    });
  }

  /**
   * Lines after that index, for as long as the caller listens and may: whoever is revoked, suspended or no enforcement
   * point any more is cut within a second.
   *
   * @throws IssuanceError `feed_not_granted`, `feed_position_unknown` before the first line
   */
  async follow(actor: Actor, after: number): Promise<AsyncGenerator<FeedLine>> {
    await this.requireRight(actor);
    if (after >= (await this.log.size()))
      throw new IssuanceError(
        'feed_position_unknown',
        'The log is not that long. Take a snapshot and follow its index.',
      );
    return this.lines(actor, after);
  }

  private async *lines(actor: Actor, after: number): AsyncGenerator<FeedLine> {
    let index = after;
    let heartbeatAt = 0;
    while (!this.closed) {
      const due = this.clock.now().getTime() - heartbeatAt >= HEARTBEAT_MILLISECONDS;
      // Asked before the entries are read, which so reach as far: while records keep coming they never would otherwise.
      const horizon = due ? await this.log.horizon() : undefined;
      const entries = await this.log.readAfter(index, BATCH);
      for (const entry of entries) {
        const event = await this.events.eventOf(entry);
        if (event) yield event;
        index = entry.index;
      }
      if (entries.length === BATCH) continue;
      if (horizon) {
        if (!(await this.isStillGranted(actor))) return;
        const now = this.clock.now();
        if (isUpToDate(horizon, index, now)) {
          yield { kind: 'heartbeat', index, at: horizon.at.toISOString() };
          heartbeatAt = now.getTime();
        }
      }
      await this.wakes.within(HEARTBEAT_MILLISECONDS / 2);
    }
  }

  private async requireRight(actor: Actor): Promise<void> {
    if (!(await this.isStillGranted(actor)))
      throw new IssuanceError(
        'feed_not_granted',
        'Only enforcement points follow the feed: have the grant "enforcement" on target "muster" added and verified.',
      );
  }

  private async isStillGranted(actor: Actor): Promise<boolean> {
    const { identityId, scopes, credential } = workloadOf(actor);
    if ((await this.inventory.findIdentity(identityId))?.status !== 'active') return false;
    return this.unitOfWork.read(async (tx) => {
      const shown = await this.inventory.findCredential(tx, credential.id);
      if (!shown?.expiresAt || shown.revokedAt !== null || shown.expiresAt <= this.clock.now()) return false;
      return mayFollow(await this.inventory.verifiedGrants(tx, identityId), scopes);
    });
  }
}
