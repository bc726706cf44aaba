import { z } from 'zod';
import { counted } from '../../kernel/index.js';
import { type MysqlQuery, type NetworkAccess, readMysqlAccess, withMysql } from '../../targets/index.js';
import type { AccountSeen, GrantSeen } from '../domain/observation.js';
import { accountSeen, told } from './accounts.js';
import { unlessStopped } from './errors.js';
import type { SourceKind, Tools } from './kind.js';
import { privilegesIn } from './mariadb-privileges.js';
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

const MOST_ACCOUNTS = 20_000;
/** With any of these everywhere, one gives oneself whatever else one wants. */
const TAKE_ALL = [
  'SUPER',
  'CREATE USER',
  'GRANT OPTION',
  'SYSTEM_USER',
  'ROLE_ADMIN',
  'SET_USER_ID',
  'SET USER',
  'FILE',
];
/** So many privileges on everything are all that there are, whichever version counts them. */
const ALL_FROM = 25;
const SYSTEM = /^(?:mysql|mariadb)\.(?:sys|session|infoschema)$/;

/** Accounts of a MySQL or MariaDB server with what they are granted. */
export const mysql: SourceKind<Settings, ServerAccess> = {
  settings,
  access: serverAccess,
  placeOf: (_settings, access) => readUrl(readMysqlAccess, access).place,
  isPlain: (_settings, access) => !readUrl(readMysqlAccess, access).verified,
  lists: true,
  open: (chosen, access, tools) => new MysqlSource(chosen, readUrl(readMysqlAccess, access), tools),
};

class MysqlSource implements Source {
  readonly kind = 'mysql';

  constructor(
    private readonly settings: Settings,
    private readonly access: NetworkAccess,
    private readonly tools: Tools,
  ) {}

  async *observe(_cursor: string | null, signal: AbortSignal): AsyncGenerator<Said, void> {
    unlessStopped(signal);
    const { access } = this;
    const way = await this.tools.wayTo(access.host, access.verified, signal);
    const looked = await lookedAt(withMysql(access, way, readServer));
    notTooMany(looked.accounts, MOST_ACCOUNTS);
    yield* looked.skipped;
    const server = new Server('mysql', access.host, access.port, this.settings.knownAs);
    const at = this.tools.now().toISOString();
    const accounts = looked.accounts.filter(({ user }) => !SYSTEM.test(user));
    for (const account of accounts) yield accountOf(account, looked, server, at);
    yield { kind: 'end', cursor: null, complete: true, coverage: counted(accounts.length, 'account') };
  }
}

interface AccountRow {
  readonly user: string;
  readonly host: string;
  readonly plugin: string;
  readonly locked: boolean;
  readonly empty: boolean;
  readonly role: boolean;
  /** What a role may do everywhere, where only its own row tells. */
  readonly everywhere: readonly string[];
  readonly changedAt: string | null;
}

interface Looked {
  /** Users of whom there is one account, from wherever it may come. */
  readonly alone: ReadonlySet<string>;
  readonly accounts: readonly AccountRow[];
  /** By `'user'@'host'`, as the server writes it. */
  readonly grants: ReadonlyMap<string, readonly GrantSeen[]>;
  readonly roles: ReadonlyMap<string, readonly string[]>;
  readonly open: ReadonlySet<string>;
  readonly skipped: readonly PassedOver[];
}

async function readServer(query: MysqlQuery): Promise<Looked> {
  const [about] = await query<{ version: string }>('SELECT VERSION() AS version');
  const isMaria = /mariadb/i.test(about?.version ?? '');
  const accounts = isMaria ? await mariadbAccounts(query) : await mysqlAccounts(query);
  const grants = await query<{ grantee: string; privilege: string; resource: string }>(GRANTS);
  const roles = await query<{ member: string; role: string }>(isMaria ? MARIADB_ROLES : MYSQL_ROLES);
  const sessions = await query<{ user: string }>(
    'SELECT DISTINCT USER AS user FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()',
  );
  const ofRoles = accounts.flatMap(({ user, host, everywhere }) =>
    everywhere.map((privilege) => ({ grantee: `'${user}'@'${host}'`, privilege, resource: '*' })),
  );
  const times = grouped(
    accounts,
    ({ user }) => user,
    ({ host }) => host,
  );
  return {
    alone: new Set([...times].filter(([, hosts]) => hosts.length === 1).map(([user]) => user)),
    accounts,
    grants: grouped(
      [...grants, ...ofRoles],
      ({ grantee }) => grantee,
      ({ privilege, resource }) => ({ privilege, resource }),
    ),
    roles: grouped(
      roles,
      ({ member }) => member,
      ({ role }) => role,
    ),
    open: new Set(sessions.map(({ user }) => user)),
    skipped: [...cutOff(grants, MOST_GRANTS, 'grants'), ...cutOff(roles, MOST_GRANTS, 'members of roles')],
  };
}

const GRANTS = `
  SELECT GRANTEE AS grantee, PRIVILEGE_TYPE AS privilege, '*' AS resource FROM information_schema.USER_PRIVILEGES
    WHERE PRIVILEGE_TYPE <> 'USAGE'
  UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, CONCAT(TABLE_SCHEMA, '.*') FROM information_schema.SCHEMA_PRIVILEGES
  UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.TABLE_PRIVILEGES
  UNION ALL SELECT GRANTEE, PRIVILEGE_TYPE, CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, '(', COLUMN_NAME, ')')
    FROM information_schema.COLUMN_PRIVILEGES
  LIMIT ${MOST_GRANTS + 1}`;
