import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Accounts of one human, delegations, approvals of anything, break-glass, and the letters about them.
 *
 * Separation of duties (NIST SP 800-53 AC-5) is held here too, so that no role, no configuration and no compromised
 * service process lifts it: neither the one who asked, nor a second account of theirs, nor somebody who stands in for
 * them decides.
 */
export class Consent1790000001000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${HUMANS}${DELEGATIONS}${APPROVALS}${SEPARATION}${BREAK_GLASS}${LETTERS}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const HUMANS = `
  -- Accounts that belong to one human. An account without a row is its human's only one.
  CREATE TABLE muster.humans (
    person_id text COLLATE "C" NOT NULL,
    human_id text COLLATE "C" NOT NULL,
    linked_by text COLLATE "C" NOT NULL,
    linked_at timestamptz NOT NULL,
    reason text NOT NULL,
    CONSTRAINT humans_pk PRIMARY KEY (person_id),
    CONSTRAINT humans_id CHECK (human_id ~ '^hmn_[0-9a-f]{32}$'),
    CONSTRAINT humans_person FOREIGN KEY (person_id) REFERENCES muster.people (id)
  );
  CREATE INDEX humans_by_human ON muster.humans (human_id);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (human_id, linked_by, linked_at, reason), DELETE', 'muster.humans');

  -- Whose account a name is. VOLATILE, so that each statement of a check sees what was committed meanwhile.
  CREATE FUNCTION muster.human_of(name text) RETURNS text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RETURN coalesce((SELECT h.human_id FROM muster.humans h WHERE h.person_id = name), name);
  END $$;
  REVOKE ALL ON FUNCTION muster.human_of(text) FROM PUBLIC;
`;

const DELEGATIONS = `
  CREATE TABLE muster.delegations (
    id text COLLATE "C" NOT NULL,
    from_id text COLLATE "C" NOT NULL,
    to_id text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text COLLATE "C",
    CONSTRAINT delegations_pk PRIMARY KEY (id),
    CONSTRAINT delegations_id CHECK (id ~ '^dlg_[0-9a-f]{32}$'),
    CONSTRAINT delegations_from FOREIGN KEY (from_id) REFERENCES muster.people (id),
    CONSTRAINT delegations_to FOREIGN KEY (to_id) REFERENCES muster.people (id),
    CONSTRAINT delegations_to_another CHECK (from_id <> to_id),
    CONSTRAINT delegations_life CHECK (until > created_at AND until <= created_at + interval '30 days'),
    CONSTRAINT delegations_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL))
  );
  CREATE INDEX delegations_to_whom ON muster.delegations (to_id, until);
  CREATE INDEX delegations_from_whom ON muster.delegations (from_id, until);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (ended_at, ended_by)', 'muster.delegations');

  CREATE FUNCTION muster.delegations_keep_their_end() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF muster.human_of(NEW.from_id) = muster.human_of(NEW.to_id) THEN
        RAISE EXCEPTION 'both are accounts of one human'
          USING ERRCODE = '23514', CONSTRAINT = 'delegations_to_another_human';
      END IF;
      RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.from_id, NEW.to_id, NEW.reason, NEW.created_at, NEW.until)
      IS DISTINCT FROM (OLD.id, OLD.from_id, OLD.to_id, OLD.reason, OLD.created_at, OLD.until) OR OLD.ended_at IS NOT NULL
    THEN
      RAISE EXCEPTION 'a delegation is ended, once, and stays' USING ERRCODE = '23514', CONSTRAINT = 'delegations_stay';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER delegations_life BEFORE INSERT OR UPDATE OR DELETE ON muster.delegations
    FOR EACH ROW EXECUTE FUNCTION muster.delegations_keep_their_end();

  -- The humans that somebody stands for: their own, and those whose delegations led to it at any time since then.
  CREATE FUNCTION muster.stands_for(name text, since timestamptz) RETURNS SETOF text
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    RETURN QUERY
      WITH RECURSIVE chain (human) AS (
        SELECT muster.human_of(name) COLLATE "C"
        UNION
        SELECT muster.human_of(d.from_id) COLLATE "C" FROM chain c JOIN muster.delegations d ON muster.human_of(d.to_id) = c.human
        WHERE d.until > since AND (d.ended_at IS NULL OR d.ended_at > since))
      SELECT human FROM chain;
  END $$;
  REVOKE ALL ON FUNCTION muster.stands_for(text, timestamptz) FROM PUBLIC;
`;

