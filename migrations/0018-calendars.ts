import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Times in which nothing rotates, and rotations that begin all at once because something went wrong. */
export class Calendars1790000001800 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${CALENDARS}${SCHEDULES}${EMERGENCIES}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const CALENDARS = `
  CREATE TABLE muster.calendars (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    -- Whose trading days come with the service; null for what people bring.
    exchange text,
    -- By whose clocks times without a zone are read; null where the content says it.
    zone text,
    -- As it was brought.
    content text,
    -- By how much each session is taken for longer.
    before_minutes integer NOT NULL,
    after_minutes integer NOT NULL,
    status text NOT NULL,
    version integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT calendars_pk PRIMARY KEY (id),
    CONSTRAINT calendars_id CHECK (id ~ '^cal_[0-9a-f]{32}$'),
    CONSTRAINT calendars_kind CHECK (kind IN ('exchange', 'trading-days', 'icalendar')),
    CONSTRAINT calendars_content CHECK ((content IS NULL) = (kind = 'exchange') AND (exchange IS NULL) = (kind <> 'exchange')
      AND (zone IS NULL) = (kind <> 'icalendar')),
    CONSTRAINT calendars_margins CHECK (before_minutes >= 0 AND after_minutes >= 0),
    CONSTRAINT calendars_status CHECK (status IN ('active', 'removed'))
  );
  CREATE UNIQUE INDEX calendars_name ON muster.calendars (lower(name)) WHERE status <> 'removed';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.calendars');
  CREATE INDEX rotations_by_calendar ON muster.rotations USING gin (calendar_ids)
    WHERE status <> 'removed' AND calendar_ids <> '{}';
`;

const SCHEDULES = `
  -- Since when it waits for a turn that it was kept from.
  ALTER TABLE muster.rotations ADD COLUMN owed_since timestamptz;
  CREATE INDEX rotations_owed ON muster.rotations (owed_since, id) WHERE status = 'active' AND owed_since IS NOT NULL;
  CREATE INDEX rotations_never_due ON muster.rotations (id)
    WHERE status = 'active' AND schedule IS NOT NULL AND next_due_at IS NULL;
`;

const EMERGENCIES = `
  CREATE TABLE muster.rotation_emergencies (
    id text COLLATE "C" NOT NULL,
    scope jsonb NOT NULL,
    reason text NOT NULL,
    -- Touched, and nothing rotates for it: what to do instead.
    unrotatable jsonb NOT NULL,
    started_by text COLLATE "C" NOT NULL,
    started_at timestamptz NOT NULL,
    CONSTRAINT rotation_emergencies_pk PRIMARY KEY (id),
    CONSTRAINT rotation_emergencies_id CHECK (id ~ '^rem_[0-9a-f]{32}$')
  );
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.rotation_emergencies');

  -- What it rotates, in order.
  CREATE TABLE muster.rotation_emergency_runs (
    emergency_id text COLLATE "C" NOT NULL,
    place integer NOT NULL,
    run_id text COLLATE "C" NOT NULL,
    -- Begins only when that one of its pair is over.
    after_run_id text COLLATE "C",
    -- Why it is among them.
    touched text NOT NULL,
    CONSTRAINT rotation_emergency_runs_pk PRIMARY KEY (emergency_id, place),
    CONSTRAINT rotation_emergency_runs_emergency FOREIGN KEY (emergency_id) REFERENCES muster.rotation_emergencies (id),
    CONSTRAINT rotation_emergency_runs_run FOREIGN KEY (run_id) REFERENCES muster.rotation_runs (id),
    CONSTRAINT rotation_emergency_runs_after FOREIGN KEY (after_run_id) REFERENCES muster.rotation_runs (id)
  );
  CREATE INDEX rotation_emergency_runs_by_run ON muster.rotation_emergency_runs (run_id);
  CREATE INDEX rotation_runs_planned ON muster.rotation_runs (id) WHERE state = 'planned';
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.rotation_emergency_runs');
`;
