import { BASE62, BASE64URL, chars, type Chance, type Grammar } from '../../domain/grammar.js';
import { assigned, family } from '../family.js';
import type { Surroundings } from '../../domain/rule.js';
import { isMadeUp, isNoSecret } from './value.js';

const PAGE = 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html';

/** In quotes, all up to the closing one; else what no setting's syntax ends. */
function value(least: number, most: number, letters: string): Grammar {
  const within = (quote: string) => String.raw`(?<=${quote})[^${quote}\\\s]{${least},${most}}(?=\\?${quote})`;
  return {
    ...chars(letters, least, most),
    source: `(?:${within('"')}|${within("'")}|${within('`')}|${String.raw`(?<!["'\`])[^\s"'\`\\,;(){}[\]<>|&]`}{${least},${most}})`,
    make: (chance: Chance) =>
      `${chars(letters, Math.max(least, 14), Math.max(least, 14) + 18).make(chance)}${chars('2-9', 1).make(chance)}${chars('A-Z', 1).make(chance)}`,
  };
}

const password = value(6, 128, `${BASE62}!#%+.:=?@^_~\\-`);
const key = value(16, 200, BASE64URL);

/** Whole, or the last part of a name: `bypass`, `passed` and `compass` are others. */
const SHORT_NAME =
  /(?:(?<!by|com|tres|sur|over|under|out|[a-z]im|mini|first|second|multi|render)pass|pwd|psk|bindpw|authtok|pre[_.-]?shared[_.-]?key|community)(?![A-Za-z])[^A-Za-z]*(?:\b(?:as|str|string|char|const|static|value|default|encoding)\b[^A-Za-z]*)*$/i;

function isShortName(before: string): boolean {
  return SHORT_NAME.test(before.slice(-120)) && !/\$\(pwd/.test(before);
}

/** A word and what stands in quotes behind it, in a sentence that goes on: `Pass 'AtLeast21' policy`. */
function isProse({ before, after }: Surroundings): boolean {
  return /[A-Za-z]\s+["'`]$/.test(before) && /^["'`]\s+[A-Za-z]/.test(after);
}

export const assignments = family(
  { vendor: 'any', page: PAGE, basis: 'generic' },
  {
    id: 'generic-password',
    name: 'password, by its name',
    kind: 'password',
    reveals: 'the user and the host beside it',
    shape: assigned(
      [
        'password',
        'passwd',
        'passphrase',
        'passwort',
        // As people call it who write programs in their own languages.
        'contrase',
        'contrasena',
        'heslo',
        'kennwort',
        'motdepasse',
        'mot_de_passe',
        'parola',
        'passord',
        'salasana',
        'senha',
        'wachtwoord',
      ],
      password,
    ),
    unless: (text, where) => isNoSecret(text, where, 'password'),
  },
  {
    id: 'generic-pass',
    name: 'password, by its short name',
    kind: 'password',
    reveals: 'the user and the host beside it',
    shape: assigned(
      ['pass', 'pwd', 'psk', 'bindpw', 'authtok', 'pre_shared_key', 'rocommunity', 'rwcommunity', 'snmp_community'],
      password,
    ),
    unless: (text, where) =>
      (where.before !== '' && !isShortName(where.before)) ||
      isNoSecret(text, where, 'password') ||
      !isMadeUp(text) ||
      isProse(where) ||
      // Of openssl, that says where its password is.
      /^(?:pass|fd):/.test(text),
  },
  {
    id: 'authorization-header',
    name: 'token in a header',
    kind: 'token',
    page: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2',
    shape: assigned(['authorization'], value(20, 300, BASE64URL)),
    unless: (text, where) => isNoSecret(text, where, 'key'),
  },
  {
    id: 'generic-secret',
    name: 'secret, by its name',
    kind: 'client-secret',
    shape: assigned(
      [
        'secret',
        'client_secret',
        'app_secret',
        'shared_secret',
        'webhook_secret',
        'signing_secret',
        'consumer_secret',
        'jwt_secret',
        'session_secret',
        'cookie_secret',
      ],
      key,
    ),
    unless: (text, where) => isNoSecret(text, where, 'key'),
  },
  {
    id: 'generic-shared-secret',
    name: 'secret that people share, by its name',
    kind: 'password',
    shape: assigned(['secret'], password),
    unless: (text, where) =>
      (where.before !== '' && !/secret(?![A-Za-z])[^A-Za-z,]*$/i.test(where.before)) ||
      isNoSecret(text, where, 'password') ||
      !isMadeUp(text),
  },
  {
    id: 'generic-api-key',
    name: 'key, by its name',
    kind: 'api-key',
    shape: assigned(
      [
        'api_key',
        'apikey',
        'access_key',
        'secret_key',
        'auth_key',
        'private_key',
        'encryption_key',
        'signing_key',
        'account_key',
        'security_key',
        'symmetric_key',
        'master_key',
        'license_key',
        'service_key',
        'admin_key',
        'subscription_key',
        'consumer_key',
        'aes_key',
        'hmac_key',
        'cipher_key',
        'crypto_key',
        'erlang_cookie',
        'hash_salt',
        'pepper',
      ],
      key,
    ),
    unless: (text, where) => isNoSecret(text, where, 'key'),
  },
  {
    id: 'generic-token',
    name: 'token, by its name',
    kind: 'token',
    shape: assigned(
      [
        'token',
        'access_token',
        'auth_token',
        'api_token',
        'refresh_token',
        'bearer_token',
        'secret_token',
        'authtoken',
      ],
      key,
    ),
    unless: (text, where) => isNoSecret(text, where, 'key'),
  },
);
