import type { Clue } from '../domain/finding.js';
import { clueOf, normalHost, type Reader, sentence } from './reader.js';

/** What schemes mean, and the port where none is written. */
const SYSTEMS: Readonly<Record<string, readonly [system: string, port: number | null]>> = {
  amqp: ['RabbitMQ', 5672],
  amqps: ['RabbitMQ', 5671],
  clickhouse: ['ClickHouse', 9000],
  cockroachdb: ['CockroachDB', 26257],
  couchbase: ['Couchbase', null],
  db2: ['Db2', 50000],
  elasticsearch: ['Elasticsearch', 9200],
  ftp: ['FTP', 21],
  ftps: ['FTP', 990],
  jtds: ['SQL Server', 1433],
  ldap: ['LDAP', 389],
  ldaps: ['LDAP', 636],
  mariadb: ['MySQL', 3306],
  mongodb: ['MongoDB', 27017],
  mqtt: ['MQTT', 1883],
  mqtts: ['MQTT', 8883],
  mssql: ['SQL Server', 1433],
  mysql: ['MySQL', 3306],
  nats: ['NATS', 4222],
  neo4j: ['Neo4j', 7687],
  bolt: ['Neo4j', 7687],
  oracle: ['Oracle', 1521],
  postgres: ['PostgreSQL', 5432],
  postgresql: ['PostgreSQL', 5432],
  redis: ['Redis', 6379],
  rediss: ['Redis', 6379],
  redshift: ['Redshift', 5439],
  sftp: ['SFTP', 22],
  smtp: ['SMTP', 25],
  smtps: ['SMTP', 465],
  snowflake: ['Snowflake', 443],
  sqlserver: ['SQL Server', 1433],
  ssh: ['SSH', 22],
};
/** `scheme://user:password@host:port/path?query`, the driver after a plus sign (`postgresql+psycopg2`), JDBC's name before it. */
const URL_WITH_USER =
  /\b(?:jdbc:)?([a-z][a-z0-9]{1,20})(?:\+[a-z0-9_]{1,20})?:\/\/([^\s:@/"'`<>]{0,256}):([^\s@"'`<>]{1,1024})@([^\s/?#"'`<>@]{1,1024})(?:\/([^\s?#"'`<>]{0,256}))?/i;
