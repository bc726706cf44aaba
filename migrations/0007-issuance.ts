import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Authorities, token keys and profiles; the intents that a signature needs; receipts, certificate revocation lists, and
 * where each reporting point stands.
 *
 * What keeps a compromised web process small: it may add an intent, never change one; when it was recorded is the
 * database's word; and the profiles, which say what may be signed at all, are the owner's.
 */
export class Issuance1790000000700 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(AUTHORITIES);
    await runner.query(PROFILES);
    await runner.query(RECEIPTS);
    await runner.query(INTENTS);
    await runner.query(REVOCATION_LISTS);
    await runner.query(USAGE_POINTS);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const AUTHORITIES = `
  CREATE TABLE muster.authorities (
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    issuer_id text COLLATE "C",
    certificate bytea NOT NULL,
    subject_key_id bytea NOT NULL,
    sealed_key bytea NOT NULL,
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT authorities_pk PRIMARY KEY (id),
    CONSTRAINT authorities_id CHECK (id ~ '^aut_[0-9a-f]{32}$'),
    CONSTRAINT authorities_kind CHECK (kind IN ('root', 'issuing')),
    CONSTRAINT authorities_state CHECK (state IN ('prepare', 'active', 'taint', 'revoked')),
    CONSTRAINT authorities_issuer FOREIGN KEY (issuer_id) REFERENCES muster.authorities,
    CONSTRAINT authorities_issued CHECK ((kind = 'root') = (issuer_id IS NULL)),
    CONSTRAINT authorities_subject_key UNIQUE (subject_key_id),
    CONSTRAINT authorities_period CHECK (not_before < not_after)
  );
  -- Two processes at the first start, or two ceremonies: one wins.
  CREATE UNIQUE INDEX authorities_one_active ON muster.authorities (kind) WHERE state = 'active';
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.authorities');
  SELECT muster.allow('signer', 'SELECT', 'muster.authorities');

  CREATE TABLE muster.signing_keys (
    id text COLLATE "C" NOT NULL,
    algorithm text NOT NULL,
    state text NOT NULL,
    public_key bytea NOT NULL,
    sealed_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT signing_keys_pk PRIMARY KEY (id),
    CONSTRAINT signing_keys_id CHECK (id ~ '^sgk_[0-9a-f]{32}$'),
    CONSTRAINT signing_keys_algorithm CHECK (algorithm = 'ES256'),
    CONSTRAINT signing_keys_state CHECK (state IN ('active', 'retired')),
    CONSTRAINT signing_keys_public_key UNIQUE (public_key)
  );
  CREATE UNIQUE INDEX signing_keys_one_active ON muster.signing_keys (algorithm) WHERE state = 'active';
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.signing_keys');
  SELECT muster.allow('signer', 'SELECT', 'muster.signing_keys');
`;

/** Lifetimes in seconds. `dns_suffixes`: a name equal to one of them, or below it, may stand in a certificate. */
const PROFILES = `
  CREATE TABLE muster.profiles (
    id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    default_ttl_seconds integer NOT NULL,
    max_ttl_seconds integer NOT NULL,
    dns_suffixes text[] NOT NULL,
    version integer NOT NULL,
    CONSTRAINT profiles_pk PRIMARY KEY (id),
    CONSTRAINT profiles_id CHECK (id ~ '^prf_[0-9a-f]{32}$'),
    CONSTRAINT profiles_name UNIQUE (name),
    CONSTRAINT profiles_kind CHECK (kind IN ('svid', 'service', 'token')),
    CONSTRAINT profiles_ttl CHECK (0 < default_ttl_seconds AND default_ttl_seconds <= max_ttl_seconds),
    CONSTRAINT profiles_max_ttl CHECK (max_ttl_seconds <= 7 * 86400)
  );
  INSERT INTO muster.profiles (id, name, kind, default_ttl_seconds, max_ttl_seconds, dns_suffixes, version) VALUES
    ('prf_00000000000070008000000000000001', 'workload', 'svid', 3600, 86400, '{}', 1),
    ('prf_00000000000070008000000000000002', 'server', 'svid', 3600, 86400, '{localhost}', 1),
    ('prf_00000000000070008000000000000003', 'service', 'service', 86400, 86400, '{}', 1),
    ('prf_00000000000070008000000000000004', 'access-token', 'token', 300, 900, '{}', 1);
  SELECT muster.allow('app', 'SELECT', 'muster.profiles');
  SELECT muster.allow('signer', 'SELECT', 'muster.profiles');
`;

/** ATT-4. `claims` is sealed under the service key, for claims name people; its digest is in the log. */
const RECEIPTS = `
  CREATE TABLE muster.receipts (
    id text COLLATE "C" NOT NULL,
    credential_id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    source_version integer,
    claims bytea NOT NULL,
    claims_sha256 bytea NOT NULL,
    decision jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT receipts_pk PRIMARY KEY (id),
    CONSTRAINT receipts_id CHECK (id ~ '^rcp_[0-9a-f]{32}$'),
    CONSTRAINT receipts_credential UNIQUE (credential_id),
    CONSTRAINT receipts_identity FOREIGN KEY (identity_id) REFERENCES muster.identities,
    CONSTRAINT receipts_kind CHECK (kind IN ('oidc', 'join-token', 'certificate')),
    CONSTRAINT receipts_version CHECK ((kind = 'oidc') = (source_version IS NOT NULL)),
    CONSTRAINT receipts_claims_sha256 CHECK (octet_length(claims_sha256) = 32)
  );
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.receipts');
`;

