import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Access reviews: what they are founded on, what they froze, what was decided, and what became of it.
 *
 * Who asked for an identity does not decide about it, and who wrote a risk analysis does not approve it: held here too, so
 * that no role, no configuration and no compromised service process lifts it.
 */
export class Reviews1790000001300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${OBLIGATIONS}${FOUNDATIONS}${CAMPAIGNS}${ITEMS}${PROGRESS}${SEPARATION}${CONSEQUENCES}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const OBLIGATIONS = `
  -- What is owed for an identity, to whom, and by when: its standing depends on it. Each campaign that has yet to hear about
  -- it is a row, and each schedule that it is reviewed by, with the risk analysis behind that. Kept apart from its own row,
  -- which a review of a hundred thousand need not touch, not even to see that it is there: identities never go.
  CREATE TABLE muster.obligations (
    identity_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    source_id text COLLATE "C" NOT NULL,
    reference_id text COLLATE "C" NOT NULL,
    due_at timestamptz NOT NULL,
    CONSTRAINT obligations_pk PRIMARY KEY (identity_id, kind, source_id),
    CONSTRAINT obligations_kind CHECK (kind IN ('review', 'risk-analysis'))
  ) WITH (fillfactor = 80);
  CREATE INDEX obligations_by_source ON muster.obligations (source_id, identity_id);
  CREATE INDEX obligations_by_due ON muster.obligations (due_at, identity_id);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE, DELETE', 'muster.obligations');
`;

const FOUNDATIONS = `
  -- Targeted risk analyses (PCI DSS 12.3.1): why reviews happen as often as they do.
  CREATE TABLE muster.risk_analyses (
    id text COLLATE "C" NOT NULL,
    title text NOT NULL,
    assets text NOT NULL,
    threats text NOT NULL,
    factors text NOT NULL,
    justification text NOT NULL,
    every_days integer NOT NULL,
    status text NOT NULL,
    author_id text COLLATE "C" NOT NULL,
    approver_id text COLLATE "C",
    approved_at timestamptz,
    expires_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    replaces_id text COLLATE "C",
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT risk_analyses_pk PRIMARY KEY (id),
    CONSTRAINT risk_analyses_id CHECK (id ~ '^ran_[0-9a-f]{32}$'),
    CONSTRAINT risk_analyses_status CHECK (status IN ('draft', 'approved', 'withdrawn')),
    CONSTRAINT risk_analyses_words CHECK (title <> '' AND assets <> '' AND threats <> '' AND factors <> '' AND justification <> ''),
    CONSTRAINT risk_analyses_every CHECK (every_days BETWEEN 1 AND 366),
    CONSTRAINT risk_analyses_author FOREIGN KEY (author_id) REFERENCES muster.people (id),
    CONSTRAINT risk_analyses_approver FOREIGN KEY (approver_id) REFERENCES muster.people (id),
    CONSTRAINT risk_analyses_approval CHECK ((approver_id IS NULL) = (approved_at IS NULL)
      AND (status <> 'approved' OR approved_at IS NOT NULL)),
    -- Reviewed at least once every twelve months (PCI DSS 12.3.1).
    CONSTRAINT risk_analyses_life CHECK (approved_at IS NULL OR expires_at <= approved_at + interval '366 days'),
    CONSTRAINT risk_analyses_replaces FOREIGN KEY (replaces_id) REFERENCES muster.risk_analyses (id)
  );
  CREATE INDEX risk_analyses_by_expiry ON muster.risk_analyses (expires_at, id) WHERE status = 'approved';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.risk_analyses');

  CREATE TABLE muster.review_schedules (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    scope jsonb NOT NULL,
    every_days integer NOT NULL,
    due_after_days integer NOT NULL,
    owner_id text COLLATE "C" NOT NULL,
    management_id text COLLATE "C" NOT NULL,
    risk_analysis_id text COLLATE "C" NOT NULL,
    sample_percent integer NOT NULL,
    status text NOT NULL,
    next_at timestamptz NOT NULL,
    version integer NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT review_schedules_pk PRIMARY KEY (id),
    CONSTRAINT review_schedules_id CHECK (id ~ '^rvs_[0-9a-f]{32}$'),
    CONSTRAINT review_schedules_status CHECK (status IN ('active', 'paused', 'removed')),
    CONSTRAINT review_schedules_every CHECK (every_days BETWEEN 1 AND 366 AND due_after_days BETWEEN 1 AND 90),
    CONSTRAINT review_schedules_sample CHECK (sample_percent BETWEEN 0 AND 100),
    CONSTRAINT review_schedules_owner FOREIGN KEY (owner_id) REFERENCES muster.people (id),
    CONSTRAINT review_schedules_management FOREIGN KEY (management_id) REFERENCES muster.people (id),
    CONSTRAINT review_schedules_risk_analysis FOREIGN KEY (risk_analysis_id) REFERENCES muster.risk_analyses (id)
  );
  CREATE UNIQUE INDEX review_schedules_name ON muster.review_schedules (lower(name)) WHERE status <> 'removed';
  CREATE INDEX review_schedules_due ON muster.review_schedules (next_at) WHERE status = 'active';
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.review_schedules');
`;