const APPROVALS = `
  ALTER TABLE muster.approvals
    -- Canonical JSON (RFC 8785) of what was asked, exactly as the approver is shown it; null for those asked before.
    ADD COLUMN payload text,
    -- A secret was left out of it: then the digest is of more than is shown.
    ADD COLUMN payload_withheld boolean NOT NULL DEFAULT false,
    -- Roles, or custodian-of-resource. Null for those asked before: as the action says.
    ADD COLUMN approvers text[],
    ADD COLUMN spendable_seconds integer NOT NULL DEFAULT 259200,
    -- On whose behalf it was decided, where by delegation.
    ADD COLUMN decided_for text COLLATE "C",
    -- The request that used it up, which may come back to it until it has committed.
    ADD COLUMN spent_in text COLLATE "C",
    ADD CONSTRAINT approvals_payload CHECK (length(payload) BETWEEN 2 AND 262144),
    ADD CONSTRAINT approvals_payload_shown CHECK (
      payload IS NULL OR payload_withheld OR payload_digest = sha256(convert_to(payload, 'UTF8'))),
    ADD CONSTRAINT approvals_approvers CHECK (cardinality(approvers) > 0 AND array_position(approvers, NULL) IS NULL
      AND approvers <@ ARRAY['administrator', 'analyst', 'auditor', 'custodian', 'platform-engineer',
        'custodian-of-resource']),
    ADD CONSTRAINT approvals_spendable CHECK (spendable_seconds BETWEEN 1 AND 259200),
    ADD CONSTRAINT approvals_decided_for FOREIGN KEY (decided_for) REFERENCES muster.people (id),
    ADD CONSTRAINT approvals_spent_in CHECK (spent_in IS NULL OR spent_at IS NOT NULL),
    ADD CONSTRAINT approvals_for_a_decider CHECK (decided_for IS NULL OR decided_by IS NOT NULL),
    ADD CONSTRAINT approvals_for_somebody_else CHECK (
      decided_for <> decided_by AND decided_for <> requester AND decided_for <> ALL (involved));
  SELECT muster.allow('app', 'UPDATE (decided_for, spent_in)', 'muster.approvals');

  -- Of what an identity shall become there is one open question; of what somebody wants to do, one for each payload.
  DROP INDEX muster.approvals_one_open;
  CREATE UNIQUE INDEX approvals_one_open ON muster.approvals (action, subject)
    WHERE state = 'pending' AND action IN ('identity.activate', 'identity.change');
  CREATE UNIQUE INDEX approvals_asked_once ON muster.approvals (action, subject, requester, payload_digest)
    WHERE state = 'pending';
  CREATE INDEX approvals_by_requester ON muster.approvals (requester, id);

  CREATE OR REPLACE FUNCTION muster.approvals_keep_their_end() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'an approval is cancelled, its row stays' USING ERRCODE = '23514', CONSTRAINT = 'approvals_stay';
    END IF;
    IF (NEW.id, NEW.action, NEW.subject, NEW.payload_digest, NEW.payload, NEW.payload_withheld, NEW.summary,
        NEW.requester, NEW.involved, NEW.approvers, NEW.spendable_seconds, NEW.created_at, NEW.expires_at)
      IS DISTINCT FROM (OLD.id, OLD.action, OLD.subject, OLD.payload_digest, OLD.payload, OLD.payload_withheld,
        OLD.summary, OLD.requester, OLD.involved, OLD.approvers, OLD.spendable_seconds, OLD.created_at, OLD.expires_at)
    THEN
      RAISE EXCEPTION 'what was asked never changes' USING ERRCODE = '23514', CONSTRAINT = 'approvals_asked_stays';
    END IF;
    IF OLD.state <> 'pending' AND (NEW.state, NEW.decided_by, NEW.decided_for, NEW.decided_at, NEW.reason)
      IS DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decided_for, OLD.decided_at, OLD.reason) THEN
      RAISE EXCEPTION 'an approval that is % stays so', OLD.state
        USING ERRCODE = '23514', CONSTRAINT = 'approvals_terminal';
    END IF;
    IF OLD.spent_at IS NOT NULL AND (NEW.spent_at, NEW.spent_by, NEW.spent_in)
      IS DISTINCT FROM (OLD.spent_at, OLD.spent_by, OLD.spent_in) THEN
      RAISE EXCEPTION 'an approval is spent once' USING ERRCODE = '23514', CONSTRAINT = 'approvals_spent_once';
    END IF;
    RETURN NEW;
  END $$;
`;

