import { BASE62, chars, oneOf, optional, sequence, type Chance, type Grammar } from '../../domain/grammar.js';
import type { Rule } from '../../domain/rule.js';
import { family, glued } from '../family.js';
import { isMadeUp, isNoSecret } from './value.js';

const IN_QUOTES = { before: '"', after: '"', path: null };

/** An argument that is none of a secret's business: a text, a name, a number, a call or an object of few words. */
const argument: Grammar = {
  source: String.raw`(?:[b@]?"[^"\n]{0,120}"|'[^'\n]{0,120}'|\{[^{}\n]{0,80}\}|[\w$\[\]&.:>()*-]{1,60})`,
  make: (chance: Chance) => `"${chars('a-z', 4, 9).make(chance)}"`,
  shortest: 1,
  longest: 124,
  heads: [],
};
const blank: Grammar = { ...chars(' \\t', 0, 4), make: () => '' };
const comma = sequence(blank, ',', { ...chars('\\s', 0, 12), make: () => ' ' });
/** The secret, in quotes, in what makes bytes of a text or an option of it. */
const text: Grammar = sequence(optional(oneOf('Some(', 'b', '@')), {
  source: String.raw`(?:"[^"\n\\]{6,120}"|'[^'\n\\]{6,120}')`,
  make: (chance: Chance) => `"${chars(BASE62, 12, 20).make(chance)}7q"`,
  shortest: 8,
  longest: 122,
  heads: [],
});

/** The last text in quotes. */
function lastText(matched: string): readonly [number, number] {
  const end = matched.length - 1;
  return [matched.lastIndexOf(matched[end]!, end - 1) + 1, end];
}

/** Calls that take a secret without any name before it, by how many arguments stand before it. */
function call(id: string, name: string, page: string, kind: Rule['kind'], before: number, ...heads: readonly string[]) {
  const others = Array.from({ length: before }, () => sequence(argument, comma));
  const shape = glued(oneOf(...heads), { ...chars('\\s', 0, 12), make: () => '' }, ...others, text);
  const unless = (matched: string): boolean => {
    const secret = matched.slice(...lastText(matched));
    return !isMadeUp(secret) || isNoSecret(secret, IN_QUOTES, 'password');
  };
  return { id, name, page, kind, shape, secret: lastText, unless, entropy: 2 };
}

const PASSWORD = 'https://cwe.mitre.org/data/definitions/259.html';
const KEY = 'https://cwe.mitre.org/data/definitions/321.html';

export const calls = family(
  { vendor: 'any', page: PASSWORD, basis: 'generic' },
  call(
    'password-argument',
    'password given to a call',
    PASSWORD,
    'password',
    0,
    'ConvertTo-SecureString ',
    'ConvertTo-SecureString -String ',
    ':auth(',
    'Secret.fromString(',
    'ssh.Password(',
    'setBearerAuth(',
  ),
  call(
    'login-arguments',
    'password given to a call behind its user',
    PASSWORD,
    'password',
    1,
    'NetworkCredential(',
    'PasswordAuthentication(',
    'PasswordCredentials(',
    'PasswordAuthenticationToken(',
    'BasicAuth(',
    'BasicAuthentication(',
    'basicAuth(',
    'basic_auth(',
    'HTTPDigestAuth(',
    'httpBasic(',
    'login(',
    'auth=(',
    'auth: [',
    '"auth": [',
    '.basic(',
    'WiFi.begin(',
    'wlan.connect(',
    'sp_addlogin ',
  ),
  call(
    'connection-arguments',
    'password given to a call behind what it connects to and its user',
    PASSWORD,
    'password',
    2,
    'getConnection(',
    'mysqli_connect(',
    'mysql_connect(',
    'new mysqli(',
    'new PDO(',
    'DBI->connect(',
    'PlainAuth(',
    'ftplib.FTP(',
    'imap_open(',
    'Sequelize(',
    'ldap_bind(',
    'ssh2_auth_password(',
    'set_password(',
    '.connect(',
    'database(',
  ),
  call(
    'client-arguments',
    'password given to a call behind a host, a port and its user',
    PASSWORD,
    'password',
    3,
    'mysql_real_connect(',
    '.connect(',
  ),
  call('cipher-argument', 'key given to a cipher', KEY, 'signing-secret', 0, 'Fernet('),
  call(
    'signing-argument',
    'key given to a call that signs or encrypts',
    KEY,
    'signing-secret',
    1,
    'jwt.sign(',
    'jwt.encode(',
    'jwt.verify(',
    'jwt.decode(',
    'signWith(',
    'AES.encrypt(',
    'AES.decrypt(',
    'createHmac(',
    'hmac.new(',
    'OAuthHandler(',
  ),
);