const CAMPAIGNS = `
  CREATE TABLE muster.review_campaigns (
    id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    scope jsonb NOT NULL,
    schedule_id text COLLATE "C",
    risk_analysis_id text COLLATE "C",
    owner_id text COLLATE "C" NOT NULL,
    management_id text COLLATE "C" NOT NULL,
    sample_percent integer NOT NULL,
    state text NOT NULL,
    due_at timestamptz NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    -- What was frozen: when, how many, and a digest over all of it.
    frozen_at timestamptz,
    population integer,
    population_digest bytea,
    data_gate jsonb,
    acknowledged_by text COLLATE "C",
    acknowledged_at timestamptz,
    acknowledged_digest bytea,
    ended_by text COLLATE "C",
    ended_at timestamptz,
    end_reason text,
    -- The numbers as they stood at the end.
    figures jsonb,
    version integer NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT review_campaigns_pk PRIMARY KEY (id),
    CONSTRAINT review_campaigns_id CHECK (id ~ '^cmp_[0-9a-f]{32}$'),
    CONSTRAINT review_campaigns_state CHECK (state IN ('staging', 'open', 'closed', 'cancelled')),
    CONSTRAINT review_campaigns_sample CHECK (sample_percent BETWEEN 0 AND 100),
    CONSTRAINT review_campaigns_due CHECK (due_at > created_at),
    CONSTRAINT review_campaigns_schedule FOREIGN KEY (schedule_id) REFERENCES muster.review_schedules (id),
    CONSTRAINT review_campaigns_risk_analysis FOREIGN KEY (risk_analysis_id) REFERENCES muster.risk_analyses (id),
    CONSTRAINT review_campaigns_owner FOREIGN KEY (owner_id) REFERENCES muster.people (id),
    CONSTRAINT review_campaigns_management FOREIGN KEY (management_id) REFERENCES muster.people (id),
    CONSTRAINT review_campaigns_frozen CHECK ((frozen_at IS NULL) = (population IS NULL)
      AND (frozen_at IS NULL) = (population_digest IS NULL) AND (state NOT IN ('open', 'closed') OR frozen_at IS NOT NULL)),
    CONSTRAINT review_campaigns_acknowledged CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)
      AND (acknowledged_by IS NULL) = (acknowledged_digest IS NULL)),
    CONSTRAINT review_campaigns_closed CHECK (state <> 'closed' OR (acknowledged_at IS NOT NULL AND figures IS NOT NULL)),
    CONSTRAINT review_campaigns_ended CHECK ((state IN ('closed', 'cancelled')) = (ended_at IS NOT NULL))
  );
  CREATE INDEX review_campaigns_by_state ON muster.review_campaigns (state, due_at);
  CREATE INDEX review_campaigns_by_schedule ON muster.review_campaigns (schedule_id, created_at) WHERE schedule_id IS NOT NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE', 'muster.review_campaigns');
`;

