import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What finds identities among a million, counts them, and keeps the searches that people name. */
export class Search1790000001100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${WORDS}${ORDERS}${COUNTS}${VIEWS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const WORDS = `
  -- What a search looks through, one below the other so that nothing that is typed runs from one into the next. Stored,
  -- because a search reads it of every row that the index proposes.
  ALTER TABLE muster.identities ADD COLUMN words text COLLATE "C" NOT NULL
    GENERATED ALWAYS AS (name || E'\\n' || lower(spiffe_id) || E'\\n' || lower(purpose)) STORED;

  -- One index for words and filters together: their lists of rows are cut against one another before any row is read, so
  -- words that many rows hold and filters that none of those meets cost little. Like pg_trgm, btree_gin is PostgreSQL's
  -- own, may be created by a database's owner, and may already lie elsewhere.
  CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA muster;
  DROP INDEX muster.identities_by_words;
  DO $$
  DECLARE
    trigrams name := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'pg_trgm');
    scalars name := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname = 'btree_gin');
  BEGIN
    EXECUTE format('CREATE INDEX identities_by_words_and_filters ON muster.identities USING gin (
      words %1$I.gin_trgm_ops, status %2$I.text_ops, kind %2$I.text_ops, environment %2$I.text_ops,
      team_id %2$I.text_ops, criticality %2$I.text_ops, privileged %2$I.bool_ops, data_classes)
      WITH (fastupdate = off)', trigrams, scalars);
  END $$;
`;
const ORDERS = `
  -- The orders of lists: a page is read on from where the one before ended.
  CREATE INDEX identities_in_order_of_name ON muster.identities (name, id);
  CREATE INDEX identities_in_order_of_registration ON muster.identities (created_at, id);
  DROP INDEX muster.identities_by_handover;
  CREATE INDEX identities_by_handover ON muster.identities (handover_due_at, id) WHERE handover_due_at IS NOT NULL;
`;
const COUNTS = '';
const VIEWS = `
  CREATE TABLE muster.views (
    id text COLLATE "C" NOT NULL,
    owner_id text COLLATE "C" NOT NULL,
    -- Whose members see it beside its owner; a team that is removed takes nothing but the sharing with it.
    team_id text COLLATE "C",
    name text NOT NULL,
    query jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT views_pk PRIMARY KEY (id),
    CONSTRAINT views_id CHECK (id ~ '^vew_[0-9a-f]{32}$'),
    CONSTRAINT views_owner FOREIGN KEY (owner_id) REFERENCES muster.people (id),
    CONSTRAINT views_team FOREIGN KEY (team_id) REFERENCES muster.teams (id) ON DELETE SET NULL,
    CONSTRAINT views_name CHECK (name <> '' AND char_length(name) <= 100),
    CONSTRAINT views_query CHECK (jsonb_typeof(query) = 'object' AND octet_length(query::text) <= 4096),
    CONSTRAINT views_version CHECK (version >= 1)
  );
  CREATE UNIQUE INDEX views_name_unique ON muster.views (owner_id, lower(name));
  CREATE INDEX views_by_team ON muster.views (team_id) WHERE team_id IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE, UPDATE (team_id, name, query, version, changed_at)', 'muster.views');
`;
