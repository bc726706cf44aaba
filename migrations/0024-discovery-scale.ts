import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a look was not let into, and indexes for what grows with findings, their places and their history. */
export class DiscoveryScale1790000002400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How many parts the last run that ended well was not let into.
      ALTER TABLE muster.discovery_sources ADD COLUMN refused integer NOT NULL DEFAULT 0;
      CREATE INDEX discovery_findings_merged ON muster.discovery_findings (merged_into) WHERE merged_into IS NOT NULL;
      CREATE INDEX discovery_findings_ghosts ON muster.discovery_findings (id) WHERE kind = 'ghost';
      CREATE INDEX discovery_places_of_source ON muster.discovery_places (source_id, finding_id);
      CREATE INDEX discovery_events_at ON muster.discovery_events (at);
      CREATE INDEX credentials_registered_keys ON muster.credentials (lower(system)) WHERE kind = 'registered-key';
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
