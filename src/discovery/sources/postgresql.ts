import type pg from 'pg';
import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { type PostgresqlAccess, readPostgresqlAccess, withPostgresql } from '../../targets/index.js';
import type { AccountSeen, GrantSeen } from '../domain/observation.js';
import { type SealedVerifier, sealVerifier } from '../identities/sealed-verifier.js';
import { accountSeen, environmentIn, told } from './accounts.js';
import { unlessStopped } from './errors.js';
import type { SourceKind, Tools } from './kind.js';
import { HbaRules, type HbaRow } from './postgresql-hba.js';
import {
  cutOff,
  lookedAt,
  MOST_GRANTS,
  notTooMany,
  readUrl,
  Server,
  type ServerAccess,
  serverAccess,
  serverSettings,
} from './servers.js';
import type { PassedOver, Said, Source } from './source.js';

const settings = z.strictObject(serverSettings);
type Settings = z.output<typeof settings>;

const MOST_ROLES = 20_000;
/** What a role gives to whoever is in it that is as good as everything (PostgreSQL 22.5). */
const TAKE_ALL = ['pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'];

/** Roles of a PostgreSQL server, with what they are in and what they may do in the database of the URL. */
export const postgresql: SourceKind<Settings, ServerAccess> = {
  settings,
  access: serverAccess,
  placeOf: (_settings, access) => readUrl(readPostgresqlAccess, access).place,
  isPlain: (_settings, access) => !readUrl(readPostgresqlAccess, access).verified,
  lists: true,
  open: (chosen, access, tools) => new PostgresqlSource(chosen, readUrl(readPostgresqlAccess, access), tools),
};

class PostgresqlSource implements Source {
  readonly kind = 'postgresql';

  constructor(
    private readonly settings: Settings,
    private readonly access: PostgresqlAccess,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    unlessStopped(signal);
    const { access } = this;
    const way = await this.tools.wayTo(access.host ?? '', access.verified, signal);
    const seen = await lookedAt(withPostgresql(access, way, (client) => readServer(client)));
    const host = access.host ?? access.socketDirectory ?? 'localhost';
    const server = new Server('postgresql', host, access.port, this.settings.knownAs);
    notTooMany(seen.roles, MOST_ROLES);
    yield* seen.skipped;
    yield* cutOff(seen.members, MOST_GRANTS, 'members of roles');
    yield* cutOff(seen.grants, MOST_GRANTS, 'grants');
    const roles = new Roles(seen, server, access.database, this.tools);
    yield* roles.seen();
    yield { kind: 'end', cursor: null, complete: true, coverage: counted(seen.roles.length, 'role') };
  }
}

interface RoleRow {
  readonly oid: string;
  readonly name: string;
  readonly superuser: boolean;
  readonly creates_roles: boolean;
  readonly replicates: boolean;
  readonly bypasses: boolean;
  readonly inherits: boolean;
  readonly signs_in: boolean;
  readonly valid_until: Date | null;
}

interface MemberRow {
  readonly role: string;
  readonly member: string;
}

interface GrantRow {
  readonly grantee: string;
  readonly privilege: string;
  readonly resource: string;
}

interface Looked {
  readonly roles: readonly RoleRow[];
  readonly members: readonly MemberRow[];
  readonly grants: readonly GrantRow[];
  readonly sessions: ReadonlyMap<string, Date>;
  /** By role: secret, and closed before anybody is told; null where they are not shown. */
  readonly verifiers: ReadonlyMap<string, string> | null;
  readonly hba: HbaRules | null;
  readonly skipped: readonly PassedOver[];
}

const ROLES = `
  SELECT oid::text, rolname AS name, rolsuper AS superuser, rolcreaterole AS creates_roles, rolreplication AS replicates,
    rolbypassrls AS bypasses, rolinherit AS inherits, rolcanlogin AS signs_in,
    CASE WHEN isfinite(rolvaliduntil) THEN rolvaliduntil END AS valid_until
  FROM pg_catalog.pg_roles ORDER BY rolname LIMIT ${MOST_ROLES + 1}`;
const MEMBERS = `
  SELECT r.rolname AS role, m.rolname AS member FROM pg_catalog.pg_auth_members a
  JOIN pg_catalog.pg_roles r ON r.oid = a.roleid JOIN pg_catalog.pg_roles m ON m.oid = a.member
  ORDER BY 1, 2 LIMIT ${MOST_GRANTS + 1}`;
