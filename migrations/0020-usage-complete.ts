import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What tells whether reports of use are complete: when one was missed last, and which runs of a point ended in good order. */
export class UsageComplete1790000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When the last report came that left a gap, also where that was filled since; and when a run said that it is over.
      ALTER TABLE muster.usage_points ADD COLUMN gap_at timestamptz, ADD COLUMN ended_at timestamptz;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
