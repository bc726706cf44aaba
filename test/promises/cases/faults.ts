import type { Client } from 'pg';

/** In PostgreSQL's words, so that a test sees whether they are repeated to the caller. */
export const FAULT_WORDS = 'the page of records is torn';

/** A way in which the log cannot be written. */
export interface Fault {
  readonly name: string;
  readonly begin: (superuser: Client) => Promise<unknown>;
  readonly end: (superuser: Client) => Promise<unknown>;
  /** What a request is told: a fault of ours, or that it may be sent again. */
  readonly refusal?: Told;
}

type Told = readonly [status: number, code: string];
export const BROKEN: Told = [500, 'internal'];
export const PASSING: Told = [503, 'unavailable_now'];
export const TOO_LONG: Told = [503, 'took_too_long'];

/** Lets a superuser break the writing of records: of those that requests append, not of the service's own. */
export async function installFaults(superuser: Client): Promise<void> {
  await superuser.query(`
    CREATE SCHEMA fault;
    CREATE TABLE fault.armed (sqlstate text NOT NULL, chance float8 NOT NULL);
    CREATE FUNCTION fault.strike() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    DECLARE
      armed fault.armed;
    BEGIN
      SELECT * INTO armed FROM fault.armed WHERE random() < chance;
      IF FOUND AND NEW.leaf::jsonb ->> 'actor' NOT LIKE 'system:%' THEN
        RAISE EXCEPTION '${FAULT_WORDS}: %', NEW.leaf USING ERRCODE = armed.sqlstate;
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER strike BEFORE INSERT ON audit.records FOR EACH ROW EXECUTE FUNCTION fault.strike();
  `);
}

/** Raises in the trigger, for this share of records. */
export function raising(sqlstate: string, chance = 1): Pick<Fault, 'begin' | 'end'> {
  return {
    begin: (superuser) => superuser.query('INSERT INTO fault.armed VALUES ($1, $2)', [sqlstate, chance]),
    end: (superuser) => superuser.query('DELETE FROM fault.armed'),
  };
}

function revoked(table: string): Pick<Fault, 'begin' | 'end'> {
  return {
    begin: (superuser) => superuser.query(`REVOKE INSERT ON audit.${table} FROM muster_app`),
    end: (superuser) => superuser.query(`GRANT INSERT ON audit.${table} TO muster_app`),
  };
}

export const FAULTS: readonly Fault[] = [
  { name: 'a trigger that raises', ...raising('P0001') },
  { name: 'a disk that is full (53100)', ...raising('53100'), refusal: PASSING },
  { name: 'the right to add records revoked', ...revoked('records') },
  { name: 'the right to add images revoked', ...revoked('images') },
];

/** Runs the work while the fault lasts. */
export async function during<Result>(fault: Fault, superuser: Client, work: () => Promise<Result>): Promise<Result> {
  await fault.begin(superuser);
  try {
    return await work();
  } finally {
    await fault.end(superuser);
  }
}