const ITEMS = `
  CREATE TABLE muster.review_items (
    id text COLLATE "C" NOT NULL,
    campaign_id text COLLATE "C" NOT NULL,
    position integer NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    -- Of the evidence, what lists are read by.
    name text COLLATE "C" NOT NULL,
    environment text COLLATE "C" NOT NULL,
    unused_grants integer NOT NULL,
    last_used_at timestamptz,
    -- Who decides now; null where nobody may, which only an exception can end.
    reviewer_id text COLLATE "C",
    -- The backup custodian as frozen, who may decide too once the item is late.
    backup_id text COLLATE "C",
    -- Who may never decide: whoever asked for the identity or had a hand in it.
    barred text[] COLLATE "C" NOT NULL,
    state text NOT NULL,
    privileged boolean NOT NULL,
    evidence jsonb NOT NULL,
    evidence_digest bytea NOT NULL,
    previous_id text COLLATE "C",
    opened_at timestamptz,
    opened_by text COLLATE "C",
    seconds_spent integer NOT NULL DEFAULT 0,
    decision text,
    decision_grants text[] COLLATE "C",
    decision_reason text,
    decision_to text COLLATE "C",
    in_bulk boolean NOT NULL DEFAULT false,
    staged_by text COLLATE "C",
    staged_at timestamptz,
    submission_id text COLLATE "C",
    submitted_at timestamptz,
    -- Who had it before, and why it went on: [{kind, from, to, by, at, reason}].
    moves jsonb NOT NULL DEFAULT '[]',
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT review_items_pk PRIMARY KEY (id),
    CONSTRAINT review_items_id CHECK (id ~ '^rvi_[0-9a-f]{32}$'),
    CONSTRAINT review_items_campaign FOREIGN KEY (campaign_id) REFERENCES muster.review_campaigns (id),
    CONSTRAINT review_items_identity FOREIGN KEY (identity_id) REFERENCES muster.identities (id),
    CONSTRAINT review_items_reviewer FOREIGN KEY (reviewer_id) REFERENCES muster.people (id),
    CONSTRAINT review_items_backup FOREIGN KEY (backup_id) REFERENCES muster.people (id),
    CONSTRAINT review_items_state CHECK (state IN ('open', 'staged', 'submitted', 'excepted')),
    CONSTRAINT review_items_decision CHECK (decision IN ('keep', 'reduce', 'revoke', 'reassign', 'delegate')),
    CONSTRAINT review_items_decided CHECK ((state IN ('staged', 'submitted')) = (decision IS NOT NULL)
      AND (decision IS NULL) = (staged_at IS NULL) AND (decision IS NULL) = (staged_by IS NULL)),
    -- What is submitted has an outcome: who hands an item on leaves it open.
    CONSTRAINT review_items_outcome CHECK (state <> 'submitted' OR decision IN ('keep', 'reduce', 'revoke')),
    CONSTRAINT review_items_submitted CHECK ((state = 'submitted') = (submission_id IS NOT NULL)
      AND (state = 'submitted') = (submitted_at IS NOT NULL)),
    CONSTRAINT review_items_reduce CHECK ((decision IS NOT DISTINCT FROM 'reduce') = (decision_grants IS NOT NULL)
      AND cardinality(decision_grants) > 0),
    CONSTRAINT review_items_to CHECK ((decision IN ('reassign', 'delegate')) IS NOT TRUE OR decision_to IS NOT NULL),
    CONSTRAINT review_items_words CHECK (NOT (privileged AND decision = 'keep') OR coalesce(decision_reason, '') <> ''),
    CONSTRAINT review_items_seconds CHECK (seconds_spent >= 0)
  ) WITH (fillfactor = 80);
  CREATE UNIQUE INDEX review_items_in_order ON muster.review_items (campaign_id, position);
  CREATE UNIQUE INDEX review_items_once ON muster.review_items (campaign_id, identity_id);
  CREATE INDEX review_items_by_reviewer ON muster.review_items (reviewer_id, state, campaign_id, position);
  CREATE INDEX review_items_by_backup ON muster.review_items (backup_id, campaign_id) WHERE state IN ('open', 'staged');
  -- The orders of a campaign's list.
  CREATE INDEX review_items_in_order_of_name ON muster.review_items (campaign_id, name, position);
  CREATE INDEX review_items_in_order_of_use ON muster.review_items (campaign_id, (coalesce(last_used_at, '-infinity')), position);
  CREATE INDEX review_items_in_order_of_excess ON muster.review_items (campaign_id, ((- unused_grants)), position);
  CREATE INDEX review_items_by_state ON muster.review_items (campaign_id, state, position);
  CREATE INDEX review_items_staged ON muster.review_items (campaign_id, staged_by) WHERE state = 'staged';
  CREATE INDEX review_items_by_identity ON muster.review_items (identity_id, submitted_at);
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.review_items');
  SELECT muster.allow('app', 'UPDATE (reviewer_id, state, opened_at, opened_by, seconds_spent, decision, decision_grants,
    decision_reason, decision_to, in_bulk, staged_by, staged_at, submission_id, submitted_at, moves, version)',
    'muster.review_items');

  CREATE TABLE muster.review_submissions (
    id text COLLATE "C" NOT NULL,
    campaign_id text COLLATE "C" NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    count integer NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT review_submissions_pk PRIMARY KEY (id),
    CONSTRAINT review_submissions_id CHECK (id ~ '^rsb_[0-9a-f]{32}$'),
    CONSTRAINT review_submissions_campaign FOREIGN KEY (campaign_id) REFERENCES muster.review_campaigns (id),
    CONSTRAINT review_submissions_person FOREIGN KEY (person_id) REFERENCES muster.people (id)
  );
  CREATE INDEX review_submissions_by_campaign ON muster.review_submissions (campaign_id, id);
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.review_submissions');
`;

