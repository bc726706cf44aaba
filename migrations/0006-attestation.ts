import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may vouch for identities, for which, and what was already used up. */
export class Attestation1790000000600 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${PROVIDERS}${TRUSTS}${LIFE}${TOKENS}${REFUSALS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const PROVIDERS = `
  CREATE TABLE muster.providers (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    algorithms text[] NOT NULL,
    jwks_uri text COLLATE "C",
    ca_certificates text COLLATE "C",
    consent_by text COLLATE "C",
    consent_at timestamptz,
    consent_reason text,
    max_token_age_seconds integer NOT NULL,
    clock_skew_seconds integer NOT NULL,
    status text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT providers_pk PRIMARY KEY (id),
    CONSTRAINT providers_id CHECK (id ~ '^prv_[0-9a-f]{32}$'),
    CONSTRAINT providers_name CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT providers_kind CHECK (kind IN ('github-actions', 'gitlab', 'kubernetes', 'generic')),
    CONSTRAINT providers_issuer CHECK (issuer ~ '^https://[^[:space:]?#]+$' AND length(issuer) <= 255),
    -- Neither 'none' nor a symmetric algorithm can be stored, whoever writes.
    CONSTRAINT providers_algorithms CHECK (cardinality(algorithms) BETWEEN 1 AND 9
      AND array_position(algorithms, NULL) IS NULL
      AND algorithms <@ ARRAY['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA']),
    CONSTRAINT providers_jwks_uri CHECK (jwks_uri ~ '^https://[^[:space:]#]+$' AND length(jwks_uri) <= 255),
    CONSTRAINT providers_ca_certificates CHECK (length(ca_certificates) <= 65536),
    CONSTRAINT providers_consent CHECK (num_nulls(consent_by, consent_at, consent_reason) IN (0, 3)),
    CONSTRAINT providers_consent_by FOREIGN KEY (consent_by) REFERENCES muster.people (id),
    CONSTRAINT providers_max_token_age CHECK (max_token_age_seconds BETWEEN 60 AND 86400),
    CONSTRAINT providers_clock_skew CHECK (clock_skew_seconds BETWEEN 0 AND 60),
    CONSTRAINT providers_status CHECK (status IN ('active', 'paused', 'removed')),
    CONSTRAINT providers_version CHECK (version >= 1)
  );
  CREATE UNIQUE INDEX providers_name_unique ON muster.providers (name) WHERE status <> 'removed';
  -- A token names its issuer and nothing else: two providers for one issuer would be a choice nobody made.
  CREATE UNIQUE INDEX providers_issuer_unique ON muster.providers (issuer) WHERE status <> 'removed';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.providers');
`;

const TRUSTS = `
  CREATE TABLE muster.trusts (
    id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    provider_id text COLLATE "C" NOT NULL,
    audience text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    pins jsonb NOT NULL,
    condition text COLLATE "C",
    max_ttl_seconds integer,
    status text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT trusts_pk PRIMARY KEY (id),
    CONSTRAINT trusts_id CHECK (id ~ '^trs_[0-9a-f]{32}$'),
    CONSTRAINT trusts_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT trusts_provider FOREIGN KEY (provider_id) REFERENCES muster.providers (id),
    CONSTRAINT trusts_audience CHECK (length(audience) BETWEEN 1 AND 255 AND strpos(audience, '*') = 0),
    -- A wildcard only at the end, right behind a separator, and never alone.
    CONSTRAINT trusts_subject CHECK (length(subject) BETWEEN 1 AND 512
      AND (strpos(subject, '*') = 0 OR (strpos(subject, '*') = length(subject) AND subject ~ '^.{11,}[:/][*]$'))),
    CONSTRAINT trusts_pins CHECK (jsonb_typeof(pins) = 'object'),
    CONSTRAINT trusts_condition CHECK (length(condition) BETWEEN 1 AND 2000),
    CONSTRAINT trusts_max_ttl CHECK (max_ttl_seconds BETWEEN 60 AND 86400),
    CONSTRAINT trusts_status CHECK (status IN ('active', 'paused', 'removed')),
    CONSTRAINT trusts_version CHECK (version >= 1)
  );
  CREATE INDEX trusts_by_subject ON muster.trusts (provider_id, subject) WHERE status = 'active';
  CREATE INDEX trusts_by_identity ON muster.trusts (identity_id, id) WHERE status <> 'removed';
  CREATE INDEX trusts_live ON muster.trusts (provider_id, id) WHERE status <> 'removed';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.trusts');
`;

const LIFE = `
  -- Every change is the next version; what a version meant for whom never changes, and the removed stay removed.
  CREATE FUNCTION muster.federation_keeps_its_life() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF OLD.status = 'removed' THEN
      RAISE EXCEPTION 'what was removed does not come back'
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_removed';
    END IF;
    IF NEW.version <> OLD.version + 1 OR NEW.id <> OLD.id OR NEW.created_at <> OLD.created_at THEN
      RAISE EXCEPTION 'a change is the next version of the same thing'
        USING ERRCODE = '23514', CONSTRAINT = TG_TABLE_NAME || '_next_version';
    END IF;
    RETURN NEW;
  END $$;

  CREATE FUNCTION muster.providers_keep_their_issuer() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.issuer <> OLD.issuer OR NEW.kind <> OLD.kind THEN
      RAISE EXCEPTION 'another issuer or kind is another provider'
        USING ERRCODE = '23514', CONSTRAINT = 'providers_same_issuer';
    END IF;
    IF NEW.status = 'removed' AND EXISTS (
      SELECT FROM muster.trusts WHERE provider_id = NEW.id AND status <> 'removed') THEN
      RAISE EXCEPTION 'trusts still name this provider'
        USING ERRCODE = '23503', CONSTRAINT = 'providers_in_use';
    END IF;
    RETURN NEW;
  END $$;

  -- The lock on the provider closes the gap between its removal and a trust that is made meanwhile.
  CREATE FUNCTION muster.trusts_keep_their_ends() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'UPDATE' THEN
      IF NEW.identity_id <> OLD.identity_id OR NEW.provider_id <> OLD.provider_id THEN
        RAISE EXCEPTION 'another identity or provider is another trust'
          USING ERRCODE = '23514', CONSTRAINT = 'trusts_same_ends';
      END IF;
      RETURN NEW;
    END IF;
    PERFORM FROM muster.providers WHERE id = NEW.provider_id AND status <> 'removed' FOR SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'no such provider' USING ERRCODE = '23503', CONSTRAINT = 'trusts_provider';
    END IF;
    RETURN NEW;
  END $$;

  CREATE TRIGGER providers_life BEFORE UPDATE ON muster.providers
    FOR EACH ROW EXECUTE FUNCTION muster.federation_keeps_its_life();
  CREATE TRIGGER providers_same_issuer BEFORE UPDATE ON muster.providers
    FOR EACH ROW EXECUTE FUNCTION muster.providers_keep_their_issuer();
  CREATE TRIGGER trusts_life BEFORE UPDATE ON muster.trusts
    FOR EACH ROW EXECUTE FUNCTION muster.federation_keeps_its_life();
  CREATE TRIGGER trusts_same_ends BEFORE INSERT OR UPDATE ON muster.trusts
    FOR EACH ROW EXECUTE FUNCTION muster.trusts_keep_their_ends();
`;

const TOKENS = `
  -- Only the digest: who reads this table can join nothing.
  CREATE TABLE muster.join_tokens (
    id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT join_tokens_pk PRIMARY KEY (id),
    CONSTRAINT join_tokens_id CHECK (id ~ '^jtk_[0-9a-f]{32}$'),
    CONSTRAINT join_tokens_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT join_tokens_digest UNIQUE (digest),
    CONSTRAINT join_tokens_digest_size CHECK (octet_length(digest) = 32),
    CONSTRAINT join_tokens_life CHECK (expires_at > created_at AND expires_at <= created_at + interval '10 minutes')
  );
  CREATE INDEX join_tokens_by_expiry ON muster.join_tokens (expires_at);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.join_tokens');

  -- One token, one key, one identity, one certificate (decision 10). Kept until the token has long expired, so that a
  -- clock that is set back revives nothing.
  CREATE TABLE muster.attestation_uses (
    token_digest bytea NOT NULL,
    spki_sha256 bytea NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    trust_id text COLLATE "C",
    trust_version integer,
    join_token_id text COLLATE "C",
    certificate_id text COLLATE "C",
    used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT attestation_uses_pk PRIMARY KEY (token_digest),
    CONSTRAINT attestation_uses_token_digest CHECK (octet_length(token_digest) = 32),
    CONSTRAINT attestation_uses_spki CHECK (octet_length(spki_sha256) = 32),
    CONSTRAINT attestation_uses_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT attestation_uses_trust FOREIGN KEY (trust_id) REFERENCES muster.trusts (id),
    CONSTRAINT attestation_uses_join_token FOREIGN KEY (join_token_id) REFERENCES muster.join_tokens (id),
    CONSTRAINT attestation_uses_kind CHECK (num_nonnulls(trust_id, join_token_id) = 1
      AND (trust_id IS NULL) = (trust_version IS NULL)),
    CONSTRAINT attestation_uses_certificate UNIQUE (certificate_id),
    CONSTRAINT attestation_uses_certificate_id CHECK (certificate_id ~ '^crt_[0-9a-f]{32}$')
  );
  CREATE INDEX attestation_uses_by_expiry ON muster.attestation_uses (expires_at);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE, UPDATE (certificate_id)', 'muster.attestation_uses');

  CREATE FUNCTION muster.attestation_uses_bind_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF OLD.certificate_id IS NOT NULL THEN
      RAISE EXCEPTION 'a token gives one certificate' USING ERRCODE = '23514', CONSTRAINT = 'attestation_uses_bound';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER attestation_uses_bound BEFORE UPDATE ON muster.attestation_uses
    FOR EACH ROW EXECUTE FUNCTION muster.attestation_uses_bind_once();
`;

const REFUSALS = `
  -- "The log" of ATT-2: why strangers were refused. Bounded, short-lived, and no part of the audit log (decision 2).
  CREATE TABLE muster.attestation_refusals (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    evidence text NOT NULL,
    reason text COLLATE "C" NOT NULL,
    issuer text COLLATE "C",
    address text COLLATE "C" NOT NULL,
    provider_id text COLLATE "C",
    trust_id text COLLATE "C",
    identity_id text COLLATE "C",
    request_id text COLLATE "C",
    times integer NOT NULL,
    CONSTRAINT attestation_refusals_pk PRIMARY KEY (id),
    CONSTRAINT attestation_refusals_evidence CHECK (evidence IN ('oidc', 'join-token', 'any')),
    CONSTRAINT attestation_refusals_reason CHECK (length(reason) <= 40),
    CONSTRAINT attestation_refusals_issuer CHECK (length(issuer) <= 255),
    CONSTRAINT attestation_refusals_address CHECK (length(address) <= 64),
    CONSTRAINT attestation_refusals_times CHECK (times >= 1)
  );
  CREATE INDEX attestation_refusals_by_instant ON muster.attestation_refusals (at);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.attestation_refusals');
`;
