import { Injectable } from '@nestjs/common';
import type { Id } from '../../kernel/index.js';
import { Prepared, type Tx } from '../../platform/index.js';
import type { Scope } from '../domain/scope.js';
import type { Candidate } from './domain/preview.js';
import { type ConditionView, scopeCondition } from './domain/scope-condition.js';
import { chosenReviewers, inScope } from './scope-sql.js';

/** So many identities are worked on at once: what is in memory does not grow with the scope. */
const PAGE = 2_000;

/** One item, as it was just frozen. */
export interface FrozenItem {
  readonly id: Id<'reviewItem'>;
  readonly identityId: Id<'identity'>;
  readonly position: number;
  readonly evidenceDigest: Buffer;
  readonly gaps: readonly string[];
}

/** Reads what a scope holds, and freezes it: identities that are privileged first, then by name. */
@Injectable()
export class StagingRepository {
  /**
   * The ids in scope, a page at a time; one scope a transaction.
   *
   * @throws ReviewsError `condition_invalid`
   */
  async *pages(tx: Tx, scope: Scope, at: Date): AsyncGenerator<readonly Id<'identity'>[]> {
    const isIn = scope.condition === undefined ? undefined : scopeCondition(scope.condition);
    const parameters: unknown[] = [];
    const conditions = inScope(scope, at, (value) => `$${parameters.push(value)}`);
    await tx.execute(
      `DECLARE in_scope NO SCROLL CURSOR FOR SELECT i.id ${isIn ? SEEN_BY_CONDITIONS : ''} FROM muster.identities i
       WHERE ${conditions} ORDER BY i.privileged DESC, i.name, i.id`,
      parameters,
    );
    for (;;) {
      const rows = await tx.query<CandidateRow>(`FETCH ${PAGE} FROM in_scope`);
      const among = isIn ? rows.filter((row) => isIn(viewOf(row))) : rows;
      if (among.length > 0) yield among.map(({ id }) => id);
      if (rows.length < PAGE) break;
    }
    await tx.execute('CLOSE in_scope');
  }

  /** Identities, and who would decide about each. */
  async candidates(tx: Tx, ids: readonly Id<'identity'>[], at: Date): Promise<Candidate[]> {
    return tx.query<Candidate>(CANDIDATES, [ids, at]);
  }

  /**
   * Freezes identities as items of a campaign, in the order given.
   *
   * @param from the position of the first
   */
  async freeze(
    tx: Tx,
    campaignId: Id<'campaign'>,
    ids: readonly Id<'identity'>[],
    from: number,
    at: Date,
  ): Promise<FrozenItem[]> {
    const rows = await tx.query<FrozenRow>(FREEZE, [ids, at, campaignId, from, at.getTime()]);
    return rows
      .map((row) => ({
        id: row.id,
        identityId: row.identity_id,
        position: row.position,
        evidenceDigest: row.evidence_digest,
        gaps: row.gaps,
      }))
      .sort((one, other) => one.position - other.position);
  }
}

const SEEN_BY_CONDITIONS = `, i.name, i.kind, i.environment, i.team_id, i.purpose, i.criticality, i.data_classes, i.privileged,
  i.created_at`;

const LISTED = `listed AS MATERIALIZED (
    SELECT given.place::integer AS place, i.id, i.name, i.spiffe_id, i.kind, i.environment, i.team_id, i.purpose, i.criticality,
      i.data_classes, i.privileged, i.status, i.primary_custodian_id, i.backup_custodian_id, i.handover_due_at,
      i.support_expires_at, i.requested_by, i.authors, i.approval_id, i.created_at
    FROM unnest($1::text[]) WITH ORDINALITY AS given (id, place) JOIN muster.identities i USING (id))`;

const CANDIDATES = new Prepared(
  `WITH RECURSIVE ${LISTED}, ${chosenReviewers('$2::timestamptz')}
   SELECT l.id, l.name, l.privileged, c.person AS "reviewerId" FROM listed l LEFT JOIN chosen c USING (id) ORDER BY l.place`,
);

