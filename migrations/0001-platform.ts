import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What every other migration stands on: schemas, the giving of rights, the installation's own row, idempotency keys.
 *
 * The migrator runs as the owner, creates schema `muster` (its ledger of migrations lies there) and names the other two
 * roles in the settings `muster.app_role` and `muster.signer_role`.
 */
export class Platform1790000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE SCHEMA IF NOT EXISTS muster;
      CREATE SCHEMA IF NOT EXISTS audit;
      CREATE SCHEMA IF NOT EXISTS bullmq;

      -- Gives rights on one object to a role by what it is for ('app' or 'signer'), whatever it is called here.
      CREATE FUNCTION muster.allow(role_kind text, privileges text, object text) RETURNS void
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        role_name text := CASE role_kind
          WHEN 'app' THEN current_setting('muster.app_role')
          WHEN 'signer' THEN current_setting('muster.signer_role')
        END;
      BEGIN
        IF role_name IS NULL THEN
          RAISE EXCEPTION 'muster.allow knows the roles app and signer, not %', role_kind;
        END IF;
        EXECUTE format('GRANT %s ON %s TO %I', privileges, object, role_name);
      END $$;
      REVOKE ALL ON FUNCTION muster.allow(text, text, text) FROM PUBLIC;

      SELECT muster.allow('app', 'USAGE', 'SCHEMA muster');
      SELECT muster.allow('app', 'USAGE', 'SCHEMA audit');
      SELECT muster.allow('app', 'USAGE', 'SCHEMA bullmq');
      SELECT muster.allow('signer', 'USAGE', 'SCHEMA muster');
      SELECT muster.allow('signer', 'USAGE', 'SCHEMA audit');

      -- One installation serves one firm and one SPIFFE trust domain (decision 11): one row, and its domain stays.
      CREATE TABLE muster.installation (
        only_row boolean NOT NULL DEFAULT true,
        id text COLLATE "C" NOT NULL,
        public_url text NOT NULL,
        trust_domain text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT installation_pk PRIMARY KEY (id),
        CONSTRAINT installation_one_row UNIQUE (only_row),
        CONSTRAINT installation_only_row CHECK (only_row),
        CONSTRAINT installation_id CHECK (id ~ '^ins_[0-9a-f]{32}$')
      );
      SELECT muster.allow('app', 'SELECT', 'muster.installation');
      SELECT muster.allow('signer', 'SELECT', 'muster.installation');

      -- Decision 9. An answer that carries a secret is never stored: it is withheld from repeats. "effective" is set in the
      -- use case's own transaction, before there is an answer.
      CREATE TABLE muster.idempotency_keys (
        caller text COLLATE "C" NOT NULL,
        route text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        body_digest bytea NOT NULL,
        state text NOT NULL,
        status integer,
        answer text,
        resource_id text COLLATE "C",
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT idempotency_keys_pk PRIMARY KEY (caller, route, key),
        CONSTRAINT idempotency_keys_body_digest CHECK (octet_length(body_digest) = 32),
        CONSTRAINT idempotency_keys_state CHECK (state IN ('running', 'effective', 'answered', 'withheld')),
        CONSTRAINT idempotency_keys_answer CHECK (state = 'answered' OR answer IS NULL),
        CONSTRAINT idempotency_keys_status CHECK ((state IN ('running', 'effective')) = (status IS NULL)),
        CONSTRAINT idempotency_keys_expiry CHECK (expires_at > created_at)
      );
      CREATE INDEX idempotency_keys_by_expiry ON muster.idempotency_keys (expires_at);
      SELECT muster.allow('app', 'SELECT, INSERT, UPDATE, DELETE', 'muster.idempotency_keys');

      -- Decision 7. The root row says how the unseal secret becomes a key and recognises a wrong one; all others hold
      -- ciphertext that opens only in its own row. Rows are added and never changed.
      CREATE TABLE muster.keystore (
        id text COLLATE "C" NOT NULL,
        kind text NOT NULL,
        salt bytea,
        params jsonb,
        verifier bytea,
        sealed bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT keystore_pk PRIMARY KEY (id),
        CONSTRAINT keystore_kind CHECK (kind IN ('root', 'log-key', 'tls-key')),
        CONSTRAINT keystore_one_root CHECK ((kind = 'root') = (id = 'root')),
        CONSTRAINT keystore_root CHECK ((kind = 'root') = (salt IS NOT NULL)
          AND (kind = 'root') = (params IS NOT NULL) AND (kind = 'root') = (verifier IS NOT NULL)),
        CONSTRAINT keystore_sealed CHECK ((kind = 'root') = (sealed IS NULL))
      );
      SELECT muster.allow('app', 'SELECT, INSERT', 'muster.keystore');
      SELECT muster.allow('signer', 'SELECT', 'muster.keystore');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