/**
 * How many items are in which state, by reviewer ('' where nobody may decide): a row of its own for each, so that a thousand
 * who decide at once do not wait for one another, and a campaign of a hundred thousand is not counted anew to be shown.
 */
const PROGRESS = `
  CREATE TABLE muster.review_progress (
    campaign_id text COLLATE "C" NOT NULL,
    reviewer_id text COLLATE "C" NOT NULL,
    open integer NOT NULL,
    staged integer NOT NULL,
    submitted integer NOT NULL,
    excepted integer NOT NULL,
    CONSTRAINT review_progress_pk PRIMARY KEY (campaign_id, reviewer_id),
    CONSTRAINT review_progress_campaign FOREIGN KEY (campaign_id) REFERENCES muster.review_campaigns (id)
  ) WITH (fillfactor = 50);
  CREATE INDEX review_progress_undecided ON muster.review_progress (reviewer_id) WHERE open + staged > 0;
  SELECT muster.allow('app', 'SELECT', 'muster.review_progress');

  CREATE FUNCTION muster.count_review_items() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO muster.review_progress AS p (campaign_id, reviewer_id, open, staged, submitted, excepted)
      SELECT i.campaign_id, coalesce(i.reviewer_id, ''), count(*) FILTER (WHERE i.state = 'open'), count(*) FILTER (WHERE i.state = 'staged'),
        count(*) FILTER (WHERE i.state = 'submitted'), count(*) FILTER (WHERE i.state = 'excepted')
      FROM added i GROUP BY i.campaign_id, i.reviewer_id ORDER BY i.campaign_id, i.reviewer_id
      ON CONFLICT ON CONSTRAINT review_progress_pk DO UPDATE SET open = p.open + EXCLUDED.open, staged = p.staged + EXCLUDED.staged,
        submitted = p.submitted + EXCLUDED.submitted, excepted = p.excepted + EXCLUDED.excepted;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION muster.count_review_items() FROM PUBLIC;
  CREATE TRIGGER review_items_counted AFTER INSERT ON muster.review_items REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION muster.count_review_items();

  CREATE FUNCTION muster.recount_review_items() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    INSERT INTO muster.review_progress AS p (campaign_id, reviewer_id, open, staged, submitted, excepted)
      SELECT d.campaign_id, d.reviewer_id, d.open, d.staged, d.submitted, d.excepted FROM (
        SELECT i.campaign_id, coalesce(i.reviewer_id, '') AS reviewer_id, coalesce(sum(n) FILTER (WHERE i.state = 'open'), 0) AS open,
          coalesce(sum(n) FILTER (WHERE i.state = 'staged'), 0) AS staged, coalesce(sum(n) FILTER (WHERE i.state = 'submitted'), 0) AS submitted,
          coalesce(sum(n) FILTER (WHERE i.state = 'excepted'), 0) AS excepted
        FROM (SELECT b.campaign_id, b.reviewer_id, b.state, -1 AS n FROM before b
          UNION ALL SELECT a.campaign_id, a.reviewer_id, a.state, 1 FROM after a) i
        GROUP BY i.campaign_id, i.reviewer_id) d
      WHERE (d.open, d.staged, d.submitted, d.excepted) <> (0, 0, 0, 0) ORDER BY d.campaign_id, d.reviewer_id
      ON CONFLICT ON CONSTRAINT review_progress_pk DO UPDATE SET open = p.open + EXCLUDED.open, staged = p.staged + EXCLUDED.staged,
        submitted = p.submitted + EXCLUDED.submitted, excepted = p.excepted + EXCLUDED.excepted;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION muster.recount_review_items() FROM PUBLIC;
  CREATE TRIGGER review_items_recounted AFTER UPDATE ON muster.review_items
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION muster.recount_review_items();
`;

