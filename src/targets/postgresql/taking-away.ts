import type { Client } from 'pg';
import { TargetError } from '../domain/errors.js';
import { changing } from './changing.js';
import { quoted } from './identifier.js';
import { CATALOGS, entriesOn, findRole, findThing, type Role, type Thing, unknownThing, versionOf } from './looking.js';
import type { ObjectKind, Scope } from './scope.js';

/** From this version on a membership says who granted it, and only that one's is taken away. */
const GRANTORS_OF_MEMBERSHIPS = 160_000;
const END_SESSION_MILLISECONDS = 5_000;

/** Takes from a role what was granted to it by name, by whomever; what it has otherwise is found when it is looked at again. */
export async function remove(client: Client, account: string, scope: Scope): Promise<void> {
  const role = await findRole(client, account);
  if (scope.kind === 'membership') {
    const group = await findRole(client, scope.role);
    if (!group) throw unknownThing();
    if (role) await leave(client, role, group.oid);
    return;
  }
  const thing = await findThing(client, scope.object);
  if (role) await revoke(client, role, thing, scope);
}

/** Shuts a role: no login, no password, no session, no memberships; in this order, as the last may be another's to take. */
export async function close(client: Client, account: string): Promise<void> {
  const role = await findRole(client, account);
  if (!role) return;
  await shut(client, role);
  await leave(client, role);
}

/** Ends what a role can do by itself, and what it is doing: no login, no password, no session. Its rights stay. */
export async function shut(client: Client, role: Role): Promise<void> {
  await refuseOwn(client, role);
  await changing(() => client.query(`ALTER ROLE ${quoted(role.name)} NOLOGIN PASSWORD NULL`));
  await client.query(
    `SELECT pg_terminate_backend(pid, $2::bigint) FROM pg_stat_activity WHERE usesysid = $1::oid AND pid <> pg_backend_pid()`,
    [role.oid, END_SESSION_MILLISECONDS],
  );
}

/** Whoever would shut the role that Muster works as would shut Muster out, and everything else with it undone. */
export async function refuseOwn(client: Client, role: Role): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT session_user::text AS name');
  if (rows[0]!.name === role.name)
    throw new TargetError(
      'account_reserved',
      'That is the role that Muster itself works as: give Muster another first.',
    );
}

/** Takes a role out of one group, or of all. */
async function leave(client: Client, role: Role, groupOid: string | null = null): Promise<void> {
  const byGrantor = (await versionOf(client)) >= GRANTORS_OF_MEMBERSHIPS;
  const { rows } = await client.query<{ group: string; grantor: string }>(
    `SELECT DISTINCT g.rolname::text AS "group", pg_get_userbyid(m.grantor)::text AS grantor
     FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
     WHERE m.member = $1::oid AND ($2::oid IS NULL OR m.roleid = $2::oid) ORDER BY 1, 2`,
    [role.oid, groupOid],
  );
  for (const { group, grantor } of rows) {
    const by = byGrantor ? ` GRANTED BY ${quoted(grantor)}` : '';
    await changing(() => client.query(`REVOKE ${quoted(group)} FROM ${quoted(role.name)}${by}`));
  }
}

async function revoke(client: Client, role: Role, thing: Thing, scope: Scope & { kind: 'privilege' }): Promise<void> {
  const { kind } = scope.object;
  const { table, owner } = CATALOGS[kind];
  const { rows } = await client.query<{ grantor: string; owns: boolean }>(
    `SELECT DISTINCT pg_get_userbyid(e.grantor)::text AS grantor, e.grantor = o.${owner} AS owns
     FROM (${entriesOn(kind)}) AS e JOIN ${table} o ON o.oid = $2::oid
     WHERE e.grantee = $1::oid AND ($3::text IS NULL OR e.privilege = $3::text) ORDER BY 1`,
    [role.oid, thing.oid, scope.privilege],
  );
  const statement = `REVOKE ${scope.privilege ?? 'ALL PRIVILEGES'} ON ${inWords(kind, thing)} FROM ${quoted(role.name)}`;
  for (const { grantor, owns } of rows)
    await changing<unknown>(() => (owns ? client.query(statement) : asGrantor(client, grantor, statement)));
}

/** Members of the owner act as the owner; what somebody else granted is taken away by that one alone (REVOKE, notes). */
async function asGrantor(client: Client, grantor: string, statement: string): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL ROLE ${quoted(grantor)}`);
    await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** A thing as a statement names it: by the names that the target itself gave, each quoted here. */
function inWords(kind: ObjectKind, { schema, name, types }: Thing): string {
  const whole = schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
  if (kind !== 'FUNCTION') return `${kind} ${whole}`;
  return `ROUTINE ${whole}(${types.map(([of, type]) => `${quoted(of)}.${quoted(type)}`).join(', ')})`;
}