const MARIADB_ROLES = `SELECT CONCAT(User, '@', Host) AS member, Role AS role FROM mysql.roles_mapping LIMIT ${MOST_GRANTS + 1}`;
const MYSQL_ROLES = `SELECT CONCAT(TO_USER, '@', TO_HOST) AS member, FROM_USER AS role FROM mysql.role_edges LIMIT ${MOST_GRANTS + 1}`;

/** Of the verifier only whether there is one. */
async function mysqlAccounts(query: MysqlQuery): Promise<readonly AccountRow[]> {
  const rows = await query<Record<'host' | 'is_empty' | 'locked' | 'plugin' | 'user' | 'changed_at', string | null>>(`
    SELECT User AS user, Host AS host, plugin, account_locked AS locked, authentication_string = '' AS is_empty,
      DATE_FORMAT(password_last_changed, '%Y-%m-%dT%H:%i:%sZ') AS changed_at
    FROM mysql.user ORDER BY User, Host LIMIT ${MOST_ACCOUNTS + 1}`);
  return rows.map(({ user, host, plugin, locked, is_empty, changed_at }) => ({
    ...{ user: user ?? '', host: host ?? '%', plugin: plugin ?? '', locked: locked === 'Y', role: false },
    ...{ empty: Number(is_empty) === 1, changedAt: changed_at, everywhere: [] },
  }));
}

async function mariadbAccounts(query: MysqlQuery): Promise<readonly AccountRow[]> {
  const rows = await query<
    Record<
      'access' | 'host' | 'is_empty' | 'is_role' | 'locked' | 'plugin' | 'user' | 'changed',
      string | number | null
    >
  >(`
    SELECT User AS user, Host AS host, JSON_VALUE(Priv, '$.plugin') AS plugin, JSON_VALUE(Priv, '$.account_locked') AS locked,
      COALESCE(JSON_VALUE(Priv, '$.authentication_string'), '') = '' AS is_empty, JSON_VALUE(Priv, '$.is_role') AS is_role,
      JSON_VALUE(Priv, '$.password_last_changed') AS changed, CAST(JSON_VALUE(Priv, '$.access') AS CHAR) AS access
    FROM mysql.global_priv ORDER BY User, Host LIMIT ${MOST_ACCOUNTS + 1}`);
  return rows.map(({ user, host, plugin, locked, is_empty, is_role, changed, access }) => ({
    ...{ user: String(user ?? ''), host: String(host ?? '%'), plugin: String(plugin ?? ''), locked: isTrue(locked) },
    ...{ empty: Number(is_empty) === 1, role: isTrue(is_role) },
    everywhere: isTrue(is_role) ? privilegesIn(String(access ?? '')) : [],
    changedAt: Number(changed) > 0 ? new Date(Number(changed) * 1000).toISOString() : null,
  }));
}

function isTrue(value: number | string | null): boolean {
  return value === 'true' || value === '1' || value === 1;
}

function accountOf(account: AccountRow, looked: Looked, server: Server, at: string): AccountSeen {
  const { user, host, plugin, locked, empty, role, changedAt } = account;
  const called = user === '' ? '(anonymous)' : user;
  const own = looked.grants.get(`'${user}'@'${host}'`) ?? [];
  const roles = allRoles(looked.roles, `${user}@${host}`);
  const inherited = roles.flatMap((one) => [
    { privilege: 'MEMBER', resource: `role ${one}` },
    ...[
      ...['', '%'].flatMap((from) => looked.grants.get(`'${one}'@'${from}'`) ?? []),
      ...(looked.grants.get(one) ?? []),
    ].map((grant) => ({ ...grant, through: `role ${one}` })),
  ]);
  const everywhere = own.filter(({ resource }) => resource === '*');
  const isAll = everywhere.length >= ALL_FROM;
  const withoutPassword = empty && !role && !/socket|pam|gssapi|ldap|kerberos|no_login/i.test(plugin);
  const more = told({
    signsInFrom: host,
    plugin,
    passwordChangedAt: changedAt,
    signsIn: role ? 'no' : null,
    tooWide: withoutPassword && !locked ? 'It signs in without a password.' : null,
  });
  return accountSeen({
    system: server.system,
    accountKind: role ? 'role' : 'user',
    name: role || host === '%' ? user : `${user}@${host}`,
    identifiers: server.namesOf(called, host),
    // Who signs in does not say from which host the account is.
    ...(looked.alone.has(user) && host !== '%' && !role && { logins: server.namesOf(called) }),
    path: `accounts/${user}@${host}`,
    grants: [
      ...(isAll ? [{ privilege: '*', resource: '*' }] : everywhere),
      ...own.filter(({ resource }) => resource !== '*'),
      ...inherited,
    ],
    facts: {
      lastUsedAt: looked.open.has(user) ? at : null,
      disabled: locked,
      human: null,
      privileged:
        isAll ||
        [...everywhere, ...inherited.filter(({ resource }) => resource === '*')].some(({ privilege }) =>
          TAKE_ALL.includes(privilege),
        ),
      more,
    },
  });
}

/** Every role that one is given, also by another. */
function allRoles(given: Looked['roles'], member: string): readonly string[] {
  const found = new Set<string>();
  const next = [...(given.get(member) ?? [])];
  for (let role = next.pop(); role !== undefined; role = next.pop())
    if (!found.has(role)) {
      found.add(role);
      for (const from of ['', '%']) next.push(...(given.get(`${role}@${from}`) ?? []));
    }
  return [...found].sort();
}

function grouped<Row, Value>(
  rows: readonly Row[],
  key: (row: Row) => string,
  value: (row: Row) => Value,
): ReadonlyMap<string, readonly Value[]> {
  const groups = new Map<string, Value[]>();
  for (const row of rows) {
    const known = groups.get(key(row));
    if (known) known.push(value(row));
    else groups.set(key(row), [value(row)]);
  }
  return groups;
}
