import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proofs of presence that are asked for, and what was decided by which policy. */
export class StepUp1790000000900 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${STEP_UPS}${POLICIES}${DECISIONS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

/** The machine's own memory of what it asked: that it was proved is a record, and what spends it names it. */
const STEP_UPS = `
  CREATE TABLE muster.step_ups (
    id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    session_id text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    acr text NOT NULL,
    max_age_seconds integer NOT NULL,
    bound boolean NOT NULL,
    payload_digest bytea NOT NULL,
    -- Words and payload, sealed: they name people.
    shown bytea NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    nonce bytea,
    attempts integer NOT NULL DEFAULT 0,
    proved_at timestamptz,
    proved_acr text,
    proved_by text COLLATE "C",
    proved_in text COLLATE "C",
    spent_at timestamptz,
    spent_by text COLLATE "C",
    CONSTRAINT step_ups_pk PRIMARY KEY (id),
    CONSTRAINT step_ups_id CHECK (id ~ '^stu_[0-9a-f]{32}$'),
    CONSTRAINT step_ups_person FOREIGN KEY (person_id) REFERENCES muster.people (id),
    CONSTRAINT step_ups_acr CHECK (acr IN ('loa1c', 'loa2', 'loa3', 'loa4')),
    CONSTRAINT step_ups_max_age CHECK (max_age_seconds > 0),
    CONSTRAINT step_ups_payload_digest CHECK (octet_length(payload_digest) = 32),
    CONSTRAINT step_ups_nonce CHECK (octet_length(nonce) = 32),
    CONSTRAINT step_ups_expiry CHECK (expires_at > created_at),
    CONSTRAINT step_ups_proved CHECK ((proved_at IS NULL) = (proved_acr IS NULL) AND (proved_at IS NULL) = (proved_in IS NULL)),
    CONSTRAINT step_ups_proved_acr CHECK (proved_acr IN ('loa1c', 'loa2', 'loa3', 'loa4')),
    -- Once, and never what was not proved for exactly this.
    CONSTRAINT step_ups_spent CHECK (
      (spent_at IS NULL) = (spent_by IS NULL) AND (spent_at IS NULL OR (bound AND proved_at IS NOT NULL)))
  );
  CREATE INDEX step_ups_by_person ON muster.step_ups (person_id, id);
  CREATE INDEX step_ups_by_expiry ON muster.step_ups (expires_at);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.step_ups');
  SELECT muster.allow('app',
    'UPDATE (nonce, attempts, proved_at, proved_acr, proved_by, proved_in, spent_at, spent_by)', 'muster.step_ups');

  CREATE FUNCTION muster.keep_step_up() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF OLD.spent_by IS DISTINCT FROM NEW.spent_by AND OLD.spent_by IS NOT NULL THEN
      RAISE EXCEPTION 'A proof of presence is spent once.' USING ERRCODE = '23514', CONSTRAINT = 'step_ups_spent_once';
    END IF;
    IF OLD.proved_at IS NOT NULL AND (NEW.proved_at, NEW.proved_acr, NEW.proved_by, NEW.proved_in)
        IS DISTINCT FROM (OLD.proved_at, OLD.proved_acr, OLD.proved_by, OLD.proved_in) THEN
      RAISE EXCEPTION 'What was proved stays as it was.' USING ERRCODE = '23514', CONSTRAINT = 'step_ups_proved_once';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER keep BEFORE UPDATE ON muster.step_ups FOR EACH ROW EXECUTE FUNCTION muster.keep_step_up();
`;

const POLICIES = `
  -- Every text that was ever in force, so that what it decided can be decided again.
  CREATE TABLE muster.policies (
    sha256 bytea NOT NULL,
    name text COLLATE "C" NOT NULL,
    text text NOT NULL,
    first_used_at timestamptz NOT NULL,
    CONSTRAINT policies_pk PRIMARY KEY (sha256),
    CONSTRAINT policies_name UNIQUE (name),
    CONSTRAINT policies_sha256 CHECK (octet_length(sha256) = 32 AND sha256 = sha256(convert_to(text, 'UTF8')))
  );
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.policies');
`;

/** Questions and answers, never a body. Kept for 30 days; a day is dropped whole. */
const DECISIONS = `
  CREATE TABLE muster.decisions (
    id text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    request_id text COLLATE "C",
    principal text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    effect text NOT NULL,
    policy text COLLATE "C" NOT NULL,
    question text NOT NULL,
    decision text NOT NULL,
    CONSTRAINT decisions_pk PRIMARY KEY (at, id),
    CONSTRAINT decisions_id CHECK (id ~ '^dec_[0-9a-f]{32}$'),
    CONSTRAINT decisions_effect CHECK (effect IN ('allow', 'step-up', 'approve', 'deny'))
  ) PARTITION BY RANGE (at);
  CREATE TABLE muster.decisions_rest PARTITION OF muster.decisions DEFAULT;
  CREATE INDEX decisions_by_id ON muster.decisions (id);
  CREATE INDEX decisions_by_principal ON muster.decisions (principal, id);
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.decisions');

  -- Today and the seven days after it; what is older than 30 days goes. A day that decisions_rest holds rows of stays there.
  CREATE FUNCTION muster.keep_decisions() RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
  DECLARE
    day timestamptz; name text; made integer := 0;
  BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('muster.keep_decisions', 0));
    FOR ahead IN 0..7 LOOP
      day := date_trunc('day', now()) + make_interval(days => ahead);
      name := 'decisions_' || to_char(day, 'YYYY_MM_DD');
      CONTINUE WHEN to_regclass('muster.' || name) IS NOT NULL;
      CONTINUE WHEN EXISTS (SELECT FROM muster.decisions_rest WHERE at >= day AND at < day + interval '1 day');
      EXECUTE format('CREATE TABLE muster.%I PARTITION OF muster.decisions FOR VALUES FROM (%L) TO (%L)',
        name, day, day + interval '1 day');
      made := made + 1;
    END LOOP;
    FOR name IN SELECT c.relname FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
        WHERE inhparent = 'muster.decisions'::regclass AND c.relname ~ '^decisions_\\d{4}_\\d\\d_\\d\\d$'
          AND to_date(substr(c.relname, 11), 'YYYY_MM_DD') < (now() - interval '31 days')::date LOOP
      EXECUTE format('DROP TABLE muster.%I', name);
    END LOOP;
    DELETE FROM muster.decisions_rest WHERE at < now() - interval '30 days';
    RETURN made;
  END $$;
  REVOKE ALL ON FUNCTION muster.keep_decisions() FROM PUBLIC;
  SELECT muster.keep_decisions();
  SELECT muster.allow('app', 'EXECUTE', 'FUNCTION muster.keep_decisions()');
`;
