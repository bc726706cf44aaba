import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Machine identities, who answers for them, their grants, and the ledger of what they hold. */
export class Inventory1790000000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${IDENTITIES}${SEARCH}${LIFE}${CUSTODY}${GRANTS}${CREDENTIALS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const IDENTITIES = `
  CREATE TABLE muster.identities (
    id text COLLATE "C" NOT NULL,
    spiffe_id text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    environment text COLLATE "C" NOT NULL,
    team_id text COLLATE "C" NOT NULL,
    purpose text NOT NULL,
    criticality text NOT NULL,
    data_classes text[] NOT NULL,
    privileged boolean NOT NULL,
    support_expires_at timestamptz,
    status text NOT NULL,
    status_reason text,
    status_by text COLLATE "C" NOT NULL,
    primary_custodian_id text COLLATE "C",
    backup_custodian_id text COLLATE "C",
    handover_due_at timestamptz,
    departed_custodian_id text COLLATE "C",
    requested_by text COLLATE "C" NOT NULL,
    -- Everybody who had a hand in what is asked for while it waits: none of them may approve it.
    authors text[] NOT NULL,
    -- What it waits for, or what its privilege and order entry rest on; approvals' own migration holds it to the truth.
    approval_id text COLLATE "C",
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT identities_pk PRIMARY KEY (id),
    CONSTRAINT identities_id CHECK (id ~ '^mid_[0-9a-f]{32}$'),
    -- Rows never go (identities_life), so these two also say that no name is given twice (NIST SP 800-53 IA-4(d)).
    CONSTRAINT identities_name_unique UNIQUE (environment, name),
    CONSTRAINT identities_spiffe_id_unique UNIQUE (spiffe_id),
    CONSTRAINT identities_spiffe_id CHECK (spiffe_id ~ '^spiffe://[a-z0-9._-]+(/[A-Za-z0-9._-]+)+$'),
    CONSTRAINT identities_name CHECK (name ~ '^[a-z0-9]([a-z0-9._-]{0,98}[a-z0-9])?$'),
    CONSTRAINT identities_environment CHECK (environment ~ '^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$'),
    CONSTRAINT identities_kind CHECK (kind IN ('service-account', 'bot', 'ci-pipeline', 'workload', 'ai-agent',
      'third-party-integration', 'api-key', 'enforcement-point')),
    CONSTRAINT identities_team FOREIGN KEY (team_id) REFERENCES muster.teams (id),
    CONSTRAINT identities_purpose CHECK (purpose <> '' AND char_length(purpose) <= 1000),
    CONSTRAINT identities_criticality CHECK (criticality IN ('low', 'medium', 'high', 'critical')),
    CONSTRAINT identities_data_classes CHECK (
      data_classes <@ ARRAY['cardholder-data', 'customer-information', 'order-entry', 'pii']),
    CONSTRAINT identities_status CHECK (status IN ('pending', 'active', 'suspended', 'retired')),
    CONSTRAINT identities_primary FOREIGN KEY (primary_custodian_id) REFERENCES muster.people (id),
    CONSTRAINT identities_backup FOREIGN KEY (backup_custodian_id) REFERENCES muster.people (id),
    CONSTRAINT identities_departed FOREIGN KEY (departed_custodian_id) REFERENCES muster.people (id),
    CONSTRAINT identities_custodians_differ CHECK (backup_custodian_id <> primary_custodian_id),
    CONSTRAINT identities_backup_second CHECK (backup_custodian_id IS NULL OR primary_custodian_id IS NOT NULL),
    -- The clock runs only where somebody left and no backup has been named since.
    CONSTRAINT identities_clock CHECK ((handover_due_at IS NULL) = (departed_custodian_id IS NULL)),
    CONSTRAINT identities_clock_or_backup CHECK (handover_due_at IS NULL OR backup_custodian_id IS NULL),
    -- SEC 15c3-5(c)(2)(iii): neither privilege nor order entry works before somebody else agreed.
    CONSTRAINT identities_consent CHECK (status IN ('pending', 'retired') OR approval_id IS NOT NULL
      OR NOT (privileged OR 'order-entry' = ANY (data_classes))),
    CONSTRAINT identities_approval_id CHECK (approval_id ~ '^apr_[0-9a-f]{32}$'),
    CONSTRAINT identities_version CHECK (version >= 1)
  );
  CREATE INDEX identities_by_team ON muster.identities (team_id, id);
  CREATE INDEX identities_by_status ON muster.identities (status, id);
  CREATE INDEX identities_by_kind ON muster.identities (kind, id);
  CREATE INDEX identities_by_environment ON muster.identities (environment, id);
  CREATE INDEX identities_by_primary ON muster.identities (primary_custodian_id, id);
  CREATE INDEX identities_by_backup ON muster.identities (backup_custodian_id, id) WHERE backup_custodian_id IS NOT NULL;
  CREATE INDEX identities_by_handover ON muster.identities (handover_due_at) WHERE handover_due_at IS NOT NULL;

  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.identities');
`;

const SEARCH = `
  -- Any part of a name, from three characters on. The extension is PostgreSQL's own and may already lie elsewhere;
  -- without its list of pending entries a search takes as long after a bulk registration as before.
  CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA muster;
  DO $$
  DECLARE
    home name := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'pg_trgm');
  BEGIN
    EXECUTE format('CREATE INDEX identities_by_words ON muster.identities
      USING gin (name %1$I.gin_trgm_ops, spiffe_id %1$I.gin_trgm_ops)
      WITH (fastupdate = off)', home);
  END $$;
`;

const LIFE = `
  CREATE FUNCTION muster.identities_keep_their_life() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP IN ('DELETE', 'TRUNCATE') THEN
      RAISE EXCEPTION 'an identity is retired, its row stays: no identifier is given twice'
        USING ERRCODE = '23514', CONSTRAINT = 'identities_stay';
    END IF;
    IF TG_OP = 'INSERT' THEN
      IF NEW.status NOT IN ('pending', 'active') THEN
        RAISE EXCEPTION 'an identity begins pending or active' USING ERRCODE = '23514', CONSTRAINT = 'identities_life';
      END IF;
      IF NEW.handover_due_at IS NOT NULL THEN
        RAISE EXCEPTION 'a hand-over date is set by a departure alone'
          USING ERRCODE = '23514', CONSTRAINT = 'identities_clock_by_departure';
      END IF;
      RETURN NEW;
    END IF;
    IF (NEW.id, NEW.spiffe_id, NEW.name, NEW.environment, NEW.kind, NEW.requested_by, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.spiffe_id, OLD.name, OLD.environment, OLD.kind, OLD.requested_by, OLD.created_at)
    THEN
      RAISE EXCEPTION 'what an identity is called and who asked for it never change'
        USING ERRCODE = '23514', CONSTRAINT = 'identities_names_stay';
    END IF;
    IF OLD.status = 'retired' OR NOT (
      NEW.status = OLD.status
      OR (OLD.status = 'pending' AND NEW.status IN ('active', 'retired'))
      OR (OLD.status = 'active' AND NEW.status IN ('suspended', 'retired'))
      OR (OLD.status = 'suspended' AND NEW.status IN ('active', 'retired'))) THEN
      RAISE EXCEPTION 'an identity cannot go from % to %', OLD.status, NEW.status
        USING ERRCODE = '23514', CONSTRAINT = 'identities_life';
    END IF;
    -- INV-2: only somebody who was custodian until now, and has left, sets the clock or moves it.
    IF NEW.handover_due_at IS NOT NULL
      AND (NEW.handover_due_at, NEW.departed_custodian_id)
        IS DISTINCT FROM (OLD.handover_due_at, OLD.departed_custodian_id)
      AND (NEW.departed_custodian_id NOT IN (
          coalesce(OLD.primary_custodian_id, ''), coalesce(OLD.backup_custodian_id, ''))
        OR EXISTS (SELECT FROM muster.people p WHERE p.id = NEW.departed_custodian_id AND p.status = 'active'))
    THEN
      RAISE EXCEPTION 'a hand-over date is set by a departure alone'
        USING ERRCODE = '23514', CONSTRAINT = 'identities_clock_by_departure';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.identities_keep_their_life() FROM PUBLIC;
  CREATE TRIGGER identities_life BEFORE INSERT OR UPDATE OR DELETE ON muster.identities
    FOR EACH ROW EXECUTE FUNCTION muster.identities_keep_their_life();
  CREATE TRIGGER identities_stay BEFORE TRUNCATE ON muster.identities
    FOR EACH STATEMENT EXECUTE FUNCTION muster.identities_keep_their_life();
`;

/**
 * INV-2 under concurrency, whoever writes and at whatever isolation level.
 *
 * The rule joins rows of two tables that different transactions change: one names a custodian, the other lets that
 * person leave. Each looks right to itself; together they leave an identity nobody answers for. So both must meet:
 * every person has one row in muster.custody, and each side *updates* it at commit before it looks.
 *
 * - READ COMMITTED: the second waits at the row until the first has committed, and its next statement (these functions
 *   are VOLATILE, so each statement takes a new snapshot) sees what the first one did.
 * - REPEATABLE READ, SERIALIZABLE: its snapshot may be older than the first one's commit, and would hide it; then the
 *   update of a row that has changed since is itself refused (40001), before anything is looked at.
 *
 * A share lock on the person would not do: it leaves no trace once its holder has committed, so that a departure in an
 * older snapshot would neither wait nor see. A row of its own, not the person's: naming somebody custodian of a
 * thousand identities is no change of that person, and only commits that touch the same custodian wait for one another.
 *
 * Run early by SET CONSTRAINTS, the checks hold the same: the row stays locked until commit, and what changes later is
 * checked again.
 */
const CUSTODY = `
  CREATE TABLE muster.custody (
    person_id text COLLATE "C" NOT NULL,
    epoch bigint NOT NULL,
    CONSTRAINT custody_pk PRIMARY KEY (person_id)
  ) WITH (fillfactor = 50);

  CREATE FUNCTION muster.meet_at_custody(person text) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO muster.custody AS met (person_id, epoch) VALUES (person, 1)
      ON CONFLICT ON CONSTRAINT custody_pk DO UPDATE SET epoch = met.epoch + 1;
  END $$;
  REVOKE ALL ON FUNCTION muster.meet_at_custody(text) FROM PUBLIC;
  SELECT muster.allow('app', 'EXECUTE', 'FUNCTION muster.meet_at_custody(text)');

  -- What INV-2 finds wrong with an identity as it stands now, or null.
  CREATE FUNCTION muster.custody_fault(identity text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RETURN (
      SELECT CASE
        WHEN i.status <> 'active' THEN NULL
        WHEN first.status IS DISTINCT FROM 'active' THEN 'no live primary custodian'
        WHEN i.backup_custodian_id IS NULL AND i.handover_due_at IS NULL THEN 'neither backup nor hand-over date'
        WHEN i.backup_custodian_id IS NOT NULL AND second.status IS DISTINCT FROM 'active' THEN 'a backup who has left'
      END
      FROM muster.identities i
      LEFT JOIN muster.people first ON first.id = i.primary_custodian_id
      LEFT JOIN muster.people second ON second.id = i.backup_custodian_id
      WHERE i.id = identity);
  END $$;
  REVOKE ALL ON FUNCTION muster.custody_fault(text) FROM PUBLIC;

  CREATE FUNCTION muster.check_custody_of_identity() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    custodians text[] := (
      -- As the row stands now: NEW may be an earlier state of the same transaction.
      SELECT ARRAY[i.primary_custodian_id, i.backup_custodian_id] FROM muster.identities i WHERE i.id = NEW.id);
    custodian text;
    fault text;
  BEGIN
    FOR custodian IN SELECT c COLLATE "C" FROM unnest(custodians) c WHERE c IS NOT NULL ORDER BY 1 LOOP
      PERFORM muster.meet_at_custody(custodian);
    END LOOP;
    fault := muster.custody_fault(NEW.id);
    IF fault IS NOT NULL THEN
      RAISE EXCEPTION 'active identity % has %', NEW.id, fault
        USING ERRCODE = '23514', CONSTRAINT = 'identities_custody', SCHEMA = 'muster', TABLE = 'identities';
    END IF;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION muster.check_custody_of_identity() FROM PUBLIC;
  CREATE CONSTRAINT TRIGGER identities_custody_at_first AFTER INSERT ON muster.identities
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.status = 'active')
    EXECUTE FUNCTION muster.check_custody_of_identity();
  CREATE CONSTRAINT TRIGGER identities_custody AFTER UPDATE ON muster.identities
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'active'
      AND (NEW.status, NEW.primary_custodian_id, NEW.backup_custodian_id, NEW.handover_due_at)
        IS DISTINCT FROM (OLD.status, OLD.primary_custodian_id, OLD.backup_custodian_id, OLD.handover_due_at))
    EXECUTE FUNCTION muster.check_custody_of_identity();

  CREATE FUNCTION muster.check_custody_of_leaver() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    stranded record;
  BEGIN
    PERFORM muster.meet_at_custody(NEW.id);
    SELECT * INTO stranded FROM (
      SELECT i.id, muster.custody_fault(i.id) AS fault FROM muster.identities i
      WHERE i.status = 'active' AND (i.primary_custodian_id = NEW.id OR i.backup_custodian_id = NEW.id)) held
    WHERE held.fault IS NOT NULL LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'active identity % would have %', stranded.id, stranded.fault
        USING ERRCODE = '23514', CONSTRAINT = 'identities_custody', SCHEMA = 'muster', TABLE = 'people';
    END IF;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION muster.check_custody_of_leaver() FROM PUBLIC;
  CREATE CONSTRAINT TRIGGER identities_custody AFTER UPDATE ON muster.people
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.status = 'active' AND NEW.status <> 'active')
    EXECUTE FUNCTION muster.check_custody_of_leaver();
`;

const GRANTS = `
  CREATE TABLE muster.grants (
    id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    target text NOT NULL,
    scope text NOT NULL,
    purpose text NOT NULL,
    verifier_id text COLLATE "C",
    verified_at timestamptz,
    added_by text COLLATE "C" NOT NULL,
    added_at timestamptz NOT NULL,
    removed_by text COLLATE "C",
    removed_at timestamptz,
    last_used_at timestamptz,
    CONSTRAINT grants_pk PRIMARY KEY (id),
    CONSTRAINT grants_id CHECK (id ~ '^grt_[0-9a-f]{32}$'),
    CONSTRAINT grants_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT grants_verifier FOREIGN KEY (verifier_id) REFERENCES muster.people (id),
    CONSTRAINT grants_words CHECK (target <> '' AND scope <> '' AND purpose <> ''
      AND char_length(target) <= 200 AND char_length(scope) <= 200 AND char_length(purpose) <= 1000),
    CONSTRAINT grants_not_self_verified CHECK (verifier_id <> added_by),
    CONSTRAINT grants_verified_by_somebody CHECK (verified_at IS NULL OR verifier_id IS NOT NULL),
    CONSTRAINT grants_removal CHECK ((removed_at IS NULL) = (removed_by IS NULL))
  ) WITH (fillfactor = 90);
  CREATE UNIQUE INDEX grants_unique ON muster.grants (identity_id, target, scope) WHERE removed_at IS NULL;
  CREATE INDEX grants_by_verifier ON muster.grants (verifier_id) WHERE verified_at IS NULL AND removed_at IS NULL;

  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.grants');
  SELECT muster.allow('app', 'UPDATE (verifier_id, verified_at, removed_by, removed_at, last_used_at)', 'muster.grants');
`;

const CREDENTIALS = `
  -- The ledger. What is issued here, and keyed fingerprints of what other systems issued. 'infinity' is "no expiry".
  CREATE TABLE muster.credentials (
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    profile text,
    authority_id text COLLATE "C",
    serial_number text COLLATE "C",
    spki_sha256 bytea,
    tbs_sha256 bytea,
    bound_to text COLLATE "C",
    receipt_id text COLLATE "C",
    system text,
    fingerprint bytea,
    fingerprint_key_id text COLLATE "C",
    last_four text,
    registered_by text COLLATE "C",
    not_before timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revocation_reason text,
    last_used_at timestamptz,
    CONSTRAINT credentials_pk PRIMARY KEY (id),
    CONSTRAINT credentials_kind CHECK (
      (kind = 'certificate' AND id ~ '^crt_[0-9a-f]{32}$' AND serial_number IS NOT NULL AND authority_id IS NOT NULL
        AND spki_sha256 IS NOT NULL AND tbs_sha256 IS NOT NULL AND system IS NULL AND fingerprint IS NULL)
      OR (kind = 'token' AND id ~ '^tok_[0-9a-f]{32}$' AND serial_number IS NULL AND system IS NULL AND fingerprint IS NULL)
      OR (kind = 'registered-key' AND id ~ '^key_[0-9a-f]{32}$' AND system IS NOT NULL AND fingerprint IS NOT NULL
        AND fingerprint_key_id IS NOT NULL AND registered_by IS NOT NULL AND serial_number IS NULL)),
    CONSTRAINT credentials_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT credentials_serial_number CHECK (serial_number ~ '^[0-9a-f]{2,40}$'),
    CONSTRAINT credentials_digests CHECK (octet_length(spki_sha256) = 32 AND octet_length(tbs_sha256) = 32),
    CONSTRAINT credentials_fingerprint_size CHECK (octet_length(fingerprint) = 32),
    CONSTRAINT credentials_last_four CHECK (last_four IS NULL OR (last_four ~ '^[!-~]{4}$' AND kind = 'registered-key')),
    CONSTRAINT credentials_validity CHECK (expires_at > not_before),
    CONSTRAINT credentials_endless CHECK (expires_at < 'infinity' OR kind = 'registered-key'),
    CONSTRAINT credentials_revocation CHECK ((revoked_at IS NULL) = (revocation_reason IS NULL))
  ) WITH (fillfactor = 90);
  -- Valid now: begin at the instant and read on; what expired lies before it and is never touched.
  CREATE INDEX credentials_by_expiry ON muster.credentials (expires_at, id);
  CREATE INDEX credentials_by_kind ON muster.credentials (kind, expires_at, id);
  CREATE INDEX credentials_by_identity ON muster.credentials (identity_id, expires_at, id);
  CREATE INDEX credentials_revoked ON muster.credentials (expires_at, id) WHERE revoked_at IS NOT NULL;
  CREATE INDEX credentials_bound_to ON muster.credentials (bound_to) WHERE bound_to IS NOT NULL;
  CREATE UNIQUE INDEX credentials_serial_unique ON muster.credentials (serial_number, authority_id)
    WHERE serial_number IS NOT NULL;
  CREATE UNIQUE INDEX credentials_fingerprint_unique ON muster.credentials (fingerprint_key_id, fingerprint)
    WHERE fingerprint IS NOT NULL AND revoked_at IS NULL;

  -- A revocation is never taken back nor moved: enforcement points and CRLs have told others of it.
  CREATE FUNCTION muster.credentials_stay_revoked() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RAISE EXCEPTION 'a revocation is final' USING ERRCODE = '23514', CONSTRAINT = 'credentials_revocation_final';
  END $$;
  CREATE TRIGGER credentials_revocation_final BEFORE UPDATE ON muster.credentials FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL AND (NEW.revoked_at, NEW.revocation_reason)
      IS DISTINCT FROM (OLD.revoked_at, OLD.revocation_reason))
    EXECUTE FUNCTION muster.credentials_stay_revoked();

  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.credentials');
  SELECT muster.allow('app', 'UPDATE (revoked_at, revocation_reason, last_used_at)', 'muster.credentials');
`;