/** RFC 3339 in UTC, to the millisecond; null for what never ends. */
function instant(column: string): string {
  return `CASE WHEN ${column} < 'infinity' THEN to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END`;
}

/** Used in the last 90 days, or younger than that (`UNUSED_AFTER_DAYS` of the inventory). */
const IN_USE = `coalesce(g.last_used_at, g.added_at) > $2::timestamptz - interval '90 days'`;

const GRANTS = `SELECT
    jsonb_agg(jsonb_build_object('id', g.id, 'target', g.target, 'scope', g.scope, 'purpose', g.purpose,
      'verifiedAt', ${instant('g.verified_at')}, 'verifierId', g.verifier_id, 'addedAt', ${instant('g.added_at')},
      'lastUsedAt', ${instant('g.last_used_at')}, 'keep', ${IN_USE}) ORDER BY g.target, g.scope, g.id) AS list,
    count(*) FILTER (WHERE NOT ${IN_USE}) AS unused, max(g.last_used_at) AS last_used_at,
    bool_or(g.verified_at IS NULL) AS unverified, min(g.verified_at) AS verified_at
  FROM muster.grants g WHERE g.identity_id = l.id AND g.removed_at IS NULL`;

const LIVE_CREDENTIALS = `muster.credentials c
  WHERE c.identity_id = l.id AND c.expires_at > $2::timestamptz AND c.revoked_at IS NULL`;
const CREDENTIALS = `SELECT count(*) AS count, max(c.last_used_at) AS last_used_at,
    bool_or(c.kind = 'registered-key' AND c.last_used_at IS NULL) AS unseen
  FROM ${LIVE_CREDENTIALS}`;
const NEWEST_CREDENTIALS = `SELECT jsonb_agg(jsonb_build_object('id', c.id, 'kind', c.kind, 'notBefore', ${instant('c.not_before')},
    'expiresAt', ${instant('c.expires_at')}, 'lastUsedAt', ${instant('c.last_used_at')}) ORDER BY c.not_before DESC, c.id) AS list
  FROM (SELECT c.id, c.kind, c.not_before, c.expires_at, c.last_used_at FROM ${LIVE_CREDENTIALS}
    ORDER BY c.not_before DESC, c.id LIMIT 20) c`;

const APPROVALS = `SELECT jsonb_agg(jsonb_build_object('id', a.id, 'action', a.action, 'decidedBy', a.decided_by,
    'decidedAt', ${instant('a.decided_at')}) ORDER BY a.id DESC) AS list
  FROM (SELECT a.id, a.action, a.decided_by, a.decided_at FROM muster.approvals a
    WHERE a.subject = l.id AND a.state = 'approved' ORDER BY a.id DESC LIMIT 20) a`;

/** What is stale or missing, by the codes of the data gate. */
const GAPS = `to_jsonb(array_remove(ARRAY[
    CASE WHEN e.last_used_at IS NULL THEN 'use-unknown' END,
    CASE WHEN cr.unseen THEN 'keys-elsewhere' END,
    CASE WHEN gr.unverified THEN 'grants-unverified' END,
    CASE WHEN gr.verified_at <= $2::timestamptz - interval '365 days' THEN 'grants-verified-long-ago' END,
    CASE WHEN l.primary_custodian_id IS NULL THEN 'no-custodian' END,
    CASE WHEN l.primary_custodian_id IS NOT NULL AND l.backup_custodian_id IS NULL THEN 'no-backup' END], NULL))`;