const SEPARATION = `
  -- Whoever decides locks their own row for a look, whoever links accounts or delegates locks those rows for a change
  -- (both in the service): so neither happens beside the other, and this sees which came first.
  CREATE FUNCTION muster.check_separation_of_approval() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    decider text;
  BEGIN
    IF TG_OP = 'INSERT' AND (NEW.state <> 'pending' OR NEW.spent_at IS NOT NULL) THEN
      RAISE EXCEPTION 'an approval begins as a question' USING ERRCODE = '23514', CONSTRAINT = 'approvals_begin_pending';
    END IF;
    IF NEW.decided_by IS NULL THEN
      RETURN NEW;
    END IF;
    FOREACH decider IN ARRAY array_remove(ARRAY[NEW.decided_by, NEW.decided_for], NULL) LOOP
      IF OLD.decided_by IS NULL AND EXISTS (
        SELECT FROM muster.stands_for(decider, NEW.created_at) s (human), unnest(NEW.involved) i (name)
        WHERE s.human = muster.human_of(i.name)) THEN
        RAISE EXCEPTION 'decided by an account of somebody involved, or by who stands in for them'
          USING ERRCODE = '23514', CONSTRAINT = 'approvals_by_another_human';
      END IF;
      IF NEW.spent_by IS NOT NULL AND OLD.spent_by IS NULL AND muster.human_of(NEW.spent_by) = muster.human_of(decider) THEN
        RAISE EXCEPTION 'spent by an account of whoever gave it'
          USING ERRCODE = '23514', CONSTRAINT = 'approvals_spent_by_another_human';
      END IF;
    END LOOP;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.check_separation_of_approval() FROM PUBLIC;
  CREATE TRIGGER approvals_separate AFTER INSERT OR UPDATE ON muster.approvals
    FOR EACH ROW EXECUTE FUNCTION muster.check_separation_of_approval();

  CREATE FUNCTION muster.check_separation_of_grant() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF NEW.verified_at IS NOT NULL AND muster.human_of(NEW.verifier_id) = muster.human_of(NEW.added_by) THEN
      RAISE EXCEPTION 'verified by an account of whoever added it'
        USING ERRCODE = '23514', CONSTRAINT = 'grants_not_self_verified';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.check_separation_of_grant() FROM PUBLIC;
  CREATE TRIGGER grants_separate_first AFTER INSERT ON muster.grants
    FOR EACH ROW WHEN (NEW.verified_at IS NOT NULL) EXECUTE FUNCTION muster.check_separation_of_grant();
  CREATE TRIGGER grants_separate AFTER UPDATE ON muster.grants
    FOR EACH ROW WHEN (OLD.verified_at IS NULL AND NEW.verified_at IS NOT NULL)
    EXECUTE FUNCTION muster.check_separation_of_grant();
`;

