import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Systems where identities have accounts of their own, as far as Muster can look at and change them. */
export class Targets1790000001400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TARGETS);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const TARGETS = `
  CREATE TABLE muster.targets (
    id text COLLATE "C" NOT NULL,
    -- As grants name it.
    name text NOT NULL,
    kind text NOT NULL,
    -- Where it is, without any secret; how to get in is sealed.
    place text NOT NULL,
    access_sealed bytea NOT NULL,
    ca_certificates text,
    private_network jsonb,
    owner_id text COLLATE "C" NOT NULL,
    status text NOT NULL,
    checked_at timestamptz,
    check_failure text,
    version integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT targets_pk PRIMARY KEY (id),
    CONSTRAINT targets_id CHECK (id ~ '^tgt_[0-9a-f]{32}$'),
    CONSTRAINT targets_kind CHECK (kind IN ('postgresql')),
    CONSTRAINT targets_status CHECK (status IN ('active', 'disabled', 'removed')),
    CONSTRAINT targets_consent CHECK (private_network IS NULL OR private_network ?& ARRAY['by', 'consentedAt', 'reason']),
    CONSTRAINT targets_owner FOREIGN KEY (owner_id) REFERENCES muster.people (id)
  );
  CREATE UNIQUE INDEX targets_name ON muster.targets (name) WHERE status <> 'removed';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.targets');

  -- Which account there is which identity's.
  CREATE TABLE muster.target_accounts (
    id text COLLATE "C" NOT NULL,
    target_id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    added_by text COLLATE "C" NOT NULL,
    added_at timestamptz NOT NULL,
    removed_by text COLLATE "C",
    removed_at timestamptz,
    CONSTRAINT target_accounts_pk PRIMARY KEY (id),
    CONSTRAINT target_accounts_id CHECK (id ~ '^acc_[0-9a-f]{32}$'),
    CONSTRAINT target_accounts_target FOREIGN KEY (target_id) REFERENCES muster.targets (id),
    CONSTRAINT target_accounts_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT target_accounts_removal CHECK ((removed_by IS NULL) = (removed_at IS NULL))
  );
  CREATE UNIQUE INDEX target_accounts_account ON muster.target_accounts (target_id, account) WHERE removed_at IS NULL;
  CREATE UNIQUE INDEX target_accounts_identity_once ON muster.target_accounts (identity_id, target_id) WHERE removed_at IS NULL;
  CREATE INDEX target_accounts_by_identity ON muster.target_accounts (identity_id, id);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (removed_by, removed_at)', 'muster.target_accounts');
`;
