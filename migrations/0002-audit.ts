import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of everything that happened: what was recorded, and the Merkle tree over it. Rows are only ever added. */
export class Audit1790000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION audit.refuse_change() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        RAISE EXCEPTION 'audit.% is only ever appended to: % is refused', TG_TABLE_NAME, TG_OP
          USING ERRCODE = 'insufficient_privilege';
      END $$;

      CREATE SEQUENCE audit.record_numbers AS bigint;

      -- The transaction takes its id before its number: whoever saw the number handed out can wait for that id to end,
      -- which is how the sequencer's low-water mark may pass a number that was never committed.
      CREATE FUNCTION audit.next_number() RETURNS bigint
        LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
      BEGIN
        PERFORM pg_current_xact_id();
        RETURN nextval('audit.record_numbers');
      END $$;

      CREATE TABLE audit.records (
        n bigint NOT NULL DEFAULT audit.next_number(),
        leaf text COLLATE "C" NOT NULL,
        CONSTRAINT records_pk PRIMARY KEY (n),
        CONSTRAINT records_n CHECK (n > 0),
        CONSTRAINT records_leaf CHECK (octet_length(leaf) BETWEEN 2 AND 65535)
      );

      -- What a leaf commits to, exactly as committed. Retention is a class, not a date, so that a rule can change.
      CREATE TABLE audit.images (
        n bigint NOT NULL,
        at timestamptz NOT NULL,
        salt bytea NOT NULL,
        images text COLLATE "C" NOT NULL,
        retention text NOT NULL DEFAULT 'six-years',
        CONSTRAINT images_pk PRIMARY KEY (n, at),
        CONSTRAINT images_record FOREIGN KEY (n) REFERENCES audit.records (n),
        CONSTRAINT images_salt CHECK (octet_length(salt) = 32),
        CONSTRAINT images_retention CHECK (retention IN ('six-years'))
      ) PARTITION BY RANGE (at);
      CREATE TABLE audit.images_rest PARTITION OF audit.images DEFAULT;

      -- An index is given once. The columns beside the hash repeat the leaf, so that lists can filter without it.
      CREATE TABLE audit.leaves (
        index bigint NOT NULL,
        n bigint NOT NULL,
        leaf_hash bytea NOT NULL,
        type text COLLATE "C" NOT NULL,
        actor text COLLATE "C" NOT NULL,
        subject text COLLATE "C" NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT leaves_pk PRIMARY KEY (index),
        CONSTRAINT leaves_index CHECK (index >= 0),
        CONSTRAINT leaves_once UNIQUE (n),
        CONSTRAINT leaves_record FOREIGN KEY (n) REFERENCES audit.records (n),
        CONSTRAINT leaves_hash CHECK (octet_length(leaf_hash) = 32)
      );
      CREATE INDEX leaves_by_subject ON audit.leaves (subject, index);
      CREATE INDEX leaves_by_type ON audit.leaves (type, index);
      CREATE INDEX leaves_by_actor ON audit.leaves (actor, index);
      CREATE INDEX leaves_by_instant ON audit.leaves (at);

      CREATE FUNCTION audit.refuse_gap() RETURNS trigger
        LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
      DECLARE
        lowest bigint; highest bigint; many bigint;
      BEGIN
        SELECT min(index), max(index), count(*) INTO lowest, highest, many FROM added;
        IF many = 0 THEN RETURN NULL; END IF;
        IF highest - lowest + 1 <> many OR
           (lowest > 0 AND NOT EXISTS (SELECT FROM audit.leaves WHERE index = lowest - 1)) THEN
          RAISE EXCEPTION 'the indexes of audit.leaves have no gaps'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leaves_gapless';
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER leaves_gapless AFTER INSERT ON audit.leaves REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_gap();

      -- C2SP tlog-tiles: at level L the roots of whole subtrees of 256^L leaves; level 0 is audit.leaves itself.
      CREATE TABLE audit.tile_hashes (
        level smallint NOT NULL,
        index bigint NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT tile_hashes_pk PRIMARY KEY (level, index),
        CONSTRAINT tile_hashes_level CHECK (level BETWEEN 1 AND 6),
        CONSTRAINT tile_hashes_index CHECK (index >= 0),
        CONSTRAINT tile_hashes_hash CHECK (octet_length(hash) = 32)
      );

      -- What the sequencer knew when the tree reached a size. No record up to complete_to can still come; every record
      -- that was committed before seen_at is in (null where the batch was full and may have left some over).
      CREATE TABLE audit.batches (
        size bigint NOT NULL,
        complete_to bigint NOT NULL,
        seen_at timestamptz,
        CONSTRAINT batches_pk PRIMARY KEY (size),
        CONSTRAINT batches_size CHECK (size > 0),
        CONSTRAINT batches_complete_to CHECK (complete_to >= 0)
      );

      CREATE TABLE audit.checkpoints (
        size bigint NOT NULL,
        root bytea NOT NULL,
        note text COLLATE "C" NOT NULL,
        CONSTRAINT checkpoints_pk PRIMARY KEY (size),
        CONSTRAINT checkpoints_batch FOREIGN KEY (size) REFERENCES audit.batches (size),
        CONSTRAINT checkpoints_root CHECK (octet_length(root) = 32)
      );

      DO $$
      DECLARE
        name text;
      BEGIN
        FOREACH name IN ARRAY ARRAY['records', 'images', 'leaves', 'tile_hashes', 'batches', 'checkpoints'] LOOP
          EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit.%I
            FOR EACH ROW EXECUTE FUNCTION audit.refuse_change()', name);
          EXECUTE format('ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER append_only', name);
          EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.%I
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
          EXECUTE format('ALTER TABLE audit.%I ENABLE ALWAYS TRIGGER never_emptied', name);
        END LOOP;
      END $$;
      CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.images_rest
        FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

      -- Decision 6: this month and the six after it. A month that images_rest already holds rows of stays there.
      CREATE FUNCTION audit.make_partitions() RETURNS integer
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET TimeZone = 'UTC' AS $$
      DECLARE
        first_of_month timestamptz; name text; made integer := 0;
      BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('audit.make_partitions', 0));
        FOR ahead IN 0..6 LOOP
          first_of_month := date_trunc('month', now()) + make_interval(months => ahead);
          name := 'images_' || to_char(first_of_month, 'YYYY_MM');
          CONTINUE WHEN to_regclass('audit.' || name) IS NOT NULL;
          CONTINUE WHEN EXISTS (SELECT FROM audit.images_rest
            WHERE at >= first_of_month AND at < first_of_month + interval '1 month');
          EXECUTE format('CREATE TABLE audit.%I PARTITION OF audit.images FOR VALUES FROM (%L) TO (%L)',
            name, first_of_month, first_of_month + interval '1 month');
          EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit.%I
            FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
          made := made + 1;
        END LOOP;
        RETURN made;
      END $$;
      REVOKE ALL ON FUNCTION audit.make_partitions() FROM PUBLIC;
      SELECT audit.make_partitions();

      SELECT muster.allow('app', 'SELECT, INSERT', 'audit.' || name)
        FROM unnest(ARRAY['records', 'images', 'leaves', 'tile_hashes', 'batches', 'checkpoints']) AS name;
      SELECT muster.allow('app', 'USAGE, SELECT', 'SEQUENCE audit.record_numbers');
      SELECT muster.allow('app', 'EXECUTE', 'FUNCTION audit.make_partitions()');
      SELECT muster.allow('signer', 'SELECT (index, leaf_hash)', 'audit.leaves');
      SELECT muster.allow('signer', 'SELECT', 'audit.tile_hashes');
      SELECT muster.allow('signer', 'SELECT', 'audit.checkpoints');
    `);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}
