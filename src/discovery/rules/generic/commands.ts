import { BASE62, chars, oneOf, sequence, type Grammar } from '../../domain/grammar.js';
import type { Rule } from '../../domain/rule.js';
import { around, family } from '../family.js';

/** A word of a shell without anything that it would replace. */
const word: Grammar = chars(`${BASE62}!#%+,.:=@^_/\\-`, 6, 80);
const user: Grammar = chars(`${BASE62}._@\\-`, 1, 60);
const quote = oneOf('"', "'", '');

/** A reference, an option, a path: no password. */
function isReference(password: string): boolean {
  return /^[-/.$%<]|\$|^[A-Z_]{3,}$|^(?:password|passwd|pass|secret|stdin|env|file)[:\w]*$|^@/.test(password);
}

/** What `docker login` is given behind `-p` or `--password`. */
function afterPassword(text: string): readonly [number, number] {
  const [option] = / (?:-p |--password[ =])["']?/.exec(text)!;
  return [text.indexOf(option) + option.length, text.length];
}

/** A command that is given a password after one of its options. */
function command(id: string, name: string, page: string, options: readonly string[], rest: Partial<Rule> = {}) {
  const shape = around(options, oneOf(...options), quote, word);
  const secret = (text: string): readonly [number, number] => {
    const option = options.find((candidate) => text.startsWith(candidate))!;
    return [option.length + (/^["']/.test(text.slice(option.length)) ? 1 : 0), text.length];
  };
  const unless = (text: string) => isReference(text.slice(secret(text)[0]));
  return { id, name, kind: 'password' as const, page, shape, secret, unless, entropy: 2, ...rest };
}

export const commands = family(
  { vendor: 'any', page: 'https://www.gnu.org/software/bash/manual/bash.html', basis: 'generic' },
  command('sshpass-command', 'password of sshpass', 'https://man7.org/linux/man-pages/man1/ssh.1.html', [
    'sshpass -p ',
    'sshpass -p',
  ]),
  command(
    'mysql-command',
    'password of a MySQL client',
    'https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html',
    ['mysql -uroot -p', 'mysql -u root -p', 'mysqldump -u root -p', 'mysqladmin -u root -p'],
  ),
  command('redis-cli-command', 'password of redis-cli', 'https://redis.io/docs/latest/develop/tools/cli/', [
    'redis-cli -a ',
  ]),
  command(
    'openssl-pass-argument',
    'password given to openssl',
    'https://docs.openssl.org/3.4/man1/openssl-passphrase-options/',
    ['-passin pass:', '-passout pass:', '-pass pass:'],
  ),
  {
    id: 'curl-user',
    name: 'user and password of curl',
    kind: 'password',
    page: 'https://curl.se/docs/manpage.html#-u',
    reveals: 'the user and, behind it, the host',
    shape: around(
      ['curl -u ', ' -u ', '--user '],
      oneOf('curl -u ', ' -u ', '--user '),
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
