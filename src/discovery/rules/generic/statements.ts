import { BASE62, chars, literal, madeBy, oneOf, sequence, type Grammar } from '../../domain/grammar.js';
import { around, family, token } from '../family.js';
import { isNoSecret } from './value.js';

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
    shape: around(['IDENTIFIED BY ', 'identified by '], oneOf('IDENTIFIED BY ', 'identified by '), quoted),
    secret: lastQuoted,
    entropy: 2,
    unless: (text) => refused(text.slice(...lastQuoted(text))),
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
