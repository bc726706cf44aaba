import { BASE62, DIGITS, HEX, SMALL, type Some } from '../some.js';
import type { Makers, Setting } from './piece.js';
import { capital, generated, leet, word } from './words.js';

const PASSWORD_NAMES = [
  'db password',
  'database password',
  'smtp password',
  'admin password',
  'password',
  'redis password',
  'mail password',
  'root password',
  'ldap bind password',
  'postgres password',
  'user pass',
  'db pass',
  'mysql pwd',
  'ftp passwd',
  'proxy password',
  'service account password',
  'vpn passphrase',
  'rabbitmq default pass',
  'login pwd',
];
const KEY_NAMES = [
  'api key',
  'billing api key',
  'secret key',
  'client secret',
  'app secret',
  'auth token',
  'access token',
  'api token',
  'webhook secret',
  'signing key',
  'encryption key',
  'refresh token',
  'jwt secret',
  'session secret',
  'hmac key',
  'consumer secret',
  'service token',
  'bot token',
  'oauth client secret',
  'internal api secret',
];

const password = (make: (some: Some) => string) => (some: Some) => ({
  name: some.pick(PASSWORD_NAMES),
  value: make(some),
});
const key = (make: (some: Some) => string) => (some: Some) => ({ name: some.pick(KEY_NAMES), value: make(some) });
const named = (name: string, make: (some: Some) => string) => (some: Some) => ({ name, value: make(some) });

/** What has no form of its own, under the names that people give it. */
export const CHOSEN: Makers<Setting> = {
  'password: word and digits': password((some) => word(some) + some.of(DIGITS, 2 + some.number(3))),
  'password: word, digits, sign': password(
    (some) => `${capital(word(some))}${some.of(DIGITS, 2 + some.number(3))}${some.of('!#@*?', 1)}`,
  ),
  'password: leet': password(
    (some) => leet(some, `${word(some)}${some.number(2) ? capital(word(some)) : ''}`) + some.of(DIGITS, 1),
  ),
  'password: two words and a number': password(
    (some) => `${capital(word(some))}${some.of('-_.', 1)}${capital(word(some))}${some.of(DIGITS, 2)}`,
  ),
  'password: passphrase': password(
    (some) => Array.from({ length: 4 }, () => word(some)).join('-') + some.of(DIGITS, 1),
  ),
  'password: 8 to 12 by chance': password((some) => generated(some, '', 8 + some.number(5))),
  'password: 14 to 32 by chance': password((some) => generated(some, '', 14 + some.number(19))),
  'password: with signs by chance': password((some) => generated(some, '!#%^*_+=?.-@', 10 + some.number(15))),
};

export const KEYS: Makers<Setting> = {
  'key: 32 hex': key((some) => some.of(HEX, 32)),
  'key: 40 hex': key((some) => some.of(HEX, 40)),
  'key: 64 hex': key((some) => some.of(HEX, 64)),
  'key: 20 to 24 letters': key((some) => generated(some, '', 20 + some.number(5))),
  'key: 32 to 48 letters': key((some) => generated(some, '', 32 + some.number(17))),
  'key: base64 of 32 bytes': key((some) => some.bytes(32).toString('base64')),
  'key: base64url of 48 bytes': key((some) => some.bytes(48).toString('base64url')),
  'key: UUID': key((some) => some.uuid()),
  'framework: Django': named('django secret key', (some) => some.of(`${SMALL}${DIGITS}!@#$%^&*(-_=+)`, 50)),
  'framework: Flask': named('flask secret key', (some) => some.of(HEX, 64)),
  'framework: Rails': named('secret key base', (some) => some.of(HEX, 128)),
  'framework: Rails, encrypted records': named('deterministic key', (some) => some.of(BASE62, 32)),
  'framework: Laravel': named('app key', (some) => `base64:${some.bytes(32).toString('base64')}`),
  'framework: Phoenix': named('secret key base', (some) => some.bytes(48).toString('base64')),
  'framework: Symfony': named('app secret', (some) => some.of(HEX, 32)),
  'framework: NextAuth': named('nextauth secret', (some) => some.bytes(32).toString('base64')),
  'framework: Strapi': named('admin jwt secret', (some) => some.bytes(16).toString('base64')),
  'framework: n8n': named('n8n encryption key', (some) => some.of(BASE62, 32)),
  'framework: Airflow': named('airflow fernet key', (some) => `${some.bytes(32).toString('base64url')}=`),
};

