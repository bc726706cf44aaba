import { BASE62, BASE64URL, chars, type Chance, type Grammar } from '../../domain/grammar.js';
import { assigned, family } from '../family.js';
import { isNoSecret } from './value.js';

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
        'db_pass',
        'db_pwd',
        'user_pass',
        'smtp_pass',
        'root_pass',
        'admin_pass',
        'ftp_pass',
        'mysql_pwd',
        'user_pwd',
      ],
      password,
    ),
    unless: (text, where) => isNoSecret(text, where, 'password'),
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
        'master_key',
        'license_key',
        'service_key',
        'admin_key',
        'subscription_key',
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
