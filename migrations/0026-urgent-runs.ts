import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is half-way or was asked for is found among many that are to begin by their schedules. */
export class UrgentRuns1790000002600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX rotation_runs_urgent ON muster.rotation_runs (due_at, id)
      WHERE due_at IS NOT NULL AND (step <> 'create' OR cause NOT IN ('schedule', 'maximum-age'));
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
