import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

/**
 * What changes without a record (architecture, decision 2; `docs/adr/0002`): whole tables, single columns, or some of a
 * table's rows. What is not named here is a change of the domain, and has its record.
 */
export const UNRECORDED: {
  readonly tables: readonly string[];
  readonly columns: Readonly<Record<string, string[]>>;
  /** Which rows count, as SQL. */
  readonly rows: Readonly<Record<string, string>>;
} = {
  tables: [
    'attestation_refusals', // refusals of the unproved
    'ceremonies', // what browsers were asked and have not answered
    'idempotency_keys', // what was answered, for repeats
    'policies', // by which text it was decided
    'step_ups', // what somebody was asked to prove; that they did is a record
    'identity_counts', // how many identities are alike, which follows from them
    'review_progress', // how many items are in which state, which follows from them
    'discovery_names', // by what findings are known, which follows from them
    'discovery_places', // where findings were seen; what is made of it is a record
    'discovery_runs', // how far sources were looked at
    'log_cursors', // how far readers of the log have come
    'rotation_watches', // whom targets were seen to be used by
    'sightings', // where identities were last seen
    'team_identity_counts', // the same by team
    'usage_points', // how far each enforcement point has reported
  ],
  columns: {
    authenticators: ['last_used_at'],
    credentials: ['last_used_at'],
    // What a finding is follows what is registered, a moment later and under records of its own, and ends a dismissal and a retirement;
    // that people dismiss or retire one stands among its events.
    discovery_findings: [
      ...[
        'because',
        'changed_at',
        'confidence',
        'credential_id',
        'dismissed_by',
        'dismissed_reason',
        'dismissed_until',
      ],
      ...['due_at', 'evidence', 'exposed_count', 'identity_id', 'last_seen_at', 'named', 'opened_at', 'place_count'],
      ...['retirement', 'state', 'thing', 'verdict', 'version'],
    ],
    discovery_sources: ['coverage', 'cursor', 'failed_at', 'failure', 'last_good_at', 'next_due_at', 'systems'],
    grants: ['last_used_at'],
    passkeys: ['sign_count'],
    review_effects: ['attempts', 'due_at', 'failure', 'applied_at', 'version'],
    // Who came for what is a record; what they say they use is not.
    rotation_consumers: ['id', 'fetched_version', 'fetched_at', 'acknowledged_version', 'acknowledged_at'],
    rotation_runs: [
      ...['attempts', 'claim', 'claimed_until', 'due_at', 'evidence', 'failure', 'quiet_since', 'watched_since'],
      ...['pair_taken', 'state', 'version'],
    ],
    rotation_sinks: ['delivered_at', 'delivered_version', 'failure', 'revision'],
    rotation_steps: ['attempts', 'failure'],
    rotations: ['next_due_at', 'owed_since'],
    sessions: ['last_seen_at'],
    targets: ['checked_at', 'check_failure'],
    totp_secrets: ['last_step', 'failures', 'locked_until'],
  },
  rows: {
    discovery_events: `t.kind <> 'resolved'`, // what a finding is follows, with what is said of it
    review_effects: `t.state NOT IN ('applied', 'attestation-needed')`, // on their way; what was seen or attested is a record
    review_items: `t.state IN ('submitted', 'excepted')`, // what is noted is a draft until it is submitted
    rotation_consumers: 't.forgotten_at IS NOT NULL', // that one is said to be gone, and that it came back, is a record; that it is there is none
    rotation_secrets: 't.proved_at IS NOT NULL', // proposed, and not yet made
    rotation_steps: 't.done_at IS NOT NULL', // what is about to be done
    device_authorizations: `t.state <> 'pending'`, // whoever asks; what a person decides of it is a record
  },
};

/** The tables that are left when those of $1 are, and the decisions of every request, which lie in a table for each day. */
export const DOMAIN_TABLES = `
  SELECT tablename AS name FROM pg_tables
  WHERE schemaname = 'muster' AND tablename <> ALL ($1) AND tablename !~ '^decisions(_|$)'`;

const PATIENCE_MILLISECONDS = 60_000;

/** Made by the clock and not by requests, under records of their own. */
const BY_THE_CLOCK = ['crls'];

/** What jobs are about to change under records of their own, once somebody has asked for it. */
const UNDER_WAY = `
  SELECT 'a review that is being frozen' AS what FROM muster.review_campaigns WHERE state = 'staging'
  UNION SELECT 'an effect that is due' FROM muster.review_effects WHERE state IN ('pending', 'applied') AND due_at <= now()
  UNION SELECT 'the job ' || name FROM bullmq.job WHERE state IN ('waiting', 'active') AND dedup_id IS NULL`;

/** Waits until nothing is left to be done of what was asked for; only what recurs goes on. */
async function rest(superuser: Client): Promise<void> {
  for (const giveUpAt = Date.now() + PATIENCE_MILLISECONDS; ; await sleep(50)) {
    const { rows } = await superuser.query<{ what: string }>(prepared(UNDER_WAY));
    if (rows.length === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`Still under way: ${rows.map(({ what }) => what).join(', ')}.`);
  }
}

/** As {@link stateLeft}, once the service rests: what it was asked for before is no change of what is asked next. */
export async function stateOf(superuser: Client): Promise<Readonly<Record<string, string>>> {
  await rest(superuser);
  return stateLeft(superuser);
}

/**
 * Row count and digest of each table of the domain, without what changes unrecorded and the decisions of every request; as it
 * stands, also where the service is gone.
 */
export async function stateLeft(superuser: Client): Promise<Readonly<Record<string, string>>> {
  const left = prepared(DOMAIN_TABLES);
  const tables = await superuser.query<{ name: string }>(left, [[...UNRECORDED.tables, ...BY_THE_CLOCK]]);
  const text = tables.rows.map(({ name }) => digestOf(name)).join(' UNION ALL ');
  const { rows } = await superuser.query<{ name: string; digest: string }>(prepared(text));
  return Object.fromEntries(rows.map(({ name, digest }) => [name, digest]));
}

/** Planning it takes longer than running it: each is planned a few times. */
function prepared(text: string) {
  return { name: `state ${createHash('sha256').update(text).digest('hex').slice(0, 16)}`, text };
}

/** Rows in any order: their hashes are added up. Asked for before and after every request, so it must be quick. */
function digestOf(table: string): string {
  const ignored = UNRECORDED.columns[table];
  const hash = ignored
    ? `jsonb_hash_extended(to_jsonb(t) - '{${ignored.join(',')}}'::text[], 0)`
    : 'hash_record_extended(t, 0)';
  return `SELECT '${table}' AS name, count(*) || ' rows, ' || coalesce(sum(${hash}::numeric), 0) AS digest
    FROM muster."${table}" t WHERE ${UNRECORDED.rows[table] ?? 'true'}`;
}
