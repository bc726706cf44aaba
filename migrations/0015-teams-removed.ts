import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Teams that are removed while retired identities still name them. */
export class TeamsRemoved1790000001500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${REMOVAL}${BELONGING}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const REMOVAL = `
  ALTER TABLE muster.teams ADD COLUMN removed_at timestamptz;
  ALTER TABLE muster.teams ADD CONSTRAINT teams_removed_unmanaged CHECK (removed_at IS NULL OR manager_id IS NULL);
  DROP INDEX muster.teams_name_unique;
  -- The name of a removed team is free again.
  CREATE UNIQUE INDEX teams_name_unique ON muster.teams (lower(name)) WHERE removed_at IS NULL;
  DO $$ BEGIN
    EXECUTE format('REVOKE DELETE ON muster.teams FROM %I', current_setting('muster.app_role'));
  END $$;
`;

const BELONGING = `
  -- What a foreign key did while removed teams were deleted: no identity that lives belongs to one, not even when both
  -- happen at once. The lock is the one that keeps new identities out until the removal is decided.
  CREATE FUNCTION muster.teams_are_empty_when_removed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF OLD.removed_at IS NOT NULL THEN
      RAISE EXCEPTION 'a removal is final' USING ERRCODE = '23514', CONSTRAINT = 'teams_removal_final';
    END IF;
    PERFORM FROM muster.teams WHERE id = NEW.id FOR UPDATE;
    IF EXISTS (SELECT FROM muster.identities WHERE team_id = NEW.id AND status <> 'retired') THEN
      RAISE EXCEPTION 'identities belong to team %', NEW.id
        USING ERRCODE = '23503', CONSTRAINT = 'identities_team', SCHEMA = 'muster', TABLE = 'identities';
    END IF;
    UPDATE muster.views SET team_id = NULL WHERE team_id = NEW.id;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.teams_are_empty_when_removed() FROM PUBLIC;
  CREATE TRIGGER teams_removal BEFORE UPDATE ON muster.teams
    FOR EACH ROW WHEN (OLD.removed_at IS DISTINCT FROM NEW.removed_at)
    EXECUTE FUNCTION muster.teams_are_empty_when_removed();

  CREATE FUNCTION muster.identities_join_teams_that_stand() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'UPDATE' AND NEW.team_id = OLD.team_id THEN
      RETURN NEW;
    END IF;
    PERFORM FROM muster.teams WHERE id = NEW.team_id AND removed_at IS NULL FOR KEY SHARE;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no team %', NEW.team_id
        USING ERRCODE = '23503', CONSTRAINT = 'identities_team', SCHEMA = 'muster', TABLE = 'identities';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.identities_join_teams_that_stand() FROM PUBLIC;
  CREATE TRIGGER identities_join BEFORE INSERT OR UPDATE OF team_id ON muster.identities
    FOR EACH ROW EXECUTE FUNCTION muster.identities_join_teams_that_stand();
`;
