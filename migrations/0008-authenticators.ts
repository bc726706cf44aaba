import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people sign in and prove their presence with, and what each session has proved. */
export class Authenticators1790000000800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${SESSIONS}${AUTHENTICATORS}${CEREMONIES}${SINGLE_SIGN_ON}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const SESSIONS = `
  ALTER TABLE muster.sessions
    ADD COLUMN began_by text NOT NULL DEFAULT 'token',
    ADD COLUMN acr text NOT NULL DEFAULT 'loa1',
    ADD COLUMN amr text[] NOT NULL DEFAULT '{}',
    ADD COLUMN proved_loa1c_at timestamptz,
    ADD COLUMN proved_loa2_at timestamptz,
    ADD COLUMN proved_loa3_at timestamptz,
    ADD COLUMN proved_loa4_at timestamptz,
    ADD CONSTRAINT sessions_began_by
      CHECK (began_by IN ('token', 'passkey', 'totp', 'recovery-code', 'admin-sign-in', 'single-sign-on', 'device')),
    ADD CONSTRAINT sessions_acr CHECK (acr IN ('loa1', 'loa1c', 'loa2', 'loa3', 'loa4')),
    ADD CONSTRAINT sessions_proved CHECK (
      acr <> 'loa1'
      OR (proved_loa1c_at IS NULL AND proved_loa2_at IS NULL AND proved_loa3_at IS NULL AND proved_loa4_at IS NULL));
  SELECT muster.allow('app', 'UPDATE (acr, amr, proved_loa1c_at, proved_loa2_at, proved_loa3_at, proved_loa4_at)',
    'muster.sessions');
  CREATE INDEX sessions_recovered ON muster.sessions (started_at) WHERE began_by = 'recovery-code';

  -- A token that takes the place of authenticators somebody lost.
  ALTER TABLE muster.sign_in_tokens
    DROP CONSTRAINT sign_in_tokens_purpose,
    ADD CONSTRAINT sign_in_tokens_purpose
      CHECK (purpose IN ('setup', 'invitation', 'sign-in', 'admin-sign-in', 'reset'));
  CREATE INDEX sign_in_tokens_reset ON muster.sign_in_tokens (made_at) WHERE purpose = 'reset';
`;

const AUTHENTICATORS = `
  -- What somebody called theirs is ciphertext under their own key, like their name.
  CREATE TABLE muster.authenticators (
    id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    name_sealed text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT authenticators_pk PRIMARY KEY (id),
    CONSTRAINT authenticators_kind_of UNIQUE (id, kind),
    CONSTRAINT authenticators_id CHECK (id ~ '^ath_[0-9a-f]{32}$'),
    CONSTRAINT authenticators_person FOREIGN KEY (person_id) REFERENCES muster.people (id),
    CONSTRAINT authenticators_kind CHECK (kind IN ('passkey', 'totp', 'recovery-codes')),
    CONSTRAINT authenticators_version CHECK (version >= 1),
    CONSTRAINT authenticators_confirmed CHECK (kind = 'totp' OR confirmed_at IS NOT NULL)
  );
  CREATE INDEX authenticators_by_person ON muster.authenticators (person_id, id);
  -- One at a time: a second secret would double what can be guessed.
  CREATE UNIQUE INDEX authenticators_one_totp ON muster.authenticators (person_id)
    WHERE kind = 'totp' AND confirmed_at IS NOT NULL;
  CREATE UNIQUE INDEX authenticators_one_pending_totp ON muster.authenticators (person_id)
    WHERE kind = 'totp' AND confirmed_at IS NULL;
  CREATE UNIQUE INDEX authenticators_one_recovery_codes ON muster.authenticators (person_id)
    WHERE kind = 'recovery-codes';

  -- Nothing secret: the public half of a key pair, and how often it signed (WebAuthn Level 3 §4, credential record).
  CREATE TABLE muster.passkeys (
    authenticator_id text COLLATE "C" NOT NULL,
    kind text NOT NULL DEFAULT 'passkey',
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    backup_eligible boolean NOT NULL,
    transports text[] NOT NULL,
    CONSTRAINT passkeys_pk PRIMARY KEY (authenticator_id),
    CONSTRAINT passkeys_kind CHECK (kind = 'passkey'),
    CONSTRAINT passkeys_authenticator FOREIGN KEY (authenticator_id, kind)
      REFERENCES muster.authenticators (id, kind) ON DELETE CASCADE,
    CONSTRAINT passkeys_credential UNIQUE (credential_id),
    CONSTRAINT passkeys_credential_size CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    CONSTRAINT passkeys_public_key_size CHECK (octet_length(public_key) BETWEEN 1 AND 4096),
    CONSTRAINT passkeys_sign_count CHECK (sign_count BETWEEN 0 AND 4294967295)
  );

  -- The secret is sealed to its row. A code's step is used once, and failures in a row lock it for a while.
  CREATE TABLE muster.totp_secrets (
    authenticator_id text COLLATE "C" NOT NULL,
    kind text NOT NULL DEFAULT 'totp',
    secret_sealed bytea NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    CONSTRAINT totp_secrets_pk PRIMARY KEY (authenticator_id),
    CONSTRAINT totp_secrets_kind CHECK (kind = 'totp'),
    CONSTRAINT totp_secrets_authenticator FOREIGN KEY (authenticator_id, kind)
      REFERENCES muster.authenticators (id, kind) ON DELETE CASCADE,
    CONSTRAINT totp_secrets_failures CHECK (failures >= 0)
  );

  -- Codes as keyed digests alone.
  CREATE TABLE muster.recovery_codes (
    authenticator_id text COLLATE "C" NOT NULL,
    kind text NOT NULL DEFAULT 'recovery-codes',
    code_index bytea NOT NULL,
    spent_at timestamptz,
    CONSTRAINT recovery_codes_pk PRIMARY KEY (authenticator_id, code_index),
    CONSTRAINT recovery_codes_kind CHECK (kind = 'recovery-codes'),
    CONSTRAINT recovery_codes_authenticator FOREIGN KEY (authenticator_id, kind)
      REFERENCES muster.authenticators (id, kind) ON DELETE CASCADE,
    CONSTRAINT recovery_codes_index_size CHECK (octet_length(code_index) = 32)
  );

  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (name_sealed, version, confirmed_at, last_used_at), DELETE',
    'muster.authenticators');
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (sign_count), DELETE', 'muster.passkeys');
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (last_step, failures, locked_until), DELETE',
    'muster.totp_secrets');
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (spent_at), DELETE', 'muster.recovery_codes');
`;

