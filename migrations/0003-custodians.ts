import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The people who answer for identities, their teams, and their sign-in for now. */
export class Custodians1790000000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${PEOPLE}${LIFE}${SETUP}${TEAMS}${SIGN_IN}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const PEOPLE = `
  -- status 'active' means live: whoever answers for an identity is active (the check lies with identities).
  -- Name and e-mail are ciphertext under the person's own key; destroying that key forgets the person.
  CREATE TABLE muster.people (
    id text COLLATE "C" NOT NULL,
    status text NOT NULL,
    name_sealed text COLLATE "C",
    email_sealed text COLLATE "C",
    email_index bytea,
    key_id text COLLATE "C",
    manager_id text COLLATE "C",
    roles text[] NOT NULL,
    version integer NOT NULL,
    invited_at timestamptz NOT NULL,
    activated_at timestamptz,
    departed_at timestamptz,
    removed_at timestamptz,
    CONSTRAINT people_pk PRIMARY KEY (id),
    CONSTRAINT people_id CHECK (id ~ '^per_[0-9a-f]{32}$'),
    CONSTRAINT people_status CHECK (status IN ('invited', 'active', 'departed', 'removed')),
    CONSTRAINT people_roles CHECK (roles <@ ARRAY['administrator', 'analyst', 'auditor', 'custodian', 'platform-engineer']),
    CONSTRAINT people_roles_of_the_here CHECK ((status IN ('invited', 'active')) = (cardinality(roles) > 0)),
    CONSTRAINT people_version CHECK (version >= 1),
    CONSTRAINT people_manager FOREIGN KEY (manager_id) REFERENCES muster.people (id),
    CONSTRAINT people_own_manager CHECK (manager_id <> id),
    CONSTRAINT people_activated CHECK (status <> 'active' OR activated_at IS NOT NULL),
    CONSTRAINT people_departed CHECK ((status IN ('departed', 'removed')) = (departed_at IS NOT NULL)),
    CONSTRAINT people_removed CHECK ((status = 'removed') = (removed_at IS NOT NULL)),
    -- A key exists for everybody but the removed, and for nobody else: these two with person_keys' foreign key say so.
    CONSTRAINT people_key UNIQUE (key_id),
    CONSTRAINT people_own_key CHECK (key_id = id),
    CONSTRAINT people_forgotten CHECK (
      (status = 'removed') = (key_id IS NULL)
      AND (status = 'removed') = (name_sealed IS NULL)
      AND (status = 'removed') = (email_sealed IS NULL)
      AND (status <> 'removed' OR email_index IS NULL)),
    CONSTRAINT people_email_index CHECK (octet_length(email_index) = 32),
    CONSTRAINT people_email_known CHECK (status NOT IN ('invited', 'active') OR email_index IS NOT NULL)
  );
  CREATE UNIQUE INDEX people_email_unique ON muster.people (email_index) WHERE status IN ('invited', 'active');
  CREATE INDEX people_by_manager ON muster.people (manager_id) WHERE manager_id IS NOT NULL;

  CREATE TABLE muster.person_keys (
    person_id text COLLATE "C" NOT NULL,
    key_sealed bytea NOT NULL,
    CONSTRAINT person_keys_pk PRIMARY KEY (person_id),
    CONSTRAINT person_keys_person FOREIGN KEY (person_id) REFERENCES muster.people (key_id) DEFERRABLE INITIALLY DEFERRED
  );
  ALTER TABLE muster.people ADD CONSTRAINT people_has_key
    FOREIGN KEY (key_id) REFERENCES muster.person_keys (person_id) DEFERRABLE INITIALLY DEFERRED;

  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.people');
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.person_keys');
`;

const LIFE = `
  -- Nobody comes back under the same id, and no row ever goes: the log names it.
  CREATE FUNCTION muster.people_keep_their_life() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'people are removed by status, never by row' USING ERRCODE = '23514', CONSTRAINT = 'people_stay';
    END IF;
    IF NEW.id <> OLD.id OR NOT (
      NEW.status = OLD.status
      OR (OLD.status = 'invited' AND NEW.status IN ('active', 'departed'))
      OR (OLD.status = 'active' AND NEW.status = 'departed')
      OR (OLD.status = 'departed' AND NEW.status = 'removed')) THEN
      RAISE EXCEPTION 'a person cannot go from % to %', OLD.status, NEW.status
        USING ERRCODE = '23514', CONSTRAINT = 'people_life';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER people_life BEFORE UPDATE OR DELETE ON muster.people
    FOR EACH ROW EXECUTE FUNCTION muster.people_keep_their_life();
`;

