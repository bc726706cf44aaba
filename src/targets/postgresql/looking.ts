import type { Client } from 'pg';
import type { Holding, Observation } from '../domain/adapter.js';
import { TargetError } from '../domain/errors.js';
import { written } from './identifier.js';
import { type ObjectKind, PRIVILEGES, type Scope } from './scope.js';

/** How many privileges an observation names. */
const SHOWN = 200;

/** A role as the target knows it. */
export interface Role {
  readonly oid: string;
  readonly name: string;
  readonly canLogin: boolean;
  readonly superuser: boolean;
}

/** Something that privileges are on, as the target knows it. */
export interface Thing {
  readonly oid: string;
  readonly schema: string | null;
  readonly name: string;
  /** Of a function: the types of its arguments, by schema and name. */
  readonly types: readonly (readonly [schema: string, name: string])[];
}

export async function findRole(client: Client, name: string): Promise<Role | undefined> {
  const { rows } = await client.query<Role>(
    `SELECT oid::text, rolname::text AS name, rolcanlogin AS "canLogin", rolsuper AS superuser
     FROM pg_roles WHERE rolname = $1::text`,
    [name],
  );
  return rows[0];
}

export async function observe(client: Client, account: string, observedAt: Date): Promise<Observation> {
  const role = await findRole(client, account);
  if (!role) return { ...NOTHING, observedAt };
  const memberships = await client.query<{ name: string }>(
    `SELECT DISTINCT g.rolname::text AS name FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
     WHERE m.member = $1::oid ORDER BY 1`,
    [role.oid],
  );
  const sessions = await client.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM pg_stat_activity WHERE usesysid = $1::oid AND pid <> pg_backend_pid()`,
    [role.oid],
  );
  const granted = await client.query<{ privilege: string; kind: string; schema: string | null; name: string }>(
    `SELECT DISTINCT privilege, kind, schema, name FROM (${GRANTED}) AS granted ORDER BY kind, schema, name, privilege`,
    [role.oid],
  );
  return {
    exists: true,
    canLogin: role.canLogin,
    memberships: memberships.rows.map(({ name }) => name),
    privileges: granted.rows
      .slice(0, SHOWN)
      .map(({ privilege, kind, schema, name }) => `${privilege} ON ${kind} ${dotted(schema, name)}`),
    privilegeCount: granted.rows.length,
    openSessions: sessions.rows[0]!.count,
    observedAt,
  };
}

const NOTHING = {
  ...{ exists: false, canLogin: false, memberships: [], privileges: [], privilegeCount: 0, openSessions: 0 },
} as const;

/** What was granted to a role by name in this database, and on databases. */
const GRANTED = `
  SELECT x.privilege_type AS privilege, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
      n.nspname::text AS schema, c.relname::text AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN aclexplode(c.relacl) x
    WHERE x.grantee = $1::oid
  UNION ALL
  SELECT x.privilege_type, 'TABLE', n.nspname::text, c.relname::text
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN aclexplode(a.attacl) x WHERE x.grantee = $1::oid AND NOT a.attisdropped
  UNION ALL
  SELECT x.privilege_type, 'SCHEMA', NULL, n.nspname::text
    FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) x WHERE x.grantee = $1::oid
  UNION ALL
  SELECT x.privilege_type, 'DATABASE', NULL, d.datname::text
    FROM pg_database d CROSS JOIN aclexplode(d.datacl) x WHERE x.grantee = $1::oid
  UNION ALL
  SELECT x.privilege_type, 'FUNCTION', n.nspname::text, p.proname::text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace CROSS JOIN aclexplode(p.proacl) x
    WHERE x.grantee = $1::oid
  LIMIT 10000`;

function dotted(schema: string | null, name: string): string {
  return schema === null ? written(name) : `${written(schema)}.${written(name)}`;
}

/**
 * Finds what a scope is on.
 *
 * @throws TargetError `object_unknown`: of what is not there nobody can say that it was taken away
 */
export async function findThing(client: Client, object: (Scope & { kind: 'privilege' })['object']): Promise<Thing> {
  const { rows } = await client.query<Thing>(THINGS[object.kind], [
    object.name,
    ...(object.schema === null ? [] : [object.schema]),
    ...(object.kind === 'FUNCTION' ? [object.arguments] : []),
  ]);
  const [thing, another] = rows;
  if (another)
    throw new TargetError(
      'scope_not_understood',
      'Several functions have that name: add the grant anew with the types of its arguments.',
    );
  if (!thing) throw unknownThing();
  return thing;
}

export function unknownThing(): TargetError {
  return new TargetError(
    'object_unknown',
    'The target has nothing of the name in the scope, so nobody can see that it is gone: correct the grant, or except this.',
  );
}

const IN_CLASS = (kinds: string) => `
  SELECT c.oid::text, n.nspname::text AS schema, c.relname::text AS name, '[]'::json AS types
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relname = $1::text AND n.nspname = $2::text AND c.relkind IN (${kinds})`;

const THINGS: Readonly<Record<ObjectKind, string>> = {
  TABLE: IN_CLASS(`'r', 'p', 'v', 'm', 'f'`),
  SEQUENCE: IN_CLASS(`'S'`),
  SCHEMA: `SELECT oid::text, NULL AS schema, nspname::text AS name, '[]'::json AS types FROM pg_namespace WHERE nspname = $1::text`,
  DATABASE: `SELECT oid::text, NULL AS schema, datname::text AS name, '[]'::json AS types FROM pg_database WHERE datname = $1::text`,
  FUNCTION: `
    SELECT p.oid::text, n.nspname::text AS schema, p.proname::text AS name, (
        SELECT coalesce(json_agg(json_build_array(tn.nspname, t.typname) ORDER BY a.place), '[]')
        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS a (type, place)
        JOIN pg_type t ON t.oid = a.type JOIN pg_namespace tn ON tn.oid = t.typnamespace) AS types
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.proname = $1::text AND n.nspname = $2::text AND p.prokind <> 'a'
      AND ($3::text IS NULL OR lower(oidvectortypes(p.proargtypes)) = lower($3::text))`,
};

/** Where each kind keeps its list of privileges, its owner, and the letter of what is so where none was ever granted. */
export const CATALOGS: Readonly<Record<ObjectKind, { table: string; acl: string; owner: string; initial: string }>> = {
  TABLE: { table: 'pg_class', acl: 'relacl', owner: 'relowner', initial: 'r' },
  SEQUENCE: { table: 'pg_class', acl: 'relacl', owner: 'relowner', initial: 's' },
  SCHEMA: { table: 'pg_namespace', acl: 'nspacl', owner: 'nspowner', initial: 'n' },
  DATABASE: { table: 'pg_database', acl: 'datacl', owner: 'datdba', initial: 'd' },
  FUNCTION: { table: 'pg_proc', acl: 'proacl', owner: 'proowner', initial: 'f' },
};

/** Every entry of the lists of privileges on a thing, its columns' too, those that hold by default among them. */
export function entriesOn(kind: ObjectKind): string {
  const { table, acl, owner, initial } = CATALOGS[kind];
  const whole = `
    SELECT x.grantor, x.grantee, x.privilege_type AS privilege FROM ${table} o
    CROSS JOIN aclexplode(coalesce(o.${acl}, acldefault('${initial}', o.${owner}))) x WHERE o.oid = $2::oid`;
  if (kind !== 'TABLE') return whole;
  return `${whole} UNION ALL
    SELECT x.grantor, x.grantee, x.privilege_type FROM pg_attribute a CROSS JOIN aclexplode(a.attacl) x
    WHERE a.attrelid = $2::oid AND NOT a.attisdropped`;
}

/**
 * Whether a role may still do what a scope says, and by what: what was granted to it, to PUBLIC, or to a role that it is in
 * or could become, what it owns, and what a superuser may anyway.
 */
export async function holds(client: Client, account: string, scope: Scope): Promise<Holding> {
  const role = await findRole(client, account);
  if (scope.kind === 'membership') return holdsMembership(client, role, scope.role);
  const thing = await findThing(client, scope.object);
  if (!role) return { held: false, through: [] };
  if (role.superuser) return { held: true, through: ['superuser'] };
  const { kind } = scope.object;
  const { table, owner } = CATALOGS[kind];
  const { rows } = await client.query<{ through: string }>(
    `SELECT DISTINCT CASE WHEN e.grantee = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(e.grantee)::text END AS through
       FROM (${entriesOn(kind)}) AS e
       WHERE ($3::text IS NULL OR e.privilege = $3::text)
         AND (e.grantee = 0 OR pg_has_role($1::oid, e.grantee, 'MEMBER'))
     UNION SELECT pg_get_userbyid(o.${owner})::text FROM ${table} o
       WHERE o.oid = $2::oid AND pg_has_role($1::oid, o.${owner}, 'MEMBER')
     UNION SELECT s.rolname::text FROM pg_roles s WHERE s.rolsuper AND pg_has_role($1::oid, s.oid, 'MEMBER')
     ORDER BY 1`,
    [role.oid, thing.oid, scope.privilege],
  );
  if (rows.length > 0) return { held: true, through: rows.map(({ through }) => through) };
  return byPredefined(client, role, thing, kind, scope.privilege);
}

/** What no list of privileges shows: roles that PostgreSQL itself gives rights, like `pg_read_all_data` (§21.5). */
async function byPredefined(
  client: Client,
  role: Role,
  thing: Thing,
  kind: ObjectKind,
  privilege: string | null,
): Promise<Holding> {
  const version = await versionOf(client);
  const known = PRIVILEGES[kind].filter((one) => one !== 'MAINTAIN' || version >= 170_000);
  const asked = (privilege === null ? known : [privilege]).join(', ');
  const { rows } = await client.query<{ held: boolean }>(
    `SELECT has_${kind.toLowerCase()}_privilege($1::oid, $2::oid, $3::text) AS held`,
    [role.oid, thing.oid, asked],
  );
  if (!rows[0]!.held) return { held: false, through: [] };
  const predefined = await client.query<{ name: string }>(
    `SELECT rolname::text AS name FROM pg_roles
     WHERE rolname LIKE 'pg\\_%' AND pg_has_role($1::oid, oid, 'MEMBER') ORDER BY 1`,
    [role.oid],
  );
  const through = predefined.rows.map(({ name }) => name);
  return { held: true, through: through.length > 0 ? through : ['something else'] };
}

async function holdsMembership(client: Client, role: Role | undefined, of: string): Promise<Holding> {
  const group = await findRole(client, of);
  if (!group) throw unknownThing();
  if (!role) return { held: false, through: [] };
  if (role.superuser) return { held: true, through: ['superuser'] };
  const { rows } = await client.query<{ held: boolean; through: string[] }>(
    `SELECT pg_has_role($1::oid, $2::oid, 'MEMBER') AS held, ARRAY(
       SELECT DISTINCT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
       WHERE m.member = $1::oid AND pg_has_role(m.roleid, $2::oid, 'MEMBER') ORDER BY 1) AS through`,
    [role.oid, group.oid],
  );
  const { held, through } = rows[0]!;
  return { held, through: held && through.length === 0 ? [role.name] : through };
}

const VERSIONS = new WeakMap<Client, number>();

/** As a number: 180004 is 18.4. A connection is to one server for as long as it lasts, so it is asked once. */
export async function versionOf(client: Client): Promise<number> {
  const known = VERSIONS.get(client);
  if (known !== undefined) return known;
  const { rows } = await client.query<{ server_version_num: string }>('SHOW server_version_num');
  const version = Number(rows[0]!.server_version_num);
  VERSIONS.set(client, version);
  return version;
}