/** Of tables that a grantee has alike, all of a schema are one line. */
const GRANTS = `
  WITH tables AS (
    SELECT n.nspname, c.relname, c.relacl, c.relowner, count(*) OVER (PARTITION BY n.nspname) AS of_schema
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
  ), entries AS (
    SELECT a.grantee, a.privilege_type AS privilege, t.nspname, t.relname, t.of_schema
    FROM tables t CROSS JOIN LATERAL pg_catalog.aclexplode(t.relacl) a WHERE a.grantee <> t.relowner
    UNION ALL SELECT t.relowner, 'OWNER', t.nspname, t.relname, t.of_schema FROM tables t
  ), together AS (
    SELECT grantee, privilege, nspname, min(of_schema) = count(*) AS whole, array_agg(relname ORDER BY relname) AS names
    FROM entries GROUP BY grantee, privilege, nspname
  ), said AS (
    SELECT grantee, privilege, nspname || '.*' AS resource FROM together WHERE whole
    UNION ALL SELECT grantee, privilege, nspname || '.' || unnest(names[1:200]) FROM together WHERE NOT whole
    UNION ALL SELECT a.grantee, a.privilege_type, 'schema ' || n.nspname FROM pg_catalog.pg_namespace n
      CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) a
      WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND a.grantee <> n.nspowner
    UNION ALL SELECT a.grantee, a.privilege_type, 'database ' || d.datname FROM pg_catalog.pg_database d
      CROSS JOIN LATERAL pg_catalog.aclexplode(d.datacl) a WHERE a.grantee <> d.datdba
    UNION ALL SELECT d.datdba, 'OWNER', 'database ' || d.datname FROM pg_catalog.pg_database d
  )
  SELECT CASE WHEN s.grantee = 0 THEN 'PUBLIC' ELSE r.rolname END AS grantee, s.privilege, s.resource
  FROM said s LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.grantee
  WHERE s.grantee = 0 OR r.rolname IS NOT NULL ORDER BY 1, 3, 2 LIMIT ${MOST_GRANTS + 1}`;
const SESSIONS = `
  SELECT usename AS name, max(greatest(backend_start, state_change)) AS at FROM pg_catalog.pg_stat_activity
  WHERE usename IS NOT NULL AND pid <> pg_backend_pid() GROUP BY usename`;
const HBA = `
  SELECT line_number AS line, type, database, user_name AS users, address, netmask, auth_method AS method
  FROM pg_catalog.pg_hba_file_rules WHERE error IS NULL ORDER BY line_number LIMIT 5000`;
const VERIFIERS = `SELECT rolname AS name, rolpassword AS verifier FROM pg_catalog.pg_authid WHERE rolpassword IS NOT NULL`;

/** All of it at one instant, and what may not be seen left out and said. */
async function readServer(client: pg.Client): Promise<Looked> {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const skipped: PassedOver[] = [];
  const optional = async <Row extends pg.QueryResultRow>(path: string, statement: string): Promise<Row[] | null> => {
    await client.query('SAVEPOINT part');
    try {
      return (await client.query<Row>(statement)).rows;
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== '42501') throw error;
      await client.query('ROLLBACK TO SAVEPOINT part');
      skipped.push({ kind: 'skipped', path, reason: 'not-permitted' });
      return null;
    }
  };
  const roles = (await client.query<RoleRow>(ROLES)).rows;
  const members = (await client.query<MemberRow>(MEMBERS)).rows;
  const grants = (await client.query<GrantRow>(GRANTS)).rows;
  const sessions = (await client.query<{ name: string; at: Date | null }>(SESSIONS)).rows;
  const hba = await optional<HbaRow>('pg_hba_file_rules', HBA);
  const verifiers = await optional<{ name: string; verifier: string }>('pg_authid', VERIFIERS);
  await client.query('COMMIT');
  return {
    ...{ roles, members, grants, skipped },
    sessions: new Map(sessions.flatMap(({ name, at }) => (at ? [[name, at] as const] : []))),
    verifiers: verifiers && new Map(verifiers.map(({ name, verifier }) => [name, verifier])),
    hba: hba && new HbaRules(hba),
  };
}

