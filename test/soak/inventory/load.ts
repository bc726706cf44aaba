import type { Client } from 'pg';

/** Who answers for what is loaded, and which authority issued it. */
export interface Owners {
  readonly custodians: readonly string[];
  readonly teamId: string;
  readonly authorityId: string;
}

const ID = (prefix: string, salt: string) =>
  `'${prefix}_0190' || substr(md5('${salt}' || n), 1, 8) || '7' || substr(md5('${salt}' || n), 9, 19)`;

const IDENTITIES = `
  INSERT INTO muster.identities (id, spiffe_id, name, kind, environment, team_id, purpose, criticality, data_classes,
    privileged, status, status_by, primary_custodian_id, backup_custodian_id, requested_by, authors, version, created_at,
    changed_at)
  SELECT ${ID('mid', 'i')}, 'spiffe://localhost/' || env || '/' || name, name, kind, env, $3,
    'Does work number ' || n || ' of the ' || word, (ARRAY['low', 'medium', 'high', 'critical'])[1 + n % 4],
    CASE n % 5 WHEN 0 THEN ARRAY['pii'] WHEN 1 THEN ARRAY['cardholder-data'] ELSE '{}'::text[] END, false, status,
    'system:soak', ($2::text[])[1 + n % cardinality($2)], ($2::text[])[1 + (n + 1) % cardinality($2)], 'system:soak', ARRAY['system:soak'], 1,
    now() - n * interval '1 second', now()
  FROM (
    SELECT n, (ARRAY['payments', 'settlement', 'risk', 'ledger', 'market', 'clearing', 'reports', 'archive'])[1 + n % 8]
        AS word,
      (ARRAY['production', 'staging', 'test'])[1 + n % 3] AS env,
      (ARRAY['service-account', 'bot', 'ci-pipeline', 'workload'])[1 + n % 4] AS kind,
      CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'active' END AS status
    FROM generate_series($4::integer, $1::integer) AS n) AS numbers,
    LATERAL (SELECT word || '-' || kind || '-' || lpad(n::text, 8, '0') AS name) AS named`;

const CREDENTIALS = `
  INSERT INTO muster.credentials (id, kind, identity_id, profile, authority_id, serial_number, spki_sha256, tbs_sha256,
    not_before, expires_at, revoked_at, revocation_reason, last_used_at)
  SELECT ${ID('crt', 'c')}, 'certificate', ${ID('mid', 'i')}, 'workload', $2, md5('s' || n), sha256(n::text::bytea),
    sha256(('t' || n)::bytea), now() - interval '1 day', now() + (n % 172800 - 86400) * interval '1 second' + interval '1 hour',
    CASE WHEN n % 100 = 0 THEN now() END, CASE WHEN n % 100 = 0 THEN 'superseded' END,
    CASE WHEN n % 3 = 0 THEN now() END
  FROM generate_series(1, $1::integer) AS n`;

const PLAIN_INDEXES = `
  SELECT format('%I.%I', schemaname, indexname) AS name, indexdef AS definition FROM pg_indexes
  WHERE schemaname = 'muster' AND tablename = ANY ($1)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`;

/**
 * Fills the inventory past every front door: what is measured afterwards is reading. Rows come as a replica gets them, so
 * that a million is not judged one by one, and indexes are built afterwards; the checks of the columns hold all the same.
 *
 * @param superuser of a database that nothing else uses meanwhile
 */
export async function load(superuser: Client, owners: Owners, identities: number): Promise<void> {
  await filling(superuser, ['identities', 'credentials'], async () => {
    await superuser.query(IDENTITIES, [identities, owners.custodians, owners.teamId, 1]);
    await superuser.query(CREDENTIALS, [identities, owners.authorityId]);
  });
  await superuser.query('SELECT muster.settle_identity_counts()');
}

/** Identities alone, which hold nothing: from one number to another, so that an inventory grows. */
export async function loadIdentities(
  superuser: Client,
  { custodians, teamId }: Pick<Owners, 'custodians' | 'teamId'>,
  from: number,
  to: number,
): Promise<void> {
  await filling(superuser, ['identities'], () => superuser.query(IDENTITIES, [to, custodians, teamId, from]));
}

/** Writes rows of some tables as a replica gets them: their plain indexes are built afterwards. */
export async function filling(
  superuser: Client,
  tables: readonly string[],
  work: () => Promise<unknown>,
): Promise<void> {
  await superuser.query(`SET session_replication_role = replica; SET maintenance_work_mem = '1GB'`);
  const { rows: indexes } = await superuser.query<{ name: string; definition: string }>(PLAIN_INDEXES, [tables]);
  for (const { name } of indexes) await superuser.query(`DROP INDEX ${name}`);
  await work();
  for (const { definition } of indexes) await superuser.query(definition);
  await superuser.query('RESET session_replication_role; RESET maintenance_work_mem');
  for (const table of tables) await superuser.query(`VACUUM ANALYZE muster.${table}`);
}