const SEPARATION = `
  CREATE FUNCTION muster.review_items_keep_apart() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF OLD.state = 'submitted' THEN
      RAISE EXCEPTION 'a submitted decision stands' USING ERRCODE = '23514', CONSTRAINT = 'review_items_stand';
    END IF;
    IF EXISTS (
      SELECT FROM muster.stands_for(NEW.staged_by, (SELECT c.frozen_at FROM muster.review_campaigns c WHERE c.id = NEW.campaign_id)) AS human
      WHERE human IN (SELECT muster.human_of(name) FROM unnest(NEW.barred) AS name)) THEN
      RAISE EXCEPTION 'nobody decides on what they asked for'
        USING ERRCODE = '23514', CONSTRAINT = 'review_items_apart';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.review_items_keep_apart() FROM PUBLIC;
  CREATE TRIGGER review_items_apart BEFORE UPDATE ON muster.review_items
    FOR EACH ROW WHEN (OLD.state = 'submitted'
      OR (NEW.staged_by IS NOT NULL AND (NEW.staged_by, NEW.state) IS DISTINCT FROM (OLD.staged_by, OLD.state)))
    EXECUTE FUNCTION muster.review_items_keep_apart();

  CREATE FUNCTION muster.risk_analyses_keep_apart() RETURNS trigger
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF muster.human_of(NEW.author_id) = muster.human_of(NEW.approver_id) THEN
      RAISE EXCEPTION 'nobody approves their own analysis'
        USING ERRCODE = '23514', CONSTRAINT = 'risk_analyses_apart';
    END IF;
    RETURN NEW;
  END $$;
  REVOKE ALL ON FUNCTION muster.risk_analyses_keep_apart() FROM PUBLIC;
  CREATE TRIGGER risk_analyses_apart BEFORE INSERT OR UPDATE ON muster.risk_analyses
    FOR EACH ROW WHEN (NEW.approver_id IS NOT NULL) EXECUTE FUNCTION muster.risk_analyses_keep_apart();
`;