const CEREMONIES = `
  -- What a browser was asked and has not answered yet: single use, minutes long, deleted when spent. The nonce is the
  -- challenge of a passkey, or the digest of the state of a single sign-on.
  CREATE TABLE muster.ceremonies (
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    nonce bytea NOT NULL,
    session_id text COLLATE "C",
    memory_sealed bytea,
    expires_at timestamptz NOT NULL,
    CONSTRAINT ceremonies_pk PRIMARY KEY (id),
    CONSTRAINT ceremonies_id CHECK (id ~ '^cer_[0-9a-f]{32}$'),
    CONSTRAINT ceremonies_kind CHECK (kind IN ('enrolment', 'sign-in', 'single-sign-on')),
    CONSTRAINT ceremonies_nonce UNIQUE (nonce),
    CONSTRAINT ceremonies_nonce_size CHECK (octet_length(nonce) = 32),
    CONSTRAINT ceremonies_session FOREIGN KEY (session_id) REFERENCES muster.sessions (id) ON DELETE CASCADE,
    CONSTRAINT ceremonies_whose CHECK ((kind = 'enrolment') = (session_id IS NOT NULL)),
    CONSTRAINT ceremonies_memory CHECK ((kind = 'single-sign-on') = (memory_sealed IS NOT NULL))
  );
  CREATE INDEX ceremonies_by_expiry ON muster.ceremonies (expires_at);
  CREATE INDEX ceremonies_by_session ON muster.ceremonies (session_id) WHERE session_id IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.ceremonies');
`;

const SINGLE_SIGN_ON = `
  -- Who somebody is at the provider, as a keyed digest: a subject may be an e-mail address.
  CREATE TABLE muster.single_sign_on_links (
    person_id text COLLATE "C" NOT NULL,
    issuer text NOT NULL,
    subject_index bytea NOT NULL,
    linked_at timestamptz NOT NULL,
    CONSTRAINT single_sign_on_links_pk PRIMARY KEY (person_id, issuer),
    CONSTRAINT single_sign_on_links_subject UNIQUE (issuer, subject_index),
    CONSTRAINT single_sign_on_links_subject_size CHECK (octet_length(subject_index) = 32),
    CONSTRAINT single_sign_on_links_person FOREIGN KEY (person_id) REFERENCES muster.people (id)
  );
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.single_sign_on_links');
`;