/** What each role may do, also by those that it is in. */
class Roles {
  private readonly within = new Map<string, string[]>();
  private readonly grants = new Map<string, GrantSeen[]>();
  private readonly at: Date;

  constructor(
    private readonly looked: Looked,
    private readonly server: Server,
    private readonly database: string,
    private readonly tools: Tools,
  ) {
    this.at = tools.now();
    for (const { role, member } of looked.members) this.within.set(member, [...(this.within.get(member) ?? []), role]);
    for (const { grantee, privilege, resource } of looked.grants) {
      const known = this.grants.get(grantee);
      if (known) known.push({ privilege, resource });
      else this.grants.set(grantee, [{ privilege, resource }]);
    }
  }

  *seen(): Iterable<AccountSeen> {
    for (const role of this.looked.roles) if (!role.name.startsWith('pg_')) yield this.seenAs(role);
  }

  private seenAs(role: RoleRow): AccountSeen {
    const { name } = role;
    const through = this.allOf(name);
    const verifier = this.looked.verifiers?.get(name);
    const doors = this.looked.hba?.doorsOf(name, through) ?? { tooWide: [], from: [] };
    const session = this.looked.sessions.get(name);
    const grants = [
      ...attributesOf(role),
      ...(this.grants.get(name) ?? []),
      ...through.flatMap((one) => [
        { privilege: 'MEMBER', resource: `role ${one}` },
        ...(this.grants.get(one) ?? []).map((grant) => ({ ...grant, through: `role ${one}` })),
      ]),
    ];
    return accountSeen({
      system: this.server.system,
      accountKind: 'database-role',
      name,
      identifiers: this.server.namesOf(name),
      path: `roles/${name}`,
      ...(verifier !== undefined && { verifier: this.closed(name, verifier) }),
      grants,
      facts: {
        lastUsedAt: session?.toISOString() ?? null,
        expiresAt: role.valid_until?.toISOString() ?? null,
        disabled: !role.signs_in || (role.valid_until !== null && role.valid_until <= this.at),
        privileged:
          role.superuser ||
          role.creates_roles ||
          role.bypasses ||
          role.replicates ||
          through.some((one) => TAKE_ALL.includes(one) || this.isSuper(one)),
        environment: environmentIn(this.database, name),
        more: told({
          memberOf: through.join(', '),
          signsIn: role.signs_in ? null : 'no',
          password: this.looked.verifiers === null ? null : passwordKind(verifier),
          tooWide: doors.tooWide.join(' '),
          signsInFrom: doors.from.join(', '),
        }),
      },
    });
  }

  /** By it a password that leaked elsewhere is proved to be this one. */
  private closed(role: string, verifier: string): SealedVerifier {
    return { role, where: this.server.system, sealed: sealVerifier(this.tools.proofKey, verifier) };
  }

  private isSuper(name: string): boolean {
    return this.looked.roles.some((role) => role.name === name && role.superuser);
  }

  /** Every role that one is in, also by another: a role that does not inherit can still take them on. */
  private allOf(name: string): readonly string[] {
    const found = new Set<string>();
    const next = [...(this.within.get(name) ?? [])];
    for (let role = next.pop(); role !== undefined; role = next.pop())
      if (!found.has(role)) {
        found.add(role);
        next.push(...(this.within.get(role) ?? []));
      }
    return [...found].sort();
  }
}

function attributesOf({ superuser, creates_roles, replicates, bypasses }: RoleRow): readonly GrantSeen[] {
  if (superuser) return [{ privilege: '*', resource: '*' }];
  return [
    ...(creates_roles ? [{ privilege: 'CREATEROLE', resource: '*' }] : []),
    ...(replicates ? [{ privilege: 'REPLICATION', resource: '*' }] : []),
    ...(bypasses ? [{ privilege: 'BYPASSRLS', resource: '*' }] : []),
  ];
}

function passwordKind(verifier: string | undefined): string {
  if (verifier === undefined) return 'none';
  if (verifier.startsWith('SCRAM-SHA-256')) return 'SCRAM-SHA-256';
  return verifier.startsWith('md5') ? 'MD5, which whoever reads it can sign in with' : 'another';
}