/**
 * The exact bytes to be signed, recorded before they are (ISS-7). A repeat is a second delivery of the same bytes to the
 * same key (decision 10), so that each signature has a fresh record of its own.
 */
const INTENTS = `
  CREATE TABLE muster.intents (
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    credential_id text COLLATE "C" NOT NULL,
    repeats text COLLATE "C",
    identity_id text COLLATE "C",
    authority_id text COLLATE "C",
    signing_key_id text COLLATE "C",
    profile_id text COLLATE "C" NOT NULL,
    profile_version integer NOT NULL,
    tbs bytea NOT NULL,
    spki bytea,
    serial bytea,
    not_before timestamptz NOT NULL,
    not_after timestamptz NOT NULL,
    receipt_id text COLLATE "C",
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT intents_pk PRIMARY KEY (id),
    CONSTRAINT intents_id CHECK (id ~ '^int_[0-9a-f]{32}$'),
    CONSTRAINT intents_kind CHECK (kind IN ('certificate', 'token')),
    CONSTRAINT intents_credential CHECK (
      credential_id ~ CASE kind WHEN 'certificate' THEN '^crt_[0-9a-f]{32}$' ELSE '^tok_[0-9a-f]{32}$' END),
    CONSTRAINT intents_repeats FOREIGN KEY (repeats) REFERENCES muster.intents,
    CONSTRAINT intents_identity FOREIGN KEY (identity_id) REFERENCES muster.identities,
    CONSTRAINT intents_authority FOREIGN KEY (authority_id) REFERENCES muster.authorities,
    CONSTRAINT intents_signing_key FOREIGN KEY (signing_key_id) REFERENCES muster.signing_keys,
    CONSTRAINT intents_profile FOREIGN KEY (profile_id) REFERENCES muster.profiles,
    CONSTRAINT intents_receipt FOREIGN KEY (receipt_id) REFERENCES muster.receipts,
    CONSTRAINT intents_tbs CHECK (octet_length(tbs) BETWEEN 1 AND 16384),
    CONSTRAINT intents_serial_size CHECK (octet_length(serial) BETWEEN 8 AND 20),
    CONSTRAINT intents_period CHECK (not_before < not_after),
    CONSTRAINT intents_certificate CHECK ((kind = 'certificate') = (authority_id IS NOT NULL)),
    CONSTRAINT intents_certificate_key CHECK ((kind = 'certificate') = (spki IS NOT NULL)),
    CONSTRAINT intents_certificate_serial CHECK ((kind = 'certificate') = (serial IS NOT NULL)),
    CONSTRAINT intents_token CHECK ((kind = 'token') = (signing_key_id IS NOT NULL)),
    CONSTRAINT intents_attested CHECK ((identity_id IS NULL) = (receipt_id IS NULL))
  );
  CREATE UNIQUE INDEX intents_one_serial ON muster.intents (serial) WHERE repeats IS NULL;
  CREATE UNIQUE INDEX intents_one_credential ON muster.intents (credential_id) WHERE repeats IS NULL;
  SELECT muster.allow('app', 'SELECT', 'muster.intents');
  -- Everything but recorded_at: how old an intent is, only the database says.
  SELECT muster.allow('app',
    'INSERT (id, kind, credential_id, repeats, identity_id, authority_id, signing_key_id, profile_id, profile_version,
             tbs, spki, serial, not_before, not_after, receipt_id)', 'muster.intents');
  SELECT muster.allow('signer', 'SELECT', 'muster.intents');
  -- What the signer checks an intent against, and nothing more of the inventory.
  SELECT muster.allow('signer', 'SELECT (id, spiffe_id)', 'muster.identities');
  SELECT muster.allow('signer', 'SELECT (id, revoked_at)', 'muster.credentials');
`;

const REVOCATION_LISTS = `
  CREATE TABLE muster.crls (
    id text COLLATE "C" NOT NULL,
    authority_id text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    this_update timestamptz NOT NULL,
    next_update timestamptz NOT NULL,
    tbs bytea NOT NULL,
    der bytea,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT crls_pk PRIMARY KEY (id),
    CONSTRAINT crls_id CHECK (id ~ '^crl_[0-9a-f]{32}$'),
    CONSTRAINT crls_authority FOREIGN KEY (authority_id) REFERENCES muster.authorities,
    CONSTRAINT crls_number UNIQUE (authority_id, number),
    CONSTRAINT crls_number_positive CHECK (number > 0),
    CONSTRAINT crls_period CHECK (this_update < next_update AND next_update <= this_update + interval '10 minutes')
  );
  -- Deleted a day after it lapsed: what was published stays in the log.
  SELECT muster.allow('app',
    'SELECT, INSERT (id, authority_id, number, this_update, next_update, tbs), UPDATE (der), DELETE', 'muster.crls');
  SELECT muster.allow('signer', 'SELECT', 'muster.crls');
`;

/** Which numbered reports of use have come from each enforcement point; `missing` is what is known to be lost. */
const USAGE_POINTS = `
  CREATE TABLE muster.usage_points (
    identity_id text COLLATE "C" NOT NULL,
    point text COLLATE "C" NOT NULL,
    last_batch bigint NOT NULL,
    missing int8multirange NOT NULL DEFAULT '{}',
    reported_at timestamptz NOT NULL,
    CONSTRAINT usage_points_pk PRIMARY KEY (identity_id, point),
    CONSTRAINT usage_points_identity FOREIGN KEY (identity_id) REFERENCES muster.identities,
    CONSTRAINT usage_points_last_batch CHECK (last_batch > 0)
  );
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.usage_points');
`;
