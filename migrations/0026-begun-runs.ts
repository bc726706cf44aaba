import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is half-way is found among many that are to begin. */
export class BegunRuns1790000002600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX rotation_runs_due_begun ON muster.rotation_runs (due_at, id) WHERE due_at IS NOT NULL AND step <> 'create';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