const CONSEQUENCES = `
  -- What a decision asks to be done, until it is seen to be so.
  CREATE TABLE muster.review_effects (
    id text COLLATE "C" NOT NULL,
    campaign_id text COLLATE "C" NOT NULL,
    item_id text COLLATE "C" NOT NULL,
    identity_id text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    grant_id text COLLATE "C",
    to_id text COLLATE "C",
    target_id text COLLATE "C",
    state text NOT NULL,
    -- Who attests it where no adapter can see it.
    owner_id text COLLATE "C",
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    failure text,
    evidence jsonb,
    created_at timestamptz NOT NULL,
    applied_at timestamptz,
    ended_at timestamptz,
    ended_by text COLLATE "C",
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT review_effects_pk PRIMARY KEY (id),
    CONSTRAINT review_effects_id CHECK (id ~ '^rve_[0-9a-f]{32}$'),
    CONSTRAINT review_effects_campaign FOREIGN KEY (campaign_id) REFERENCES muster.review_campaigns (id),
    CONSTRAINT review_effects_item FOREIGN KEY (item_id) REFERENCES muster.review_items (id),
    CONSTRAINT review_effects_grant FOREIGN KEY (grant_id) REFERENCES muster.grants (id),
    CONSTRAINT review_effects_owner FOREIGN KEY (owner_id) REFERENCES muster.people (id),
    CONSTRAINT review_effects_kind CHECK (kind IN ('stop-identity', 'remove-grant', 'hand-over', 'remove-account')),
    CONSTRAINT review_effects_of_grant CHECK ((kind = 'remove-grant') = (grant_id IS NOT NULL)),
    CONSTRAINT review_effects_of_hand_over CHECK ((kind = 'hand-over') = (to_id IS NOT NULL)),
    CONSTRAINT review_effects_state CHECK (state IN ('pending', 'applied', 'verified', 'attestation-needed', 'attested', 'failed')),
    CONSTRAINT review_effects_ended CHECK ((state IN ('verified', 'attested')) = (ended_at IS NOT NULL)),
    CONSTRAINT review_effects_attested CHECK (state <> 'attested' OR (ended_by IS NOT NULL AND evidence IS NOT NULL))
  ) WITH (fillfactor = 80);
  CREATE INDEX review_effects_by_campaign ON muster.review_effects (campaign_id, state, id);
  CREATE INDEX review_effects_in_order ON muster.review_effects (campaign_id, id);
  CREATE INDEX review_effects_by_item ON muster.review_effects (item_id);
  CREATE INDEX review_effects_due ON muster.review_effects (due_at, id) WHERE state IN ('pending', 'applied');
  CREATE INDEX review_effects_to_attest ON muster.review_effects (owner_id, id) WHERE state = 'attestation-needed';
  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.review_effects');
  SELECT muster.allow('app', 'UPDATE (target_id, state, owner_id, attempts, due_at, failure, evidence, applied_at, ended_at, ended_by,
    version)', 'muster.review_effects');

  -- What is not decided or not done, on purpose, by whom, and until when.
  CREATE TABLE muster.review_exceptions (
    id text COLLATE "C" NOT NULL,
    campaign_id text COLLATE "C" NOT NULL,
    item_id text COLLATE "C",
    effect_id text COLLATE "C",
    owner_id text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    ends_at timestamptz NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    ended_by text COLLATE "C",
    ended_at timestamptz,
    CONSTRAINT review_exceptions_pk PRIMARY KEY (id),
    CONSTRAINT review_exceptions_id CHECK (id ~ '^rvx_[0-9a-f]{32}$'),
    CONSTRAINT review_exceptions_campaign FOREIGN KEY (campaign_id) REFERENCES muster.review_campaigns (id),
    CONSTRAINT review_exceptions_item FOREIGN KEY (item_id) REFERENCES muster.review_items (id),
    CONSTRAINT review_exceptions_effect FOREIGN KEY (effect_id) REFERENCES muster.review_effects (id),
    CONSTRAINT review_exceptions_of_one CHECK (num_nonnulls(item_id, effect_id) = 1),
    CONSTRAINT review_exceptions_owner FOREIGN KEY (owner_id) REFERENCES muster.people (id),
    CONSTRAINT review_exceptions_words CHECK (reason <> ''),
    CONSTRAINT review_exceptions_life CHECK (ends_at > created_at AND ends_at <= created_at + interval '366 days'),
    CONSTRAINT review_exceptions_ended CHECK ((ended_by IS NULL) = (ended_at IS NULL))
  );
  CREATE UNIQUE INDEX review_exceptions_one_an_item ON muster.review_exceptions (item_id) WHERE ended_at IS NULL;
  CREATE UNIQUE INDEX review_exceptions_one_an_effect ON muster.review_exceptions (effect_id) WHERE ended_at IS NULL;
  CREATE INDEX review_exceptions_by_campaign ON muster.review_exceptions (campaign_id, id);
  CREATE INDEX review_exceptions_by_end ON muster.review_exceptions (ends_at) WHERE ended_at IS NULL;
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (ended_by, ended_at)', 'muster.review_exceptions');

  -- Keeps that somebody else looks at again.
  CREATE TABLE muster.review_samples (
    item_id text COLLATE "C" NOT NULL,
    campaign_id text COLLATE "C" NOT NULL,
    reviewer_id text COLLATE "C",
    state text NOT NULL,
    reason text,
    chosen_at timestamptz NOT NULL,
    decided_by text COLLATE "C",
    decided_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT review_samples_pk PRIMARY KEY (item_id),
    CONSTRAINT review_samples_item FOREIGN KEY (item_id) REFERENCES muster.review_items (id),
    CONSTRAINT review_samples_reviewer FOREIGN KEY (reviewer_id) REFERENCES muster.people (id),
    CONSTRAINT review_samples_state CHECK (state IN ('open', 'agreed', 'disagreed')),
    CONSTRAINT review_samples_decided CHECK ((state = 'open') = (decided_at IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT review_samples_words CHECK (state <> 'disagreed' OR coalesce(reason, '') <> '')
  );
  CREATE INDEX review_samples_by_campaign ON muster.review_samples (campaign_id, state);
  CREATE INDEX review_samples_by_reviewer ON muster.review_samples (reviewer_id, state);
  SELECT muster.allow('app', 'SELECT, INSERT, UPDATE (reviewer_id, state, reason, decided_by, decided_at, version)', 'muster.review_samples');
`;
