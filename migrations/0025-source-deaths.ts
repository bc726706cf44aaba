import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Looks that were given back in order are told from those whose holder died. */
export class SourceDeaths1790000002500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How often whoever had it was not heard of any more.
      ALTER TABLE muster.discovery_runs ADD COLUMN deaths integer NOT NULL DEFAULT 0;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
