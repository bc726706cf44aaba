import type { MigrationInterface, QueryRunner } from 'typeorm';

/** States of approvals that exist, people found by their names, and passkeys that look copied. */
export class People1790000001600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${APPROVALS}${NAMES}${COPIES}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const APPROVALS = `
  ALTER TABLE muster.approvals DROP CONSTRAINT approvals_state;
  ALTER TABLE muster.approvals ADD CONSTRAINT approvals_state CHECK (
    state IN ('pending', 'approved', 'denied', 'expired', 'cancelled'));
`;

const NAMES = `
  -- Keyed digests of how the words of a name begin: what a name is found by, without being read. They go with the key.
  -- Null until the service, which alone has the key of the digests, has made them.
  ALTER TABLE muster.people ADD COLUMN name_index bytea[];
  ALTER TABLE muster.people ADD CONSTRAINT people_name_forgotten CHECK (status <> 'removed' OR name_index IS NULL);
  CREATE INDEX people_by_name ON muster.people USING gin (name_index) WITH (fastupdate = off);
  CREATE INDEX people_unindexed ON muster.people (id) WHERE name_index IS NULL AND status <> 'removed';
`;

const COPIES = `
  -- When a passkey last showed a counter that did not grow: perhaps it exists twice (WebAuthn Level 3 §6.1.1).
  ALTER TABLE muster.passkeys ADD COLUMN suspected_at timestamptz;
  CREATE INDEX passkeys_suspected ON muster.passkeys (suspected_at) WHERE suspected_at IS NOT NULL;
  SELECT muster.allow('app', 'UPDATE (suspected_at)', 'muster.passkeys');
`;
