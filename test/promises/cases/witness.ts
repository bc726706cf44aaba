import type { Client } from 'pg';
import { DOMAIN_TABLES, UNRECORDED } from './state.js';

/** Records of what somebody read or was refused: they stand for no change. */
const NO_CHANGE = [
  'access.denied',
  'audit.exported',
  'campaign.exported',
  'certificate.refused',
  'ledger.read',
  'person.read',
  'receipt.read',
  'rotation.secret-read',
  'token.refused',
];

/** Records of what follows what is registered, and of who is there after all: nothing that changes with them is counted (`UNRECORDED`). */
const FOLLOWS = ['finding.resolved', 'rotation.consumer-returned'];

/** Signing completes a list that its record described; tokens and lists that lapsed are swept up. */
const COMPLETED: Readonly<Record<string, readonly string[]>> = { crls: ['der'] };

/** Notes, inside each transaction of the service's, what it changes and what it records. */
export async function installWitness(superuser: Client): Promise<void> {
  await superuser.query(`
    CREATE SCHEMA witness;
    CREATE TABLE witness.effects (tx xid8 NOT NULL, at_table name NOT NULL, operation text NOT NULL);
    CREATE TABLE witness.records (tx xid8 NOT NULL, type text NOT NULL, request text NOT NULL);
    CREATE INDEX ON witness.effects (tx);
    CREATE INDEX ON witness.records (tx);
    CREATE FUNCTION witness.note_effect() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF session_user <> 'muster_app' OR (TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV) THEN
        RETURN NULL;
      END IF;
      INSERT INTO witness.effects VALUES (pg_current_xact_id(), TG_TABLE_NAME, TG_OP);
      RETURN NULL;
    END $$;
    CREATE FUNCTION witness.note_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      INSERT INTO witness.records
      VALUES (pg_current_xact_id(), NEW.leaf::jsonb ->> 'type', NEW.leaf::jsonb ->> 'request');
      RETURN NULL;
    END $$;
    CREATE TRIGGER note AFTER INSERT ON audit.records FOR EACH ROW EXECUTE FUNCTION witness.note_record();
  `);
  const { rows } = await superuser.query<{ name: string }>(DOMAIN_TABLES, [UNRECORDED.tables]);
  for (const { name } of rows) {
    const ignored = [...(UNRECORDED.columns[name] ?? []), ...(COMPLETED[name] ?? [])].map((column) => `'${column}'`);
    const counted = UNRECORDED.rows[name];
    const events = counted === undefined ? 'INSERT OR UPDATE OR DELETE' : 'INSERT OR UPDATE';
    const condition = counted === undefined ? '' : `WHEN (${counted.replaceAll('t.', 'NEW.')})`;
    await superuser.query(
      `CREATE TRIGGER note AFTER ${events} ON muster."${name}"
       FOR EACH ROW ${condition} EXECUTE FUNCTION witness.note_effect(${ignored.join(', ')})`,
    );
  }
}

export interface Testimony {
  /** Transactions that changed the domain. */
  readonly changing: number;
  /** Of those, what was changed without a record of a change in the same transaction. */
  readonly unrecorded: readonly string[];
  /** Records of a change in whose transaction nothing changed. */
  readonly idle: readonly string[];
}

export async function testimony(superuser: Client): Promise<Testimony> {
  const ask = async (sql: string, types = NO_CHANGE) => (await superuser.query<{ found: string }>(sql, [types])).rows;
  const [count] = await ask(
    `SELECT count(DISTINCT tx)::text AS found FROM witness.effects WHERE $1::text[] IS NOT NULL`,
  );
  const unrecorded = await ask(
    `SELECT DISTINCT e.operation || ' ' || e.at_table AS found FROM witness.effects e
     WHERE NOT EXISTS (SELECT FROM witness.records r WHERE r.tx = e.tx AND r.type <> ALL ($1))`,
  );
  const idle = await ask(
    `SELECT DISTINCT r.type AS found FROM witness.records r
     WHERE r.type <> ALL ($1) AND NOT EXISTS (SELECT FROM witness.effects e WHERE e.tx = r.tx)`,
    [...NO_CHANGE, ...FOLLOWS],
  );
  const found = (rows: readonly { found: string }[]) => rows.map((row) => row.found);
  return { changing: Number(count!.found), unrecorded: found(unrecorded), idle: found(idle) };
}

/** The types of the records of every request. */
export async function recordsByRequest(superuser: Client): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await superuser.query<{ request: string; types: string[] }>(
    `SELECT request, array_agg(type ORDER BY type) AS types FROM witness.records GROUP BY request`,
  );
  return new Map(rows.map(({ request, types }) => [request, types]));
}
