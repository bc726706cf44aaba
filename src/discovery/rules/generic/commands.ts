import { BASE62, chars, oneOf, optional, sequence, type Grammar } from '../../domain/grammar.js';
import type { Rule } from '../../domain/rule.js';
import { around, family, glued } from '../family.js';
import { isMadeUp } from './value.js';

/** A word of a shell without anything that it would replace. */
const word: Grammar = chars(`${BASE62}!#%+,.:=?@^_/\\-`, 6, 80);
const user: Grammar = chars(`${BASE62}._@\\-`, 1, 60);
const quote = oneOf('"', "'", '');
/** Other options of the same command. */
const others: Grammar = {
  ...chars(' ', 0, 140),
  source: String.raw`(?:[^\n|;&]{0,140}?[ \t])?`,
  longest: 141,
  make: () => '',
};

/** A reference, an option, a path: no password. */
function isReference(password: string): boolean {
  return /^[-/.$%<]|\$|^[A-Z_]{3,}$|^(?:password|passwd|pass|secret|stdin|env|file)[:\w]*$|^@/.test(password);
}

/** What `docker login` is given behind `-p` or `--password`. */
function afterPassword(text: string): readonly [number, number] {
  const [option] = / (?:-p |--password[ =])["']?/.exec(text)!;
  return [text.indexOf(option) + option.length, text.length];
}

/** A command that is given a password after one of its options, or after a word. */
function command(
  id: string,
  name: string,
  page: string,
  programs: readonly string[],
  options: readonly (Grammar | string)[],
  rest: Partial<Rule> = {},
) {
  const option = oneOf(...options);
  const shape = glued(oneOf(...programs), others, option, quote, word);
  const last = new RegExp(`${option.source}["']?(?<word>[${`${BASE62}!#%+,.:=?@^_/\\-`}]{6,80})$`);
  const secret = (text: string): readonly [number, number] => [
    text.length - last.exec(text)!.groups!['word']!.length,
    text.length,
  ];
  const unless = (text: string) => isReference(text.slice(secret(text)[0]));
  return { id, name, kind: 'password' as const, page, shape, secret, unless, entropy: 2, ...rest };
}

const MAN = 'https://man7.org/linux/man-pages/man1/ssh.1.html';
const SAMBA = 'https://www.samba.org/samba/docs/current/man-html/smbclient.1.html';

export const commands = family(
  { vendor: 'any', page: 'https://www.gnu.org/software/bash/manual/bash.html', basis: 'generic' },
  command('sshpass-command', 'password of sshpass', MAN, ['sshpass '], ['-p ', '-p']),
  command(
    'mysql-command',
    'password of a MySQL client',
    'https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html',
    ['mysql ', 'mysqldump ', 'mysqladmin ', 'mysqlimport ', 'mariadb ', 'mariadb-dump '],
    ['-p'],
  ),
  command(
    'redis-cli-command',
    'password of redis-cli',
    'https://redis.io/docs/latest/develop/tools/cli/',
    ['redis-cli '],
    ['-a '],
  ),
  command(
    'mongo-command',
    'password of a MongoDB client',
    'https://www.mongodb.com/docs/mongodb-shell/reference/options/',
    ['mongo ', 'mongosh ', 'mongodump ', 'mongorestore ', 'mongoexport ', 'mongoimport '],
    ['-p '],
  ),
  command(
    'sqlcmd-command',
    'password of a SQL Server client',
    'https://learn.microsoft.com/en-us/sql/tools/sqlcmd/sqlcmd-utility',
    ['sqlcmd ', 'osql ', 'bcp '],
    ['-P ', '-P'],
  ),
  command(
    'ldap-command',
    'password of an LDAP client',
    'https://www.openldap.org/software/man.cgi?query=ldapsearch',
    ['ldapsearch ', 'ldapadd ', 'ldapmodify ', 'ldapdelete ', 'ldapwhoami ', 'ldappasswd '],
    ['-w '],
  ),
  command('archive-command', 'password of an archive', 'https://linux.die.net/man/1/zip', ['zip ', 'unzip '], ['-P '], {
    unless: (text) => !isMadeUp(text.slice(text.lastIndexOf(' ') + 1)),
  }),
  command(
    'remote-desktop-command',
    'password of a remote session',
    'https://learn.microsoft.com/en-us/sysinternals/downloads/psexec',
    ['psexec ', 'psexec.exe ', 'PsExec.exe '],
    ['-p '],
  ),
  command(
    'freerdp-command',
    'password of a remote desktop',
    'https://github.com/FreeRDP/FreeRDP/wiki/CommandLineInterface',
    ['xfreerdp ', 'wfreerdp '],
    ['/p:'],
  ),
  command(
    'smbclient-command',
    'password of smbclient',
    SAMBA,
    ['smbclient ', 'rpcclient ', 'smbmap '],
    [sequence('-U ', quote, chars(`${BASE62}._\\\\\\-`, 1, 60), '%')],
  ),
  command(
    'httpie-command',
    'user and password of HTTPie',
    'https://httpie.io/docs/cli/basic-auth',
    ['http ', 'https '],
    [sequence(oneOf('-a ', '--auth '), quote, user, ':')],
  ),
  command(
    'lftp-command',
    'password of lftp',
    'https://lftp.yar.ru/lftp-man.html',
    ['lftp '],
    [sequence(oneOf('-u ', '--user '), quote, user, ',')],
  ),
  command(
    'account-command',
    'password of an account that a command makes or opens',
    'https://www.rabbitmq.com/docs/man/rabbitmqctl.8',
    ['rabbitmqctl ', 'htpasswd '],
    [
      sequence(oneOf('add_user ', 'change_password ', 'authenticate_user '), user, ' '),
      sequence(
        oneOf('-b -c ', '-c -b ', '-bc ', '-cb ', '-Bb ', '-bB ', '-cbB ', '-Bbc ', '-b '),
        chars(`${BASE62}._/`, 1),
        chars(`${BASE62}._/\\-`, 1, 79),
        ' ',
        user,
        ' ',
      ),
      sequence(oneOf('-bn ', '-nb ', '-nbB ', '-Bbn ', '-n -b ', '-b -n '), user, ' '),
    ],
    { unless: (text) => !isMadeUp(text.slice(text.lastIndexOf(' ') + 1)) },
  ),
  command(
    'net-user-command',
    'password of an account of Windows',
    'https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/cc771865(v=ws.11)',
    ['net user '],
    [sequence(user, ' ')],
    { unless: (text) => !isMadeUp(text.slice(text.lastIndexOf(' ') + 1)) },
  ),
  command(
    'aws-configure-command',
    'secret access key given to aws configure',
    'https://docs.aws.amazon.com/cli/latest/reference/configure/set.html',
    ['aws configure set '],
    ['aws_secret_access_key ', 'aws_session_token '],
    { kind: 'access-key' },
  ),
  command(
    'net-use-command',
    'password of a network drive',
    'https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/gg651155(v=ws.11)',
    ['net use '],
    [sequence('\\\\', chars(`${BASE62}._$\\\\\\-`, 3, 80), ' ')],
    { unless: (text) => !isMadeUp(text.slice(text.lastIndexOf(' ') + 1)) },
  ),
  command(
    'sqlplus-command',
    'user and password of SQL*Plus',
    'https://docs.oracle.com/en/database/oracle/oracle-database/23/sqpug/starting-SQL-Plus.html',
    ['sqlplus '],
    [sequence(user, '/')],
  ),
  command(
    'snmp-command',
    'community given to a client of SNMP',
    'https://net-snmp.sourceforge.io/docs/man/snmpcmd.html',
    ['snmpwalk ', 'snmpget ', 'snmpset ', 'snmpbulkwalk '],
    ['-c '],
  ),
  command(
    'openssl-key-argument',
    'password given to openssl enc',
    'https://docs.openssl.org/3.4/man1/openssl-enc/',
    ['openssl enc '],
    ['-k ', '-K '],
  ),
  command(
    'ssh-keygen-command',
    'passphrase of a key',
    'https://man7.org/linux/man-pages/man1/ssh-keygen.1.html',
    ['ssh-keygen '],
    ['-N ', '-P '],
  ),
  command(
    'schtasks-command',
    'password of the account of a task',
    'https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/schtasks-create',
    ['schtasks ', 'schtasks.exe '],
    ['/rp ', '/p ', '/RP ', '/P '],
  ),
  command(
    'openssl-pass-argument',
    'password given to openssl',
    'https://docs.openssl.org/3.4/man1/openssl-passphrase-options/',
    ['-passin ', '-passout ', '-pass '],
    ['pass:'],
  ),
  {
    id: 'piped-password',
    name: 'password piped to a command',
    kind: 'password',
    page: 'https://man7.org/linux/man-pages/man8/chpasswd.8.html',
    shape: around(
      ['chpasswd', 'sudo -S', '--password-stdin', 'kinit'],
      oneOf('echo ', 'echo -e '),
      quote,
      optional(sequence(chars(`${BASE62}._\\-`, 1, 40), ':')),
      word,
      oneOf('"', "'", '\\n"', ''),
      oneOf(' | ', '|'),
      optional('sudo '),
      oneOf(
        'chpasswd',
        'sudo -S',
        'kinit',
        sequence('docker login', { ...others, make: () => ' ' }, '--password-stdin'),
      ),
    ),
    secret: (text) => [/^echo (?:-e )?["']?(?:[\w.-]+:)?/.exec(text)![0].length, text.search(/(?:\\n)?["']? ?\|/)],
    entropy: 2,
    unless: (text) => /\$/.test(text),
  },
  {
    id: 'curl-user',
    name: 'user and password of curl',
    kind: 'password',
    page: 'https://curl.se/docs/manpage.html#-u',
    reveals: 'the user and, behind it, the host',
    shape: around(
      ['curl -u ', '-u ', '--user '],
      oneOf('curl -u ', '-u ', '--user '),
      quote,
      sequence(user, ':', word),
    ),
    secret: (text) => [text.indexOf(':') + 1, text.length],
    entropy: 2,
    unless: (text, { before }) =>
      !/curl|http|wget/.test(before + text) || isReference(text.slice(text.indexOf(':') + 1)),
  },
  {
    id: 'docker-login-command',
    name: 'password of docker login',
    kind: 'password',
    page: 'https://docs.docker.com/reference/cli/docker/login/',
    reveals: 'the user',
    shape: around(
      ['docker login '],
      'docker login ',
      oneOf('-u ', '--username ', '--username='),
      user,
      oneOf(' -p ', ' --password ', ' --password='),
      quote,
      word,
    ),
    secret: afterPassword,
    entropy: 2,
    unless: (text) => isReference(text.slice(...afterPassword(text))),
  },
);
