import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Discovery: what identities are called elsewhere, where is looked, what was found, where it stands and what was done about it.
 *
 * A finding is one secret or one account. That none is two and no two are one is held here by its key; no secret, and no digest
 * that is not keyed, has a column.
 */
export class Discovery1790000002100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${ALIASES}${SOURCES}${FINDINGS}${PLACES}${EVENTS}${LOOKUPS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const ALIASES = `
  -- What an identity, or a credential of it, is called in another system, written the one way that discovery writes names.
  CREATE TABLE muster.identity_aliases (
    id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    identifier text COLLATE "C" NOT NULL,
    -- The system that lists it, by the same writing.
    system text COLLATE "C" NOT NULL,
    added_by text COLLATE "C" NOT NULL,
    added_at timestamptz NOT NULL,
    removed_by text COLLATE "C",
    removed_at timestamptz,
    CONSTRAINT identity_aliases_pk PRIMARY KEY (id),
    CONSTRAINT identity_aliases_id CHECK (id ~ '^als_[0-9a-f]{32}$'),
    CONSTRAINT identity_aliases_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT identity_aliases_words CHECK (identifier <> '' AND char_length(identifier) <= 600),
    CONSTRAINT identity_aliases_removal CHECK ((removed_by IS NULL) = (removed_at IS NULL))
  );
  CREATE UNIQUE INDEX identity_aliases_once ON muster.identity_aliases (identifier) WHERE removed_at IS NULL;
  CREATE INDEX identity_aliases_by_identity ON muster.identity_aliases (identity_id, id);
  CREATE INDEX identity_aliases_by_system ON muster.identity_aliases (system) WHERE removed_at IS NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (removed_by, removed_at)', 'muster.identity_aliases');
`;

const SOURCES = `
  CREATE TABLE muster.discovery_sources (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- In one line for people; and where and how, without any secret: how to get in is sealed.
    place text NOT NULL,
    settings jsonb NOT NULL,
    access_sealed bytea,
    private_network jsonb,
    -- Whether secrets belong there: a vault, a cluster's own store; not a repository.
    keeps_secrets boolean NOT NULL,
    -- How often it is looked at; null for by hand only.
    every_seconds integer,
    status text NOT NULL,
    -- What the last run that ended well left: it begins the next.
    cursor text,
    coverage text,
    -- The systems whose whole lists it gave then.
    systems text[] NOT NULL DEFAULT '{}',
    last_good_at timestamptz,
    next_due_at timestamptz,
    -- Why the last run failed; null where it did not.
    failure text,
    failed_at timestamptz,
    version integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT discovery_sources_pk PRIMARY KEY (id),
    CONSTRAINT discovery_sources_id CHECK (id ~ '^src_[0-9a-f]{32}$'),
    CONSTRAINT discovery_sources_name CHECK (name <> '' AND char_length(name) <= 200),
    CONSTRAINT discovery_sources_every CHECK (every_seconds >= 60),
    CONSTRAINT discovery_sources_status CHECK (status IN ('active', 'paused', 'removed')),
    CONSTRAINT discovery_sources_consent CHECK (private_network IS NULL
      OR private_network ?& ARRAY['by', 'consentedAt', 'reason']),
    CONSTRAINT discovery_sources_failure CHECK ((failure IS NULL) = (failed_at IS NULL))
  ) WITH (fillfactor = 80);
  CREATE UNIQUE INDEX discovery_sources_name_once ON muster.discovery_sources (lower(name)) WHERE status <> 'removed';
  CREATE INDEX discovery_sources_due ON muster.discovery_sources (next_due_at, id)
    WHERE status = 'active' AND next_due_at IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.discovery_sources');

  CREATE TABLE muster.discovery_runs (
    id text COLLATE "C" NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    cause text NOT NULL,
    -- From the beginning, whatever the cursor says.
    anew boolean NOT NULL,
    state text NOT NULL,
    started_by text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    -- Who has it: another number every time; until when, unless it is heard of.
    claim integer NOT NULL DEFAULT 0,
    claimed_until timestamptz,
    done integer NOT NULL DEFAULT 0,
    of_all integer,
    observed integer NOT NULL DEFAULT 0,
    skipped jsonb NOT NULL DEFAULT '{}',
    complete boolean,
    coverage text,
    failure text,
    CONSTRAINT discovery_runs_pk PRIMARY KEY (id),
    CONSTRAINT discovery_runs_id CHECK (id ~ '^srn_[0-9a-f]{32}$'),
    CONSTRAINT discovery_runs_source FOREIGN KEY (source_id) REFERENCES muster.discovery_sources (id),
    CONSTRAINT discovery_runs_cause CHECK (cause IN ('schedule', 'by-hand', 'event')),
    CONSTRAINT discovery_runs_state CHECK (state IN ('waiting', 'running', 'finished', 'failed', 'cancelled')),
    CONSTRAINT discovery_runs_end CHECK ((ended_at IS NOT NULL) = (state IN ('finished', 'failed', 'cancelled'))),
    CONSTRAINT discovery_runs_failure CHECK ((failure IS NOT NULL) = (state = 'failed'))
  ) WITH (fillfactor = 70);
  -- One at a time.
  CREATE UNIQUE INDEX discovery_runs_live ON muster.discovery_runs (source_id) WHERE ended_at IS NULL;
  CREATE INDEX discovery_runs_by_source ON muster.discovery_runs (source_id, id);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.discovery_runs');
`;

const FINDINGS = `
  CREATE TABLE muster.discovery_findings (
    id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    -- By what it is told from all others.
    key text COLLATE "C" NOT NULL,
    -- What is known of it, but for what has a column.
    thing jsonb NOT NULL,
    rule text COLLATE "C" NOT NULL,
    vendor text NOT NULL,
    name text NOT NULL,
    band text NOT NULL,
    verdict text NOT NULL,
    confidence real NOT NULL,
    identity_id text COLLATE "C",
    credential_id text COLLATE "C",
    -- Whose it is where nobody registered that.
    named text,
    because text NOT NULL,
    evidence jsonb NOT NULL,
    state text NOT NULL,
    assignee_id text COLLATE "C",
    place_count integer NOT NULL DEFAULT 0,
    exposed_count integer NOT NULL DEFAULT 0,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    -- Since when it waits, and until when somebody is to have closed it.
    opened_at timestamptz,
    due_at timestamptz,
    dismissed_by text COLLATE "C",
    dismissed_reason text,
    dismissed_until timestamptz,
    -- How it is being retired, and what the next look is to confirm.
    retirement jsonb,
    -- Where people said that it is one with another.
    merged_into text COLLATE "C",
    version integer NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT discovery_findings_pk PRIMARY KEY (id),
    CONSTRAINT discovery_findings_id CHECK (id ~ '^fnd_[0-9a-f]{32}$'),
    CONSTRAINT discovery_findings_key UNIQUE (key),
    CONSTRAINT discovery_findings_kind CHECK (kind IN ('credential', 'account', 'ghost')),
    CONSTRAINT discovery_findings_band CHECK (band IN ('high', 'medium', 'low')),
    CONSTRAINT discovery_findings_verdict CHECK (verdict IN ('shadow-identity', 'shadow-credential', 'misplaced',
      'unattributed', 'ghost', 'registered', 'placeholder', 'human')),
    CONSTRAINT discovery_findings_confidence CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT discovery_findings_state CHECK (state IN ('open', 'retiring', 'dismissed', 'settled', 'closed', 'merged')),
    CONSTRAINT discovery_findings_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT discovery_findings_assignee FOREIGN KEY (assignee_id) REFERENCES muster.people (id),
    CONSTRAINT discovery_findings_into FOREIGN KEY (merged_into) REFERENCES muster.discovery_findings (id),
    CONSTRAINT discovery_findings_merged CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
    CONSTRAINT discovery_findings_dismissal CHECK ((state = 'dismissed') = (dismissed_until IS NOT NULL)
      AND (dismissed_until IS NULL) = (dismissed_reason IS NULL)),
    CONSTRAINT discovery_findings_retirement CHECK (state <> 'retiring' OR retirement IS NOT NULL)
  ) WITH (fillfactor = 70);
  CREATE INDEX discovery_findings_by_state ON muster.discovery_findings (state, id);
  CREATE INDEX discovery_findings_due ON muster.discovery_findings (due_at, id) WHERE due_at IS NOT NULL;
  CREATE INDEX discovery_findings_by_identity ON muster.discovery_findings (identity_id, id) WHERE identity_id IS NOT NULL;
  CREATE INDEX discovery_findings_by_assignee ON muster.discovery_findings (assignee_id, id) WHERE assignee_id IS NOT NULL;
  CREATE INDEX discovery_findings_dismissed ON muster.discovery_findings (dismissed_until) WHERE dismissed_until IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.discovery_findings');

  -- By which names a finding is known: its own, its holder's, and those of what it holds.
  CREATE TABLE muster.discovery_names (
    finding_id text COLLATE "C" NOT NULL,
    role text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    CONSTRAINT discovery_names_pk PRIMARY KEY (finding_id, role, name),
    CONSTRAINT discovery_names_finding FOREIGN KEY (finding_id) REFERENCES muster.discovery_findings (id),
    CONSTRAINT discovery_names_role CHECK (role IN ('mark', 'account', 'holds'))
  );
  CREATE INDEX discovery_names_by_name ON muster.discovery_names (name, role);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE', 'muster.discovery_names');
`;

const PLACES = `
  -- Where findings stand. A place that is gone stays, with the day it went.
  CREATE TABLE muster.discovery_places (
    finding_id text COLLATE "C" NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    -- Digest of where exactly.
    place_key bytea NOT NULL,
    path text COLLATE "C" NOT NULL,
    line integer,
    within text[] NOT NULL,
    commit jsonb,
    commit_count integer NOT NULL,
    unreachable boolean NOT NULL,
    -- Whether it is readable where no secret belongs.
    exposed boolean NOT NULL,
    suppressed jsonb,
    -- People whom its repository names for the file.
    owner_ids text[] NOT NULL DEFAULT '{}',
    -- Of an account: its kind, grants, facts and credentials as last seen there.
    account jsonb,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    run_id text COLLATE "C" NOT NULL,
    gone_at timestamptz,
    CONSTRAINT discovery_places_pk PRIMARY KEY (finding_id, source_id, place_key),
    CONSTRAINT discovery_places_finding FOREIGN KEY (finding_id) REFERENCES muster.discovery_findings (id),
    CONSTRAINT discovery_places_source FOREIGN KEY (source_id) REFERENCES muster.discovery_sources (id)
  ) WITH (fillfactor = 80);
  CREATE INDEX discovery_places_present ON muster.discovery_places (source_id, path, finding_id) WHERE gone_at IS NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE, DELETE', 'muster.discovery_places');
`;

const EVENTS = `
  -- What was said and done about a finding, for people; the log has the proof.
  CREATE TABLE muster.discovery_events (
    id bigint GENERATED ALWAYS AS IDENTITY,
    finding_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    words text,
    data jsonb NOT NULL DEFAULT '{}',
    by text COLLATE "C" NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT discovery_events_pk PRIMARY KEY (id),
    CONSTRAINT discovery_events_finding FOREIGN KEY (finding_id) REFERENCES muster.discovery_findings (id)
  );
  CREATE INDEX discovery_events_by_finding ON muster.discovery_events (finding_id, id);
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.discovery_events');
`;

/** What the resolver asks of the ledger, of what was revoked as well: who finds a key again wants to know whose it was. */
const LOOKUPS = `
  CREATE INDEX credentials_by_fingerprint ON muster.credentials (fingerprint) WHERE fingerprint IS NOT NULL;
  CREATE INDEX credentials_by_public_key ON muster.credentials (spki_sha256) WHERE spki_sha256 IS NOT NULL;
`;