const SETUP = `
  -- Whether Muster has been set up, and how many administrators are active. Counting in one row, by a trigger, makes two
  -- administrators who remove each other at the same time meet at its lock: the second one breaks the check.
  CREATE TABLE muster.setup (
    only_row boolean NOT NULL DEFAULT true,
    completed_at timestamptz,
    active_administrators integer NOT NULL DEFAULT 0,
    CONSTRAINT setup_pk PRIMARY KEY (only_row),
    CONSTRAINT setup_only_row CHECK (only_row),
    CONSTRAINT setup_last_administrator CHECK (active_administrators >= CASE WHEN completed_at IS NULL THEN 0 ELSE 1 END)
  );
  INSERT INTO muster.setup DEFAULT VALUES;

  CREATE FUNCTION muster.people_count_administrators() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    gone integer := 0;
    come integer := 0;
  BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'active' AND 'administrator' = ANY (OLD.roles) THEN gone := 1; END IF;
    IF NEW.status = 'active' AND 'administrator' = ANY (NEW.roles) THEN come := 1; END IF;
    IF come <> gone THEN
      UPDATE muster.setup SET active_administrators = active_administrators + come - gone;
    END IF;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION muster.people_count_administrators() FROM PUBLIC;
  CREATE TRIGGER people_count_administrators AFTER INSERT OR UPDATE ON muster.people
    FOR EACH ROW EXECUTE FUNCTION muster.people_count_administrators();

  SELECT muster.allow('app', 'SELECT, UPDATE (completed_at)', 'muster.setup');
`;

const TEAMS = `
  CREATE TABLE muster.teams (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    manager_id text COLLATE "C",
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT teams_pk PRIMARY KEY (id),
    CONSTRAINT teams_id CHECK (id ~ '^tem_[0-9a-f]{32}$'),
    CONSTRAINT teams_name CHECK (name <> '' AND char_length(name) <= 100),
    CONSTRAINT teams_version CHECK (version >= 1),
    CONSTRAINT teams_manager FOREIGN KEY (manager_id) REFERENCES muster.people (id)
  );
  CREATE UNIQUE INDEX teams_name_unique ON muster.teams (lower(name));
  CREATE INDEX teams_by_manager ON muster.teams (manager_id) WHERE manager_id IS NOT NULL;

  CREATE TABLE muster.team_members (
    team_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    CONSTRAINT team_members_pk PRIMARY KEY (team_id, person_id),
    CONSTRAINT team_members_team FOREIGN KEY (team_id) REFERENCES muster.teams (id) ON DELETE CASCADE,
    CONSTRAINT team_members_person FOREIGN KEY (person_id) REFERENCES muster.people (id)
  );
  CREATE INDEX team_members_by_person ON muster.team_members (person_id);

  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE, DELETE', 'muster.teams');
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.team_members');
`;

const SIGN_IN = `
  -- Tokens are kept as SHA-256 digests alone. Nothing here says where a person signs in from.
  CREATE TABLE muster.sign_in_tokens (
    id text COLLATE "C" NOT NULL,
    token_hash bytea NOT NULL,
    purpose text NOT NULL,
    person_id text COLLATE "C",
    made_by text COLLATE "C" NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    ended_at timestamptz,
    CONSTRAINT sign_in_tokens_pk PRIMARY KEY (id),
    CONSTRAINT sign_in_tokens_id CHECK (id ~ '^inv_[0-9a-f]{32}$'),
    CONSTRAINT sign_in_tokens_hash UNIQUE (token_hash),
    CONSTRAINT sign_in_tokens_hash_size CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sign_in_tokens_purpose CHECK (purpose IN ('setup', 'invitation', 'sign-in', 'admin-sign-in')),
    CONSTRAINT sign_in_tokens_person FOREIGN KEY (person_id) REFERENCES muster.people (id),
    CONSTRAINT sign_in_tokens_whose CHECK ((purpose = 'setup') = (person_id IS NULL)),
    CONSTRAINT sign_in_tokens_expiry CHECK (expires_at > made_at AND expires_at <= made_at + interval '720 hours'),
    CONSTRAINT sign_in_tokens_once CHECK (spent_at IS NULL OR ended_at IS NULL)
  );
  CREATE UNIQUE INDEX sign_in_tokens_one_open ON muster.sign_in_tokens (person_id)
    WHERE spent_at IS NULL AND ended_at IS NULL AND person_id IS NOT NULL;
  CREATE INDEX sign_in_tokens_printed ON muster.sign_in_tokens (made_at) WHERE purpose = 'admin-sign-in';

  CREATE TABLE muster.sessions (
    id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    token_hash bytea NOT NULL,
    started_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT sessions_pk PRIMARY KEY (id),
    CONSTRAINT sessions_id CHECK (id ~ '^ses_[0-9a-f]{32}$'),
    CONSTRAINT sessions_person FOREIGN KEY (person_id) REFERENCES muster.people (id),
    CONSTRAINT sessions_hash UNIQUE (token_hash),
    CONSTRAINT sessions_hash_size CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_life CHECK (expires_at > started_at AND expires_at <= started_at + interval '12 hours'),
    CONSTRAINT sessions_seen CHECK (last_seen_at >= started_at)
  );
  CREATE INDEX sessions_by_person ON muster.sessions (person_id, id);

  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (spent_at, ended_at), DELETE', 'muster.sign_in_tokens');
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (last_seen_at, ended_at), DELETE', 'muster.sessions');
`;