/** `jdbc:postgresql://host:port/db?user=…&password=…`, `jdbc:sqlserver://host:port;databaseName=…;user=…;password=…`. */
const JDBC =
  /\bjdbc:(?:jtds:)?([a-z][a-z0-9]{1,20}):(?:\w{1,16}:)?(?:@?\/\/|@)([^\s/?;"'`<>]{1,256})(?:\/([^\s?;"'`<>]{0,128}))?([?;][^\s"'`<>]{0,2048})?/i;
const ORACLE_THIN = /\bjdbc:oracle:\w{1,16}:([^\s/"'@]{1,128})\/([^\s"'@]{1,256})@(?:\/\/)?([^\s"'?]{1,256})/i;
/** libpq's own form (PostgreSQL, 34.1.1.1): at least host and user, in whatever order. */
const LIBPQ = /\b(host|hostaddr|port|dbname|user|password)\s?=\s?('[^']{0,256}'|[^\s'";]{1,256})/g;

/** Whose account on which server a connection's address opens (RFC 3986 §3.2, JDBC, libpq). */
export const databaseUrl: Reader = {
  name: 'database-url',
  read: ({ secret, text, around, rule }) => {
    for (const [place, words] of [secret, text].entries()) {
      const clue = urlClue(words) ?? oracleClue(words) ?? jdbcClue(words) ?? libpqClue(words);
      if (clue) return [clue];
      if (place === 1 && rule.kind === 'connection-string') return lineWith(around, secret);
    }
    return undefined;
  },
};

/** Where the rule matched no more than the password, the line it stands in may be the address. */
function lineWith(around: string, secret: string): readonly Clue[] | undefined {
  const at = around.indexOf(secret);
  if (at < 0 || secret === '') return undefined;
  const from = around.lastIndexOf('\n', at) + 1;
  const end = around.indexOf('\n', at);
  const line = around.slice(Math.max(from, at - 2048), end < 0 ? at + 2048 : end);
  const clue = urlClue(line) ?? oracleClue(line) ?? jdbcClue(line) ?? libpqClue(line);
  return clue && [clue];
}

/** An address with a user in it, of whatever scheme; null where there is none. */
export function urlClue(text: string): Clue | undefined {
  const [, scheme, user, password, hosts, path] = URL_WITH_USER.exec(text) ?? [];
  if (!scheme || !password || !hosts) return undefined;
  const kind = scheme.toLowerCase();
  if (kind === 'http' || kind === 'https') return basicClue(kind, decoded(user!), hosts, path);
  const known = systemOf(kind);
  if (!known) return undefined;
  return databaseClue(known[0], decoded(user!), hosts.split(','), known[1], decoded(path ?? ''));
}

function basicClue(scheme: string, user: string, host: string, path: string | undefined): Clue {
  const { name, port } = endpoint(host, scheme === 'https' ? 443 : 80);
  const where = port === 443 || port === 80 ? name : `${name}:${port}`;
  const whom = user ? `${user} at ${where}` : where;
  return clueOf('basic-auth', whom, { user, host: name, port, scheme, path: path ? `/${path}` : null });
}

/** One account on one or several servers that are one: the first host names it. @param system null where nothing tells */
export function databaseClue(
  system: string | null,
  user: string | null | undefined,
  hosts: readonly string[],
  defaultPort: number | null,
  database: string | null | undefined,
): Clue {
  const [first, ...others] = hosts.slice(0, 8).map((host) => endpoint(host, defaultPort));
  const place = first && sentence(`at ${first.name}${first.port === null ? '' : `:${first.port}`}`);
  return clueOf('database', sentence(system, user && `user ${user}`, place, database && `database ${database}`), {
    system: system?.toLowerCase(),
    user,
    host: first?.name,
    port: first?.port,
    database,
    otherHosts: others.map(({ name, port }) => `${name}:${port}`).join(' '),
  });
}

/** The port of a system where none is written. */
export function defaultPort(scheme: string): number | null {
  return systemOf(scheme)?.[1] ?? null;
}

function systemOf(scheme: string): readonly [system: string, port: number | null] | undefined {
  const name = scheme.toLowerCase();
  return Object.hasOwn(SYSTEMS, name) ? SYSTEMS[name] : undefined;
}

function oracleClue(text: string): Clue | undefined {
  const [, user, , place] = ORACLE_THIN.exec(text) ?? [];
  if (!place) return undefined;
  const [, host, port, database] = /^([^:/]+)(?::(\d+))?(?:[:/](.+))?$/.exec(place) ?? [];
  return databaseClue('Oracle', user, [`${host ?? place}:${port ?? 1521}`], 1521, database);
}

function jdbcClue(text: string): Clue | undefined {
  const [, scheme, host, path, rest] = JDBC.exec(text) ?? [];
  const known = scheme && systemOf(scheme);
  if (!known || !host || !rest) return undefined;
  const options = pairs(rest.slice(1), /[;&]/);
  const user = options['user'] ?? options['username'] ?? options['user name'];
  const database = path || options['databasename'] || options['database'];
  return databaseClue(known[0], user, host.split(','), known[1], database);
}

function libpqClue(text: string): Clue | undefined {
  const found = [...text.slice(0, 8192).matchAll(LIBPQ)].slice(0, 16);
  const options = Object.fromEntries(found.map(([, name, value]) => [name!, value!.replaceAll("'", '')]));
  const host = options['host'] ?? options['hostaddr'];
  if (!host || !options['user']) return undefined;
  const place = options['port'] ? `${host}:${options['port']}` : host;
  return databaseClue('PostgreSQL', options['user'], [place], 5432, options['dbname'] ?? options['user']);
}

/** `name=value` parts, the names in small letters; the first of several with one name is meant. */
export function pairs(text: string, separator: RegExp): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const part of text.split(separator).slice(0, 64)) {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals).trim().toLowerCase();
    if (equals > 0 && found[name] === undefined) found[name] = decoded(part.slice(equals + 1).trim());
  }
  return found;
}

function endpoint(text: string, defaultPort: number | null): { readonly name: string; readonly port: number | null } {
  const [, bracketed, plainHost, port] = /^(?:\[([^\]]{1,64})\]|([^:]{0,255}))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const name = bracketed ?? plainHost ?? text;
  return { name: normalHost(decoded(name)), port: port ? Number(port) : defaultPort };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