const EVIDENCE = `jsonb_build_object(
    'identity', jsonb_build_object('id', l.id, 'name', l.name, 'spiffeId', l.spiffe_id, 'kind', l.kind,
      'environment', l.environment, 'teamId', l.team_id, 'purpose', l.purpose, 'criticality', l.criticality,
      'dataClasses', to_jsonb(l.data_classes), 'privileged', l.privileged, 'status', l.status,
      'primaryCustodianId', l.primary_custodian_id, 'backupCustodianId', l.backup_custodian_id,
      'handoverDueAt', ${instant('l.handover_due_at')}, 'supportExpiresAt', ${instant('l.support_expires_at')},
      'requestedBy', l.requested_by, 'approvalId', l.approval_id, 'createdAt', ${instant('l.created_at')}),
    'grants', coalesce(gr.list, '[]'), 'credentials', coalesce(nc.list, '[]'), 'credentialCount', cr.count,
    'lastUsedAt', ${instant('e.last_used_at')}, 'approvals', coalesce(ap.list, '[]'), 'gaps', ${GAPS})`;

/** A UUIDv7 (RFC 9562 §5.7): the millisecond given, the rest of it random. */
const NEW_ID = `'rvi_' || lpad(to_hex($5::bigint), 12, '0') || '7' || substr(replace(gen_random_uuid()::text, '-', ''), 14)`;

const FREEZE = new Prepared(
  `WITH RECURSIVE ${LISTED}, ${chosenReviewers('$2::timestamptz')},
   composed AS MATERIALIZED (
     SELECT l.id, l.place, l.name, l.environment, l.privileged, l.backup_custodian_id, l.requested_by, l.authors,
       coalesce(gr.unused, 0) AS unused, e.last_used_at, ${EVIDENCE} AS evidence
     FROM listed l
     CROSS JOIN LATERAL (${GRANTS}) gr
     CROSS JOIN LATERAL (${CREDENTIALS}) cr
     CROSS JOIN LATERAL (${NEWEST_CREDENTIALS}) nc
     CROSS JOIN LATERAL (${APPROVALS}) ap
     CROSS JOIN LATERAL (SELECT max(s.last_seen_at) AS at FROM muster.sightings s WHERE s.identity_id = l.id) se
     CROSS JOIN LATERAL (SELECT greatest(gr.last_used_at, cr.last_used_at, se.at) AS last_used_at) e)
   INSERT INTO muster.review_items AS made (id, campaign_id, position, identity_id, name, environment, unused_grants,
     last_used_at, reviewer_id, backup_id, barred, state, privileged, evidence, evidence_digest, previous_id)
   SELECT ${NEW_ID}, $3, $4::integer + f.place - 1, f.id, f.name, f.environment, f.unused, f.last_used_at, c.person,
     f.backup_custodian_id, ARRAY(SELECT DISTINCT n FROM unnest(f.authors || f.requested_by) n ORDER BY n), 'open',
     f.privileged, f.evidence, sha256(convert_to(f.evidence::text, 'UTF8')),
     (SELECT p.id FROM muster.review_items p WHERE p.identity_id = f.id AND p.submitted_at IS NOT NULL
      ORDER BY p.submitted_at DESC LIMIT 1)
   FROM composed f LEFT JOIN chosen c USING (id) ORDER BY f.place
   RETURNING made.id, made.identity_id, made.position, made.evidence_digest, made.evidence -> 'gaps' AS gaps`,
);

interface CandidateRow {
  readonly id: Id<'identity'>;
  readonly name: string;
  readonly kind: string;
  readonly environment: string;
  readonly team_id: string;
  readonly purpose: string;
  readonly criticality: string;
  readonly data_classes: string[];
  readonly privileged: boolean;
  readonly created_at: Date;
}

interface FrozenRow {
  readonly id: Id<'reviewItem'>;
  readonly identity_id: Id<'identity'>;
  readonly position: number;
  readonly evidence_digest: Buffer;
  readonly gaps: string[];
}

function viewOf(row: CandidateRow): ConditionView {
  return {
    name: row.name,
    kind: row.kind,
    environment: row.environment,
    teamId: row.team_id,
    purpose: row.purpose,
    criticality: row.criticality,
    dataClasses: row.data_classes,
    privileged: row.privileged,
    createdAt: row.created_at.toISOString(),
  };
}
