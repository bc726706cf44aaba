import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Programs that a person lets in from their browser: by a code that is typed, or by a redirect on the same machine. */
export class DeviceSignIn1790000001200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${SESSIONS}${DEVICES}${CODES}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const SESSIONS = `
  -- What the program said it runs on; ciphertext under the person's own key.
  ALTER TABLE muster.sessions ADD COLUMN host_sealed text COLLATE "C";
  ALTER TABLE muster.sign_in_tokens
    DROP CONSTRAINT sign_in_tokens_purpose,
    ADD CONSTRAINT sign_in_tokens_purpose
      CHECK (purpose IN ('setup', 'invitation', 'sign-in', 'reset', 'browser', 'admin-sign-in'));
`;

const DEVICES = `
  -- The device's code as a digest, the person's as a keyed one: it is short enough to be tried out. What the device calls
  -- itself is sealed to its row. An approval stands on the session it was given in, and is spent once.
  CREATE TABLE muster.device_authorizations (
    id text COLLATE "C" NOT NULL,
    device_code_hash bytea NOT NULL,
    user_code_index bytea NOT NULL,
    host_sealed bytea NOT NULL,
    address_index bytea NOT NULL,
    state text NOT NULL,
    session_id text COLLATE "C",
    standing jsonb,
    interval_seconds integer NOT NULL,
    polled_at timestamptz,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_at timestamptz,
    CONSTRAINT device_authorizations_pk PRIMARY KEY (id),
    CONSTRAINT device_authorizations_id CHECK (id ~ '^dau_[0-9a-f]{32}$'),
    CONSTRAINT device_authorizations_device_code UNIQUE (device_code_hash),
    CONSTRAINT device_authorizations_device_code_size CHECK (octet_length(device_code_hash) = 32),
    CONSTRAINT device_authorizations_user_code UNIQUE (user_code_index),
    CONSTRAINT device_authorizations_user_code_size CHECK (octet_length(user_code_index) = 32),
    CONSTRAINT device_authorizations_state CHECK (state IN ('pending', 'approved', 'denied', 'spent')),
    CONSTRAINT device_authorizations_session FOREIGN KEY (session_id) REFERENCES muster.sessions (id) ON DELETE CASCADE,
    CONSTRAINT device_authorizations_approver CHECK (
      (state IN ('approved', 'spent')) = (session_id IS NOT NULL) AND (session_id IS NULL) = (standing IS NULL)),
    CONSTRAINT device_authorizations_decided CHECK ((state = 'pending') = (decided_at IS NULL)),
    CONSTRAINT device_authorizations_interval CHECK (interval_seconds BETWEEN 5 AND 3600),
    CONSTRAINT device_authorizations_life
      CHECK (expires_at > requested_at AND expires_at <= requested_at + interval '10 minutes')
  );
  CREATE INDEX device_authorizations_by_expiry ON muster.device_authorizations (expires_at);
  CREATE INDEX device_authorizations_by_session ON muster.device_authorizations (session_id) WHERE session_id IS NOT NULL;

  -- What was decided stays decided; a device that was let in once is not let in again.
  CREATE FUNCTION muster.device_authorizations_keep_their_life() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NOT (NEW.state = OLD.state
      OR (OLD.state = 'pending' AND NEW.state IN ('approved', 'denied'))
      OR (OLD.state = 'approved' AND NEW.state = 'spent')) THEN
      RAISE EXCEPTION 'a device authorization cannot go from % to %', OLD.state, NEW.state
        USING ERRCODE = '23514', CONSTRAINT = 'device_authorizations_life_of_state';
    END IF;
    IF OLD.state <> 'pending' AND (NEW.session_id, NEW.standing) IS DISTINCT FROM (OLD.session_id, OLD.standing) THEN
      RAISE EXCEPTION 'who approved a device does not change'
        USING ERRCODE = '23514', CONSTRAINT = 'device_authorizations_approver_stays';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER device_authorizations_life BEFORE UPDATE ON muster.device_authorizations
    FOR EACH ROW EXECUTE FUNCTION muster.device_authorizations_keep_their_life();

  SELECT muster.allow('app',
    'SELECT, INSERT, UPDATE (state, session_id, standing, interval_seconds, polled_at, decided_at), DELETE',
    'muster.device_authorizations');
`;

const CODES = `
  CREATE TABLE muster.authorization_codes (
    id text COLLATE "C" NOT NULL,
    code_hash bytea NOT NULL,
    session_id text COLLATE "C" NOT NULL,
    standing jsonb NOT NULL,
    host_sealed bytea NOT NULL,
    redirect_uri text COLLATE "C" NOT NULL,
    code_challenge text COLLATE "C" NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    CONSTRAINT authorization_codes_pk PRIMARY KEY (id),
    CONSTRAINT authorization_codes_id CHECK (id ~ '^acd_[0-9a-f]{32}$'),
    CONSTRAINT authorization_codes_hash UNIQUE (code_hash),
    CONSTRAINT authorization_codes_hash_size CHECK (octet_length(code_hash) = 32),
    CONSTRAINT authorization_codes_session FOREIGN KEY (session_id) REFERENCES muster.sessions (id) ON DELETE CASCADE,
    CONSTRAINT authorization_codes_redirect CHECK (redirect_uri ~ '^http://127[.]0[.]0[.]1:[1-9][0-9]{0,4}/'),
    CONSTRAINT authorization_codes_challenge CHECK (code_challenge ~ '^[A-Za-z0-9_-]{43}$'),
    CONSTRAINT authorization_codes_life CHECK (expires_at > made_at AND expires_at <= made_at + interval '60 seconds')
  );
  CREATE INDEX authorization_codes_by_expiry ON muster.authorization_codes (expires_at);
  CREATE INDEX authorization_codes_by_session ON muster.authorization_codes (session_id);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (spent_at), DELETE', 'muster.authorization_codes');
`;
