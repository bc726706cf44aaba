import { BASE62, chars, literal, madeBy, oneOf, optional, sequence, type Grammar } from '../../domain/grammar.js';
import { around, family, token } from '../family.js';
import { isMadeUp, isNoSecret } from './value.js';

const NOWHERE = { before: "'", after: '', path: null };
const quoted: Grammar = sequence("'", chars(`${BASE62}!#%+,.:=?@^_~*&/\\-`, 6, 100), "'");
/** What stands between the quotes at the end. */
const lastQuoted = (text: string): readonly [number, number] => [
  text.lastIndexOf("'", text.length - 2) + 1,
  text.length - 1,
];
/** What stands behind the last equals sign of a name. */
function afterLast(pattern: RegExp): (text: string) => readonly [number, number] {
  return (text) => {
    const match = [...text.matchAll(pattern)].at(-1);
    return [match ? match.index + match[0].length : 0, text.length];
  };
}
/** What `BY` is followed by, without its quotes. */
function afterBy(text: string): readonly [number, number] {
  const start = text.toLowerCase().lastIndexOf(' by ', text.length - 6) + 4;
  return /["']/.test(text[start]!) ? [start + 1, text.length - 1] : [start, text.length];
}
const refused = (text: string): boolean => isNoSecret(text, NOWHERE, 'password');
const settings: Grammar = madeBy(
  chars(`${BASE62} _=;,.:@/\\\\()\\-`, 8, 250),
  (chance) => `Server=db-${chars('a-z', 4).make(chance)};Database=orders;User Id=${chars('a-z', 6).make(chance)}`,
);
const plain: Grammar = chars(`${BASE62}!#%+.:?@^_~*\\-`, 6, 100);
const adoPassword = afterLast(/(?:password|pwd)\s?=\s?/gi);
const jdbcPassword = afterLast(/password=/gi);

export const statements = family(
  { vendor: 'any', page: 'https://www.postgresql.org/docs/current/sql-createrole.html', basis: 'generic' },
  {
    id: 'sql-role-password',
    name: 'password of a role in a statement',
    kind: 'password',
    reveals: 'the role',
    shape: around(
      ["PASSWORD '", "password '"],
      oneOf('CREATE ', 'ALTER ', 'create ', 'alter '),
      oneOf('ROLE ', 'USER ', 'LOGIN ', 'role ', 'user ', 'login '),
      madeBy(chars(`${BASE62}_"$ \\-`, 2, 120), (chance) => `${chars('a-z', 5, 9).make(chance)} WITH LOGIN `),
      oneOf('PASSWORD ', 'password '),
      quoted,
    ),
    secret: lastQuoted,
    entropy: 2,
    unless: (text) => refused(text.slice(...lastQuoted(text))) || /md5[0-9a-f]{32}|SCRAM-SHA/.test(text),
  },
  {
    id: 'sql-identified-by',
    name: 'password of a user in a statement',
    kind: 'password',
    page: 'https://dev.mysql.com/doc/refman/8.4/en/create-user.html',
    reveals: 'the user',
    shape: around(
      ['IDENTIFIED ', 'identified '],
      oneOf('IDENTIFIED ', 'identified '),
      optional(sequence(oneOf('WITH ', 'with '), chars("a-z0-9_'", 4, 40), ' ')),
      oneOf('BY ', 'by '),
      oneOf(quoted, sequence('"', chars(`${BASE62}!#%+,.:=?@^_~*&/\\-`, 6, 100), '"'), chars(BASE62, 6, 100)),
    ),
    secret: afterBy,
    entropy: 2,
    unless: (text) =>
      refused(text.slice(...afterBy(text))) || (!/["']$/.test(text) && !isMadeUp(text.slice(...afterBy(text)))),
  },
  {
    id: 'ado-connection-string',
    name: 'connection string with a password',
    kind: 'connection-string',
    page: 'https://learn.microsoft.com/en-us/dotnet/framework/data/adonet/connection-string-syntax',
    reveals: 'the server, the database and the user',
    shape: around(
      [';Password=', ';Pwd=', ';password=', ';pwd=', ';PWD=', '; Password='],
      oneOf('Server=', 'server=', 'Data Source=', 'data source=', 'Host=', 'host=', 'Driver=', 'SERVER=', 'DRIVER='),
      settings,
      oneOf(';Password=', ';Pwd=', ';password=', ';pwd=', ';PWD=', '; Password='),
      plain,
    ),
    secret: adoPassword,
    entropy: 2,
    unless: (text) => refused(text.slice(...adoPassword(text))) || text.includes('.database.windows.net'),
  },
  {
    id: 'jdbc-url',
    name: 'JDBC URL with a password',
    kind: 'connection-string',
    page: 'https://docs.oracle.com/javase/8/docs/api/java/sql/DriverManager.html',
    reveals: 'the user, the host and the database',
    shape: token(
      literal('jdbc:'),
      madeBy(
        chars(`${BASE62}_=;,.:@/?&%\\-`, 10, 300),
        (chance) => `postgresql://db.example:5432/orders?user=${chars('a-z', 6).make(chance)}&`,
      ),
      oneOf('password=', 'Password='),
      plain,
    ),
    secret: jdbcPassword,
    entropy: 2,
    unless: (text) => refused(text.slice(...jdbcPassword(text))),
  },
  {
    id: 'oracle-thin-url',
    name: 'JDBC URL of Oracle with a password',
    kind: 'connection-string',
    page: 'https://docs.oracle.com/en/database/oracle/oracle-database/23/jjdbc/data-sources-and-URLs.html',
    reveals: 'the user, the host and the database',
    shape: token(
      oneOf('jdbc:oracle:thin:', 'jdbc:oracle:oci:'),
      chars(`${BASE62}_$`, 1, 30),
      '/',
      plain,
      '@',
      chars(`${BASE62}/(`, 2, 80),
    ),
    secret: (text) => [text.indexOf('/') + 1, text.lastIndexOf('@')],
    entropy: 2,
    unless: (text) => refused(text.slice(text.indexOf('/') + 1, text.lastIndexOf('@'))),
  },
  {
    id: 'go-mysql-dsn',
    name: 'data source name of Go’s MySQL driver',
    kind: 'connection-string',
    page: 'https://github.com/go-sql-driver/mysql#dsn-data-source-name',
    reveals: 'the user and the host',
    shape: around(['@tcp'], chars(`${BASE62}_.\\-`, 1, 32), ':', plain, '@tcp'),
    secret: (text) => [text.indexOf(':') + 1, text.lastIndexOf('@')],
    entropy: 2,
    unless: (text) =>
      refused(text.slice(text.indexOf(':') + 1, text.lastIndexOf('@'))) ||
      !isMadeUp(text.slice(text.indexOf(':') + 1, text.lastIndexOf('@'))),
  },
  {
    id: 'libpq-connection-string',
    name: 'connection string of libpq with a password',
    kind: 'connection-string',
    page: 'https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE',
    reveals: 'the user, the host and the database',
    shape: around(
      [' password='],
      oneOf('host=', 'user=', 'dbname=', 'hostaddr='),
      madeBy(chars(`${BASE62}_=.,/ \\-`, 4, 150), (chance) => `db.example user=${chars('a-z', 6).make(chance)}`),
      ' password=',
      plain,
    ),
    secret: jdbcPassword,
    entropy: 2,
    unless: (text) => refused(text.slice(...jdbcPassword(text))),
  },
);
