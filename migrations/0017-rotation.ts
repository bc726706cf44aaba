import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Rotation: what rotates, how far each run of it has come, what it made, who uses that, and where it is delivered.
 *
 * That two runs never act on one duty, nor on two halves of a pair, and that an account has one duty at most, is held here, so
 * that no replica, however late, breaks it.
 */
export class Rotation1790000001700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${ACCOUNTS}${ROTATIONS}${RUNS}${SECRETS}${CONSUMERS}${SINKS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const ACCOUNTS = `
  -- Two that take turns are one identity's.
  DROP INDEX muster.target_accounts_identity_once;
  CREATE INDEX target_accounts_by_bearer ON muster.target_accounts (identity_id, target_id) WHERE removed_at IS NULL;
`;

const ROTATIONS = `
  CREATE TABLE muster.rotations (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    -- Null for Muster's own certificates.
    target_id text COLLATE "C",
    accounts text[] NOT NULL,
    -- When it is to run; null for by hand only.
    schedule jsonb,
    -- Whatever bears the same name here never rotates beside it.
    pair text,
    calendar_ids text[] NOT NULL DEFAULT '{}',
    observe_seconds integer NOT NULL,
    consumer_deadline_seconds integer NOT NULL,
    expected_consumers text[] NOT NULL DEFAULT '{}',
    status text NOT NULL,
    -- The newest version that works, the one before while it still does, and the newest that was ever begun; 0 for none of ours.
    current_version integer NOT NULL DEFAULT 0,
    previous_version integer,
    last_version integer NOT NULL DEFAULT 0,
    rotated_at timestamptz,
    next_due_at timestamptz,
    version integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT rotations_pk PRIMARY KEY (id),
    CONSTRAINT rotations_id CHECK (id ~ '^rot_[0-9a-f]{32}$'),
    CONSTRAINT rotations_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT rotations_target FOREIGN KEY (target_id) REFERENCES muster.targets (id),
    CONSTRAINT rotations_accounts CHECK (cardinality(accounts) BETWEEN 1 AND 2),
    CONSTRAINT rotations_pair CHECK (pair <> ''),
    CONSTRAINT rotations_observe CHECK (observe_seconds > 0 AND consumer_deadline_seconds > 0),
    CONSTRAINT rotations_status CHECK (status IN ('active', 'paused', 'removed')),
    CONSTRAINT rotations_versions CHECK (current_version >= 0 AND last_version >= current_version
      AND previous_version <> current_version)
  ) WITH (fillfactor = 80);
  CREATE UNIQUE INDEX rotations_name ON muster.rotations (lower(name)) WHERE status <> 'removed';
  CREATE INDEX rotations_by_identity ON muster.rotations (identity_id, id);
  CREATE INDEX rotations_by_target ON muster.rotations (target_id, id) WHERE status <> 'removed';
  CREATE INDEX rotations_by_pair ON muster.rotations (pair, id) WHERE pair IS NOT NULL AND status <> 'removed';
  CREATE INDEX rotations_due ON muster.rotations (next_due_at, id) WHERE status = 'active' AND next_due_at IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.rotations');

  -- One duty at most for an account; gone with its duty.
  CREATE TABLE muster.rotation_accounts (
    rotation_id text COLLATE "C" NOT NULL,
    -- Empty for Muster's own certificates.
    target_id text COLLATE "C" NOT NULL,
    account text NOT NULL,
    CONSTRAINT rotation_accounts_pk PRIMARY KEY (target_id, account),
    CONSTRAINT rotation_accounts_rotation FOREIGN KEY (rotation_id) REFERENCES muster.rotations (id)
  );
  CREATE INDEX rotation_accounts_by_rotation ON muster.rotation_accounts (rotation_id);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.rotation_accounts');
`;

const RUNS = `
  CREATE TABLE muster.rotation_runs (
    id text COLLATE "C" NOT NULL,
    rotation_id text COLLATE "C" NOT NULL,
    cause text NOT NULL,
    reason text,
    emergency_id text COLLATE "C",
    state text NOT NULL,
    -- Forth to the new one, or back to the old one once it was cancelled.
    direction text NOT NULL DEFAULT 'forth',
    step text NOT NULL,
    new_version integer NOT NULL,
    old_version integer,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    claimed_until timestamptz,
    -- Who has it: another number every time.
    claim integer NOT NULL DEFAULT 0,
    failure text,
    quiet_since timestamptz,
    -- Since when the use of the old one is watched.
    watched_since timestamptz,
    -- What the gate saw last: who is left, and what of the target cannot be seen.
    evidence jsonb,
    overridden_by text COLLATE "C",
    override_reason text,
    cancel_reason text,
    -- While it acts: the name of its pair, which no other run has then.
    pair_taken text,
    started_by text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    step_since timestamptz NOT NULL,
    ended_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT rotation_runs_pk PRIMARY KEY (id),
    CONSTRAINT rotation_runs_id CHECK (id ~ '^rrn_[0-9a-f]{32}$'),
    CONSTRAINT rotation_runs_rotation FOREIGN KEY (rotation_id) REFERENCES muster.rotations (id),
    CONSTRAINT rotation_runs_cause CHECK (cause IN ('schedule', 'maximum-age', 'suspicion', 'emergency', 'by-hand')),
    CONSTRAINT rotation_runs_state CHECK (state IN ('planned', 'running', 'held', 'stuck', 'finished', 'cancelled')),
    CONSTRAINT rotation_runs_direction CHECK (direction IN ('forth', 'back')),
    CONSTRAINT rotation_runs_step CHECK (
      step IN ('create', 'deliver', 'verify-new', 'watch-old', 'revoke-old', 'verify-dead')),
    CONSTRAINT rotation_runs_end CHECK ((ended_at IS NOT NULL) = (state IN ('finished', 'cancelled'))),
    CONSTRAINT rotation_runs_waiting CHECK ((due_at IS NOT NULL) = (state IN ('planned', 'running', 'held'))),
    CONSTRAINT rotation_runs_override CHECK ((overridden_by IS NULL) = (override_reason IS NULL)),
    CONSTRAINT rotation_runs_stuck CHECK (state <> 'stuck' OR failure IS NOT NULL)
  ) WITH (fillfactor = 70);
  -- The database itself refuses a second one.
  CREATE UNIQUE INDEX rotation_runs_live ON muster.rotation_runs (rotation_id) WHERE ended_at IS NULL;
  CREATE UNIQUE INDEX rotation_runs_pair ON muster.rotation_runs (pair_taken) WHERE pair_taken IS NOT NULL;
  CREATE INDEX rotation_runs_due ON muster.rotation_runs (due_at, id) WHERE due_at IS NOT NULL;
  CREATE INDEX rotation_runs_by_rotation ON muster.rotation_runs (rotation_id, id);
  CREATE INDEX rotation_runs_by_state ON muster.rotation_runs (state, id) WHERE ended_at IS NULL;
  CREATE INDEX rotation_runs_by_emergency ON muster.rotation_runs (emergency_id, id) WHERE emergency_id IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.rotation_runs');

  -- Each stored before it acts.
  CREATE TABLE muster.rotation_steps (
    run_id text COLLATE "C" NOT NULL,
    direction text NOT NULL,
    step text NOT NULL,
    begun_at timestamptz NOT NULL,
    -- What was there before it acted.
    survey jsonb,
    done_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    failure text,
    CONSTRAINT rotation_steps_pk PRIMARY KEY (run_id, direction, step),
    CONSTRAINT rotation_steps_run FOREIGN KEY (run_id) REFERENCES muster.rotation_runs (id),
    CONSTRAINT rotation_steps_direction CHECK (direction IN ('forth', 'back')),
    CONSTRAINT rotation_steps_step CHECK (
      step IN ('create', 'deliver', 'verify-new', 'watch-old', 'revoke-old', 'verify-dead'))
  ) WITH (fillfactor = 80);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.rotation_steps');
`;

const SECRETS = `
  -- What rotations made, sealed under the service's key; destroyed once it is dead.
  CREATE TABLE muster.rotation_secrets (
    rotation_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    account text NOT NULL,
    key_id text,
    secret_sealed bytea,
    proposed_at timestamptz NOT NULL,
    -- When it was seen to work.
    proved_at timestamptz,
    expires_at timestamptz,
    destroyed_at timestamptz,
    CONSTRAINT rotation_secrets_pk PRIMARY KEY (rotation_id, version),
    CONSTRAINT rotation_secrets_rotation FOREIGN KEY (rotation_id) REFERENCES muster.rotations (id),
    CONSTRAINT rotation_secrets_version CHECK (version > 0),
    CONSTRAINT rotation_secrets_destroyed CHECK ((secret_sealed IS NULL) = (destroyed_at IS NOT NULL))
  );
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.rotation_secrets');
  SELECT muster.allow('app', 'UPDATE (key_id, secret_sealed, proved_at, expires_at, destroyed_at)', 'muster.rotation_secrets');
`;

const CONSUMERS = `
  -- Who is known to use what a rotation makes, by the names they give themselves.
  CREATE TABLE muster.rotation_consumers (
    id text COLLATE "C" NOT NULL,
    rotation_id text COLLATE "C" NOT NULL,
    instance text NOT NULL,
    -- The newest version that was read out to it, and the newest that it said it uses.
    fetched_version integer,
    fetched_at timestamptz,
    acknowledged_version integer,
    acknowledged_at timestamptz,
    CONSTRAINT rotation_consumers_pk PRIMARY KEY (id),
    CONSTRAINT rotation_consumers_id CHECK (id ~ '^rcn_[0-9a-f]{32}$'),
    CONSTRAINT rotation_consumers_rotation FOREIGN KEY (rotation_id) REFERENCES muster.rotations (id),
    CONSTRAINT rotation_consumers_instance CHECK (instance <> ''),
    CONSTRAINT rotation_consumers_once UNIQUE (rotation_id, instance)
  ) WITH (fillfactor = 80);
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.rotation_consumers');
  SELECT muster.allow('app', 'UPDATE (fetched_version, fetched_at, acknowledged_version, acknowledged_at)',
    'muster.rotation_consumers');

  -- Whom the target was seen to be used by, and with which version, while a run watched.
  CREATE TABLE muster.rotation_watches (
    run_id text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    address text NOT NULL,
    application text NOT NULL,
    session text,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    open boolean NOT NULL,
    CONSTRAINT rotation_watches_pk PRIMARY KEY (run_id, version, address, application),
    CONSTRAINT rotation_watches_run FOREIGN KEY (run_id) REFERENCES muster.rotation_runs (id)
  ) WITH (fillfactor = 80);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.rotation_watches');
`;

const SINKS = `
  -- Places that secrets are delivered to.
  CREATE TABLE muster.rotation_sinks (
    id text COLLATE "C" NOT NULL,
    rotation_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    -- Where, without any secret; how to get in is sealed.
    place text NOT NULL,
    settings jsonb NOT NULL,
    access_sealed bytea,
    private_network jsonb,
    status text NOT NULL,
    -- What stood there when it was last looked at.
    delivered_version integer,
    revision text,
    delivered_at timestamptz,
    failure text,
    version integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT rotation_sinks_pk PRIMARY KEY (id),
    CONSTRAINT rotation_sinks_id CHECK (id ~ '^rsk_[0-9a-f]{32}$'),
    CONSTRAINT rotation_sinks_rotation FOREIGN KEY (rotation_id) REFERENCES muster.rotations (id),
    CONSTRAINT rotation_sinks_consent CHECK (private_network IS NULL OR private_network ?& ARRAY['by', 'consentedAt', 'reason']),
    CONSTRAINT rotation_sinks_status CHECK (status IN ('active', 'removed'))
  );
  CREATE INDEX rotation_sinks_by_rotation ON muster.rotation_sinks (rotation_id, id) WHERE status <> 'removed';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.rotation_sinks');
`;