const url = (scheme: string, rest: string) =>
  named(
    'database url',
    (some) =>
      `${scheme}://${word(some)}_app:${generated(some, '', 12 + some.number(9))}@${word(some)}-1.db.corp.net:${5000 + some.number(900)}${rest}`,
  );

export const CONNECTIONS: Makers<Setting> = {
  'connection: postgres': url('postgresql', '/orders'),
  'connection: mysql': url('mysql', '/shop?charset=utf8mb4'),
  'connection: sqlalchemy': url('postgresql+psycopg2', '/ledger'),
  'connection: mongodb': named(
    'mongo uri',
    (some) =>
      `mongodb+srv://svc-${word(some)}:${generated(some, '', 16)}@cluster0.${some.of(SMALL + DIGITS, 5)}.mongodb.net/crm?retryWrites=true`,
  ),
  'connection: redis': named(
    'redis url',
    (some) => `rediss://:${generated(some, '', 24)}@cache-${word(some)}.corp.net:6380/0`,
  ),
  'connection: amqp': named(
    'broker url',
    (some) => `amqps://${word(some)}:${generated(some, '', 18)}@mq.${word(some)}.corp.net:5671/prod`,
  ),
  'connection: a chosen password': named(
    'database url',
    (some) => `postgres://${word(some)}:${capital(word(some))}${some.of(DIGITS, 3)}@pg.${word(some)}.corp.net/app`,
  ),
  'connection: ADO.NET': named(
    'default connection',
    (some) =>
      `Server=tcp:sql-${word(some)}.corp.net,1433;Database=Orders;User Id=svc_${word(some)};Password=${generated(some, '', 16)};Encrypt=True`,
  ),
  'connection: ODBC': named(
    'odbc dsn',
    (some) =>
      `Driver={ODBC Driver 18 for SQL Server};Server=${word(some)}.corp.net;UID=${word(some)};PWD=${generated(some, '!#', 14)}`,
  ),
  'connection: JDBC': named(
    'jdbc url',
    (some) => `jdbc:mysql://${word(some)}.corp.net:3306/shop?user=app&password=${generated(some, '', 15)}`,
  ),
  'connection: Go MySQL': named(
    'dsn',
    (some) => `${word(some)}:${generated(some, '', 16)}@tcp(${word(some)}.corp.net:3306)/shop?parseTime=true`,
  ),
  'connection: libpq': named(
    'pg conninfo',
    (some) =>
      `host=${word(some)}.corp.net port=5432 dbname=app user=${word(some)} password=${generated(some, '', 16)} sslmode=require`,
  ),
  'connection: Azure storage': named(
    'azure storage connection string',
    (some) =>
      `DefaultEndpointsProtocol=https;AccountName=${word(some)}store;AccountKey=${some.bytes(64).toString('base64')};EndpointSuffix=core.windows.net`,
  ),
  'connection: Azure Service Bus': named(
    'service bus connection',
    (some) =>
      `Endpoint=sb://${word(some)}.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=${some.bytes(32).toString('base64')}`,
  ),
  'connection: HTTPS with a user': named(
    'feed url',
    (some) => `https://${word(some)}:${generated(some, '', 16)}@nexus.${word(some)}.corp.net/repository/npm/`,
  ),
  'connection: SMTP': named(
    'mailer dsn',
    (some) => `smtps://${word(some)}%40corp.net:${generated(some, '', 16)}@smtp.${word(some)}.net:465`,
  ),
  'connection: FTP': named(
    'backup target',
    (some) => `ftp://${word(some)}:${generated(some, '', 12)}@ftp.${word(some)}.net/backups`,
  ),
};