const BREAK_GLASS = `
  CREATE TABLE muster.break_glass (
    id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    roles text[] NOT NULL,
    opened_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text COLLATE "C",
    reviewed_at timestamptz,
    reviewed_by text COLLATE "C",
    findings text,
    version integer NOT NULL,
    CONSTRAINT break_glass_pk PRIMARY KEY (id),
    CONSTRAINT break_glass_id CHECK (id ~ '^bgl_[0-9a-f]{32}$'),
    CONSTRAINT break_glass_person FOREIGN KEY (person_id) REFERENCES muster.people (id),
    CONSTRAINT break_glass_reviewer FOREIGN KEY (reviewed_by) REFERENCES muster.people (id),
    CONSTRAINT break_glass_roles CHECK (cardinality(roles) > 0 AND array_position(roles, NULL) IS NULL
      AND roles <@ ARRAY['administrator', 'analyst', 'auditor', 'custodian', 'platform-engineer']),
    CONSTRAINT break_glass_life CHECK (expires_at > opened_at AND expires_at <= opened_at + interval '1 hour'),
    CONSTRAINT break_glass_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND ended_at <= expires_at),
    CONSTRAINT break_glass_reviewed CHECK (num_nulls(reviewed_at, reviewed_by, findings) IN (0, 3)),
    CONSTRAINT break_glass_reviewed_when_ended CHECK (
      reviewed_at >= coalesce(ended_at, expires_at)),
    CONSTRAINT break_glass_by_somebody_else CHECK (reviewed_by <> person_id),
    CONSTRAINT break_glass_version CHECK (version >= 1)
  );
  -- One at a time is the service's to hold, under the lock on the person: by time, one ends before that is noted.
  CREATE INDEX break_glass_open ON muster.break_glass (person_id) WHERE ended_at IS NULL;
  CREATE INDEX break_glass_unreviewed ON muster.break_glass (id) WHERE reviewed_at IS NULL;
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.break_glass');
  SELECT muster.allow('app', 'UPDATE (ended_at, ended_by, reviewed_at, reviewed_by, findings, version)',
    'muster.break_glass');

  CREATE FUNCTION muster.check_break_glass() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF NEW.ended_at IS NOT NULL OR NEW.reviewed_at IS NOT NULL THEN
        RAISE EXCEPTION 'break-glass begins open' USING ERRCODE = '23514', CONSTRAINT = 'break_glass_begins_open';
      END IF;
      RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (NEW.id, NEW.person_id, NEW.reason, NEW.roles, NEW.opened_at, NEW.expires_at)
      IS DISTINCT FROM (OLD.id, OLD.person_id, OLD.reason, OLD.roles, OLD.opened_at, OLD.expires_at)
      OR (OLD.ended_at IS NOT NULL AND (NEW.ended_at, NEW.ended_by) IS DISTINCT FROM (OLD.ended_at, OLD.ended_by))
      OR OLD.reviewed_at IS NOT NULL THEN
      RAISE EXCEPTION 'break-glass ends once, is reviewed once, and stays'
        USING ERRCODE = '23514', CONSTRAINT = 'break_glass_stays';
    END IF;
    IF NEW.reviewed_by IS NOT NULL AND EXISTS (
      SELECT FROM muster.stands_for(NEW.reviewed_by, NEW.opened_at) s (human)
      WHERE s.human = muster.human_of(NEW.person_id)) THEN
      RAISE EXCEPTION 'reviewed by an account of whoever opened it, or by who stands in for them'
        USING ERRCODE = '23514', CONSTRAINT = 'break_glass_by_another_human';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.check_break_glass() FROM PUBLIC;
  CREATE TRIGGER break_glass_life BEFORE INSERT OR UPDATE OR DELETE ON muster.break_glass
    FOR EACH ROW EXECUTE FUNCTION muster.check_break_glass();
`;

const LETTERS = `
  -- How far readers of the log have come.
  CREATE TABLE muster.log_cursors (
    name text COLLATE "C" NOT NULL,
    index bigint NOT NULL,
    CONSTRAINT log_cursors_pk PRIMARY KEY (name)
  );
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.log_cursors');

  -- Whom to tell of what by e-mail. Neither address nor text: both are put together when it is sent.
  CREATE TABLE muster.letters (
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text COLLATE "C" NOT NULL,
    about text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    occasion text COLLATE "C" NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    failure text,
    CONSTRAINT letters_pk PRIMARY KEY (id),
    CONSTRAINT letters_once UNIQUE (kind, about, person_id, occasion),
    CONSTRAINT letters_person FOREIGN KEY (person_id) REFERENCES muster.people (id),
    CONSTRAINT letters_state CHECK (state IN ('waiting', 'sent', 'given-up')),
    CONSTRAINT letters_ended CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CONSTRAINT letters_failure CHECK (length(failure) <= 64)
  );
  CREATE INDEX letters_due ON muster.letters (due_at) WHERE state = 'waiting';
  CREATE INDEX letters_by_creation ON muster.letters (created_at);
  SELECT muster.allow('app', 'SELECT, INSERT, DELETE, UPDATE (state, attempts, due_at, ended_at, failure)', 'muster.letters');
`;
