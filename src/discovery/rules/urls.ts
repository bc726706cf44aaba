import { BASE62, chars, oneOf, optional, sequence, type Grammar } from '../domain/grammar.js';
import type { Rule } from '../domain/rule.js';
import { isChosen } from '../domain/chosen.js';
import { wordiness } from '../domain/wordiness.js';
import { token } from './family.js';

/** RFC 3986 §3.2.1: what may stand in the part before the `@`, and what people write there without its percent signs. */
const PASSWORD = '!#-&(-.0-9:;=A-Z^_a-z|~*';
const user: Grammar = chars(`${BASE62}_.%+=,;\\-`, 1, 64);
const host: Grammar = chars(`${BASE62}.\\-_`, 0, 200);

/** What a program or a template puts in its place later: a reference, and no password. */
const REFERENCE = /^(?:\$|%[^0-9A-Fa-f]|%\w|#\{|<)|[{}<>()]|^%\(/;

/** @returns where the password of a URL stands */
export function passwordOf(url: string): readonly [start: number, end: number] {
  const end = url.lastIndexOf('@');
  const authority = url.indexOf('://') + 3;
  return [url.indexOf(':', authority) + 1, end];
}

/** Machines of an example or of a developer. */
const LOCAL =
  /^(?:localhost|127\.|0\.0\.0\.0|\[?::1|host\.docker\.internal)|(?:^|\.)(?:example\.?\w*|test|local|invalid|localhost)$|example\.(?:com|org|net)/i;
/** A name of one word, as the networks of containers have them: of an example as often as of what runs. */
const ONE_WORD = /^[^.]*$/;

/** Whether a password is the user's name, or opens only what is local and is made of words. */
function isSample(url: string): boolean {
  const [start, end] = passwordOf(url);
  const password = url.slice(start, end);
  const user_ = url.slice(url.indexOf('://') + 3, start - 1);
  if (password === user_) return true;
  if (password.length >= 8 && wordiness(password) <= 0.5) return false;
  const machine = url.slice(end + 1);
  return LOCAL.test(machine) || (ONE_WORD.test(machine) && (password.length < 8 || !isChosen(password)));
}

/** Whose pages say how to connect, and not so. */
const OBSERVED = ['neo4j-url'];

/** A URL that names a user and gives the password: RFC 3986 §3.2.1. */
function url(id: string, vendor: string, page: string, ...schemes: readonly string[]): Rule {
  const heads = schemes.map((scheme) => `${scheme}://`);
  const password = id === 'redis-url' ? sequence(optional(user), ':') : sequence(user, ':');
  return {
    id,
    vendor,
    name: 'URL with a password',
    kind: 'connection-string',
    basis: OBSERVED.includes(id) ? 'observed' : 'documented',
    page,
    reveals: 'the user, the host and the database',
    shape: token(oneOf(...heads), password, chars(PASSWORD, 3, 128), '@', chars(BASE62, 1), host),
    secret: passwordOf,
    percent: true,
    entropy: 1.5,
    sample: isSample,
    unless: (text) => REFERENCE.test(text.slice(...passwordOf(text))),
  };
}

export const urls = [
  url(
    'postgresql-url',
    'PostgreSQL',
    'https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS',
    'postgres',
    'postgresql',
    'postgresql+psycopg2',
    'postgresql+asyncpg',
    'postgresql+psycopg',
    'cockroachdb',
    'timescaledb',
  ),
  url(
    'mysql-url',
    'MySQL',
    'https://dev.mysql.com/doc/refman/8.4/en/connecting-using-uri-or-key-value-pairs.html',
    'mysql',
    'mysqlx',
    'mysql+pymysql',
    'mysql+mysqldb',
    'mysql+mysqlconnector',
    'mysql2',
    'mariadb',
  ),
  url(
    'mongodb-url',
    'MongoDB',
    'https://www.mongodb.com/docs/manual/reference/connection-string/',
    'mongodb',
    'mongodb+srv',
  ),
  url('redis-url', 'Redis', 'https://redis.io/docs/latest/develop/tools/cli/', 'redis', 'rediss', 'valkey', 'valkeys'),
  url('amqp-url', 'RabbitMQ', 'https://www.rabbitmq.com/docs/uri-spec', 'amqp', 'amqps'),
  url(
    'mssql-url',
    'SQL Server',
    'https://docs.sqlalchemy.org/en/20/dialects/mssql.html',
    'mssql',
    'sqlserver',
    'mssql+pyodbc',
    'mssql+pymssql',
  ),
  url(
    'clickhouse-url',
    'ClickHouse',
    'https://clickhouse.com/docs/integrations/sql-clients/cli',
    'clickhouse',
    'clickhouses',
    'clickhouse+native',
    'clickhouse+http',
  ),
  url(
    'oracle-url',
    'Oracle',
    'https://docs.sqlalchemy.org/en/20/dialects/oracle.html',
    'oracle',
    'oracle+cx_oracle',
    'oracle+oracledb',
  ),
  url(
    'snowflake-url',
    'Snowflake',
    'https://docs.snowflake.com/en/developer-guide/python-connector/sqlalchemy',
    'snowflake',
  ),
  url('neo4j-url', 'Neo4j', 'https://neo4j.com/docs/operations-manual/current/', 'neo4j', 'neo4j+s', 'bolt', 'bolt+s'),
  url('nats-url', 'NATS', 'https://docs.nats.io/using-nats/developer/connecting/userpass', 'nats', 'tls'),
  url('ldap-url', 'LDAP', 'https://www.rfc-editor.org/rfc/rfc4516', 'ldap', 'ldaps'),
  url('smtp-url', 'SMTP', 'https://nodemailer.com/smtp/', 'smtp', 'smtps', 'smtp+tls', 'submission'),
  url('imap-url', 'IMAP', 'https://www.rfc-editor.org/rfc/rfc5092', 'imap', 'imaps'),
  url('ftp-url', 'FTP', 'https://www.rfc-editor.org/rfc/rfc1738#section-3.2', 'ftp', 'ftps', 'sftp'),
  url('smb-url', 'SMB', 'https://www.samba.org/samba/docs/current/man-html/smbclient.1.html', 'smb', 'cifs'),
  url('mqtt-url', 'MQTT', 'https://github.com/mqtt/mqtt.org/wiki/URI-Scheme', 'mqtt', 'mqtts'),
  url(
    'cloudinary-url',
    'Cloudinary',
    'https://cloudinary.com/documentation/how_to_integrate_cloudinary#set_required_configuration_parameters',
    'cloudinary',
  ),
  url('http-url', 'HTTP', 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1', 'https', 'http'),
  url('socks-url', 'Proxy', 'https://curl.se/libcurl/c/CURLOPT_PROXY.html', 'socks5', 'socks5h', 'socks4'),
  url('rtsp-url', 'RTSP', 'https://www.rfc-editor.org/rfc/rfc7826#section-4.2', 'rtsp', 'rtsps'),
];
