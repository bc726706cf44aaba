import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Consumers that are gone for good, by somebody's word; and hosts found by how they are called. */
export class RotationConsumers1790000002200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Nobody waits for one that is forgotten, until it is seen again.
      ALTER TABLE muster.rotation_consumers
        ADD COLUMN forgotten_at timestamptz, ADD COLUMN forgotten_by text COLLATE "C", ADD COLUMN forgotten_reason text,
        ADD CONSTRAINT rotation_consumers_forgotten
          CHECK (num_nonnulls(forgotten_at, forgotten_by, forgotten_reason) IN (0, 3));
      SELECT muster.allow('app', 'UPDATE (forgotten_at, forgotten_by, forgotten_reason)', 'muster.rotation_consumers');
      CREATE INDEX rotation_consumers_by_host ON muster.rotation_consumers (lower(instance) COLLATE "C");
      CREATE INDEX rotation_watches_by_host ON muster.rotation_watches (lower(address) COLLATE "C");
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
