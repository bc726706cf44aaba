import type { Id } from '../../src/kernel/index.js';
import { Jobs } from '../../src/platform/index.js';
import { BeginJobs } from '../../src/rotation/schedules/begin.jobs.js';
import { RotationRoom } from './room.js';

export interface RotationBody {
  readonly id: Id<'rotation'>;
  readonly code: string;
  readonly nextDueAt: string | null;
  readonly version: number;
}

export const ALWAYS = {
  kind: 'trading-days',
  content: 'zone: UTC\nfreezes: [{ from: 2020-01-01, to: 2100-01-01 }]',
};
export const EVERY_MINUTE = {
  ...{ cron: '* * * * *', zone: 'America/New_York', windowMinutes: 5, jitterMinutes: 0, maximumAgeDays: null },
};

/** Rotations that have schedules, of a pair of roles each. Nothing works on them but what a test asks for. */
export class ScheduledRoom {
  private named = 0;

  private constructor(
    readonly room: RotationRoom,
    readonly owner: Id<'person'>,
    private readonly backup: Id<'person'>,
    readonly targetId: Id<'target'>,
  ) {}

  static async open(): Promise<ScheduledRoom> {
    const room = await RotationRoom.open();
    const owner = await room.person('owner', 'administrator');
    const backup = await room.person('other', 'administrator');
    room.get(Jobs).enqueue = () => Promise.resolve();
    return new ScheduledRoom(room, owner, backup, await room.target());
  }

  name(of: string): string {
    return `${of} ${++this.named}`;
  }

  /** Begins what is due. */
  begin(): Promise<number> {
    return this.room.get(BeginJobs).begin();
  }

  async wanted(changed: Readonly<Record<string, unknown>> = {}) {
    const { room, owner, backup, targetId } = this;
    const identityId = await room.identity({ primary_custodian_id: owner, backup_custodian_id: backup });
    const accounts = await room.server.pair();
    for (const account of accounts)
      await room.expected(201, 'POST', `/v1/targets/${targetId}/accounts`, {
        as: 'boss',
        body: { identityId, account },
      });
    return { name: this.name('due'), identityId, targetId, accounts, observeSeconds: 60, ...changed };
  }

  async rotation(
    changed: Readonly<Record<string, unknown>> = {},
  ): Promise<RotationBody & { identityId: Id<'identity'> }> {
    const body = await this.wanted({ schedule: EVERY_MINUTE, ...changed });
    return this.room.expected(201, 'POST', '/v1/rotations', { as: 'engineer', body });
  }

  calendar(source: unknown): Promise<{ readonly id: Id<'calendar'>; readonly version: number }> {
    const body = { name: this.name('calendar'), source };
    return this.room.expected(201, 'POST', '/v1/calendars', { as: 'boss', body });
  }

  /** Set up an hour ago, and due since a minute. */
  async nowDue(...ids: readonly Id<'rotation'>[]): Promise<void> {
    await this.room.superuser.query(
      `UPDATE muster.rotations SET created_at = created_at - interval '1 hour', next_due_at = now() - interval '1 minute'
       WHERE id = ANY ($1)`,
      [ids],
    );
  }

  async stateOf(id: Id<'rotation'>): Promise<{ next_due_at: Date | null; owed_since: Date | null }> {
    const statement = 'SELECT next_due_at, owed_since FROM muster.rotations WHERE id = $1';
    const { rows } = await this.room.superuser.query(statement, [id]);
    return rows[0] as { next_due_at: Date | null; owed_since: Date | null };
  }

  async runsOf(id: Id<'rotation'>): Promise<{ id: Id<'rotationRun'>; cause: string; state: string }[]> {
    const statement = 'SELECT id, cause, state FROM muster.rotation_runs WHERE rotation_id = $1 ORDER BY id';
    const { rows } = await this.room.superuser.query(statement, [id]);
    return rows as { id: Id<'rotationRun'>; cause: string; state: string }[];
  }

  /** How many records of a type there are about something. */
  async recordsOf(id: string, type: string): Promise<number> {
    const { rows } = await this.room.superuser.query<{ count: string }>(
      `SELECT count(*) FROM audit.records WHERE leaf::jsonb ->> 'subject' = $1 AND leaf::jsonb ->> 'type' = $2`,
      [id, type],
    );
    return Number(rows[0]!.count);
  }
}
