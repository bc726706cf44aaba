import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What waits for somebody else's consent. */
export class Approvals1790000000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`${APPROVALS}${LIFE}${CONSENT}`);
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only: restore a backup instead.');
  }
}

const APPROVALS = `
  CREATE TABLE muster.approvals (
    id text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    payload_digest bytea NOT NULL,
    summary text NOT NULL,
    requester text COLLATE "C" NOT NULL,
    -- Everybody who had a hand in what is asked, the requester among them.
    involved text[] NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_by text COLLATE "C",
    decided_at timestamptz,
    reason text,
    spent_by text COLLATE "C",
    spent_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT approvals_pk PRIMARY KEY (id),
    CONSTRAINT approvals_id CHECK (id ~ '^apr_[0-9a-f]{32}$'),
    CONSTRAINT approvals_payload_digest CHECK (octet_length(payload_digest) = 32),
    CONSTRAINT approvals_state CHECK (
      state IN ('pending', 'approved', 'denied', 'expired', 'cancelled', 'failed', 'partial')),
    CONSTRAINT approvals_expiry CHECK (expires_at > created_at),
    CONSTRAINT approvals_requester_involved CHECK (requester = ANY (involved)),
    -- Separation of duties (NIST SP 800-53 AC-5): no role and no configuration reaches this line.
    CONSTRAINT approvals_by_somebody_else CHECK (decided_by <> requester AND decided_by <> ALL (involved)),
    CONSTRAINT approvals_decided CHECK ((state IN ('approved', 'denied')) = (decided_by IS NOT NULL)),
    CONSTRAINT approvals_ended CHECK ((state = 'pending') = (decided_at IS NULL)),
    CONSTRAINT approvals_in_time CHECK (state NOT IN ('approved', 'denied') OR decided_at < expires_at),
    CONSTRAINT approvals_decider FOREIGN KEY (decided_by) REFERENCES muster.people (id),
    CONSTRAINT approvals_spent CHECK ((spent_at IS NULL) = (spent_by IS NULL) AND (spent_at IS NULL OR state = 'approved')),
    CONSTRAINT approvals_not_by_its_spender CHECK (spent_by <> decided_by),
    CONSTRAINT approvals_version CHECK (version >= 1)
  );
  CREATE UNIQUE INDEX approvals_one_open ON muster.approvals (action, subject) WHERE state = 'pending';
  CREATE INDEX approvals_by_subject ON muster.approvals (subject, action, id);
  CREATE INDEX approvals_by_state ON muster.approvals (state, id);
  CREATE INDEX approvals_by_expiry ON muster.approvals (expires_at) WHERE state = 'pending';

  SELECT muster.allow('app', 'SELECT, INSERT', 'muster.approvals');
  SELECT muster.allow('app', 'UPDATE (state, decided_by, decided_at, reason, spent_by, spent_at, version)',
    'muster.approvals');
`;

const LIFE = `
  CREATE FUNCTION muster.approvals_keep_their_end() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'an approval is cancelled, its row stays' USING ERRCODE = '23514', CONSTRAINT = 'approvals_stay';
    END IF;
    IF (NEW.id, NEW.action, NEW.subject, NEW.payload_digest, NEW.summary, NEW.requester, NEW.involved,
        NEW.created_at, NEW.expires_at)
      IS DISTINCT FROM (OLD.id, OLD.action, OLD.subject, OLD.payload_digest, OLD.summary, OLD.requester, OLD.involved,
        OLD.created_at, OLD.expires_at) THEN
      RAISE EXCEPTION 'what was asked never changes' USING ERRCODE = '23514', CONSTRAINT = 'approvals_asked_stays';
    END IF;
    IF OLD.state <> 'pending' AND (NEW.state, NEW.decided_by, NEW.decided_at, NEW.reason)
      IS DISTINCT FROM (OLD.state, OLD.decided_by, OLD.decided_at, OLD.reason) THEN
      RAISE EXCEPTION 'an approval that is % stays so', OLD.state
        USING ERRCODE = '23514', CONSTRAINT = 'approvals_terminal';
    END IF;
    IF OLD.spent_at IS NOT NULL AND (NEW.spent_at, NEW.spent_by) IS DISTINCT FROM (OLD.spent_at, OLD.spent_by) THEN
      RAISE EXCEPTION 'an approval is spent once' USING ERRCODE = '23514', CONSTRAINT = 'approvals_spent_once';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER approvals_life BEFORE UPDATE OR DELETE ON muster.approvals
    FOR EACH ROW EXECUTE FUNCTION muster.approvals_keep_their_end();
`;

/**
 * An identity that is privileged or enters orders works only on an approval that was given for it and spent. Approvals
 * never leave their end, so a look at commit is enough, and no lock is needed.
 */
const CONSENT = `
  CREATE FUNCTION muster.check_consent_of_identity() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    IF EXISTS (
      SELECT FROM muster.identities i WHERE i.id = NEW.id AND i.status IN ('active', 'suspended')
        AND (i.privileged OR 'order-entry' = ANY (i.data_classes))
        AND NOT EXISTS (SELECT FROM muster.approvals a WHERE a.id = i.approval_id AND a.subject = i.id
          AND a.state = 'approved' AND a.spent_at IS NOT NULL)) THEN
      RAISE EXCEPTION 'identity % works without the approval it needs', NEW.id
        USING ERRCODE = '23514', CONSTRAINT = 'identities_approved', SCHEMA = 'muster', TABLE = 'identities';
    END IF;
    RETURN NULL;
  END $$;
  REVOKE ALL ON FUNCTION muster.check_consent_of_identity() FROM PUBLIC;
  CREATE CONSTRAINT TRIGGER identities_approved AFTER INSERT OR UPDATE ON muster.identities
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status IN ('active', 'suspended') AND (NEW.privileged OR 'order-entry' = ANY (NEW.data_classes)))
    EXECUTE FUNCTION muster.check_consent_of_identity();
`;
