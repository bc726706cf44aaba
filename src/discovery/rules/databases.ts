import { confluentCheck, endsRightly } from '../domain/checksums.js';
import {
  BASE62,
  BASE64,
  BASE64URL,
  chars,
  checked,
  DIGITS,
  LOWER_ALNUM,
  LOWER_HEX,
  oneOf,
  optional,
  sequence,
  UPPER_ALNUM,
  uuid,
} from '../domain/grammar.js';
import { around, assigned, family, names, token } from './family.js';

const databricks = family(
  { vendor: 'Databricks', page: 'https://docs.databricks.com/aws/en/dev-tools/auth/pat' },
  {
    id: 'databricks-pat',
    name: 'personal access token',
    kind: 'token',
    shape: token('dapi', chars(LOWER_HEX, 32), optional(sequence('-', chars(DIGITS, 1)))),
  },
  {
    id: 'databricks-oauth-secret',
    name: 'OAuth secret of a service principal',
    kind: 'client-secret',
    basis: 'observed',
    page: 'https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m',
    shape: token('dose', chars(LOWER_HEX, 32)),
  },
);

const planetscale = family(
  { vendor: 'PlanetScale', page: 'https://planetscale.com/docs/concepts/service-tokens' },
  {
    id: 'planetscale-password',
    page: 'https://github.com/planetscale/docs/blob/main/docs/tutorials/connect-any-application.md',
    seen: '2026-11-22',
    name: 'password of a branch',
    kind: 'password',
    shape: token('pscale_pw_', chars(BASE64URL, 32, 64)),
  },
  {
    id: 'planetscale-service-token',
    name: 'service token',
    kind: 'token',
    shape: token('pscale_tkn_', chars(BASE64URL, 32, 64)),
  },
  {
    id: 'planetscale-oauth-token',
    name: 'OAuth token',
    kind: 'token',
    shape: token('pscale_oauth_', chars(BASE64URL, 32, 64)),
  },
);

const supabase = family(
  { vendor: 'Supabase', page: 'https://supabase.com/docs/guides/api/api-keys' },
  {
    id: 'supabase-secret-key',
    name: 'secret key',
    kind: 'api-key',
    shape: token('sb_secret_', chars(BASE64URL, 22), '_', chars(BASE64URL, 8)),
  },
  {
    id: 'supabase-publishable-key',
    name: 'publishable key',
    kind: 'api-key',
    shape: token('sb_publishable_', chars(BASE64URL, 22), '_', chars(BASE64URL, 8)),
    public: true,
  },
  {
    id: 'supabase-access-token',
    page: 'https://github.com/supabase/cli/blob/develop/apps/cli-go/internal/utils/access_token.go',
    seen: '2026-11-22',
    name: 'personal access token',
    kind: 'token',
    shape: token('sbp_', optional(oneOf('v0_', 'oauth_')), chars(LOWER_HEX, 40)),
  },
);

const mongodb = family(
  { vendor: 'MongoDB Atlas', page: 'https://www.mongodb.com/docs/atlas/configure-api-access/' },
  {
    id: 'mongodb-atlas-service-secret',
    name: 'secret of a service account',
    kind: 'client-secret',
    basis: 'observed',
    shape: token('mdb_sa_sk_', chars(BASE64URL, 40)),
  },
  {
    id: 'mongodb-atlas-service-id',
    name: 'client id of a service account',
    kind: 'client-secret',
    basis: 'observed',
    shape: token('mdb_sa_id_', chars(LOWER_HEX, 24)),
    public: true,
  },
  {
    id: 'mongodb-atlas-private-key',
    name: 'private key of an API key',
    kind: 'api-key',
    basis: 'observed',
    shape: assigned(
      names(['mongodb_atlas', 'atlas', 'mcli'], 'private_key', 'private_api_key', 'api_private_key'),
      uuid(),
    ),
  },
);

const confluent = family(
  {
    vendor: 'Confluent Cloud',
    page: 'https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html',
  },
  {
    id: 'confluent-api-secret',
    name: 'API secret',
    kind: 'api-key',
    shape: token(checked(sequence('cflt', chars(BASE64, 54)), chars(BASE64, 6), confluentCheck)),
    genuine: (text) => endsRightly(text, confluentCheck, 6),
    entropy: 4,
  },
  {
    id: 'confluent-api-secret-old',
    name: 'API secret without a mark',
    kind: 'api-key',
    basis: 'observed',
    shape: assigned(
      names(
        ['confluent', 'confluent_cloud', 'ccloud', 'kafka', 'schema_registry'],
        'api_secret',
        'cloud_api_secret',
        'secret',
      ),
      chars(BASE64, 64),
    ),
    entropy: 4.2,
    unless: (text) => text.startsWith('cflt') || /^[0-9a-f]+$/.test(text),
    completes: ['confluent-api-key'],
  },
  {
    id: 'confluent-api-key',
    name: 'API key',
    kind: 'api-key',
    basis: 'observed',
    shape: assigned(
      names(['confluent', 'confluent_cloud', 'ccloud'], 'api_key', 'cloud_api_key'),
      chars(UPPER_ALNUM, 16),
    ),
    public: true,
  },
);

const neon = family(
  { vendor: 'Neon', page: 'https://neon.com/docs/manage/api-keys' },
  {
    id: 'neon-api-key',
    name: 'API key',
    kind: 'api-key',
    basis: 'observed',
    shape: token('napi_', chars(LOWER_ALNUM, 64)),
  },
  {
    id: 'neon-role-password',
    name: 'password of a role',
    kind: 'password',
    basis: 'observed',
    shape: token('npg_', chars(BASE62, 12)),
  },
);

export const databases = [
  ...databricks,
  ...planetscale,
  ...supabase,
  ...mongodb,
  ...confluent,
  ...neon,
  ...family(
    { vendor: 'Snowflake', page: 'https://docs.snowflake.com/en/user-guide/snowsql-config' },
    {
      id: 'snowflake-password',
      name: 'password in the environment',
      kind: 'password',
      reveals: 'the account and user beside it',
      basis: 'generic',
      shape: assigned(
        ['snowflake_password', 'snowsql_pwd', 'snowflake_pwd', 'snowflake_db_password'],
        chars('!#-&(-:<-\\[\\]-_a-~', 8, 64),
      ),
      entropy: 2.5,
      unless: (text) => /^[$<{%(]|[({]|^[a-z_]+$/i.test(text),
    },
  ),
  ...family(
    { vendor: 'Aiven', page: 'https://aiven.io/docs/platform/concepts/authentication-tokens' },
    {
      id: 'aiven-service-password',
      name: 'password of a service',
      kind: 'password',
      basis: 'observed',
      shape: token('AVNS_', chars(BASE64URL, 19)),
    },
    {
      id: 'aiven-token',
      name: 'authentication token',
      kind: 'token',
      basis: 'observed',
      shape: token('aivenv1', chars(BASE64, 60, 400)),
      entropy: 4,
    },
  ),
  ...family(
    { vendor: 'Upstash', page: 'https://upstash.com/docs/redis/howto/connectwithupstashredis' },
    {
      id: 'upstash-redis-token',
      name: 'REST token of Redis',
      kind: 'token',
      basis: 'observed',
      shape: assigned(
        [
          'upstash_redis_rest_token',
          'upstash_redis_token',
          'upstash_vector_rest_token',
          'kv_rest_api_token',
          'qstash_token',
        ],
        chars(`${BASE64URL}+/=`, 36, 180),
      ),
      entropy: 3.8,
    },
    {
      id: 'upstash-qstash-key',
      name: 'signing key of QStash',
      kind: 'signing-secret',
      page: 'https://upstash.com/docs/qstash/howto/signature',
      basis: 'observed',
      shape: token('sig_', chars(BASE62, 28, 30)),
      entropy: 3.5,
      unless: (text) => !/\d/.test(text),
    },
  ),
  ...family(
    { vendor: 'Xata', page: 'https://xata.io/docs/getting-started/api-keys' },
    { id: 'xata-api-key', name: 'API key', kind: 'api-key', shape: token('xau_', chars(BASE62, 32, 36)) },
  ),
  ...family(
    { vendor: 'Fauna', page: 'https://docs.fauna.com/fauna/current/learn/security/keys/' },
    {
      id: 'fauna-secret',
      name: 'secret of a key',
      kind: 'api-key',
      shape: token('fnA', chars(BASE64URL, 37, 53)),
      entropy: 3.8,
    },
  ),
  ...family(
    { vendor: 'Tinybird', page: 'https://www.tinybird.co/docs/forward/administration/tokens' },
    {
      id: 'tinybird-token',
      name: 'auth token',
      kind: 'token',
      reveals: 'the workspace and the id of the token',
      shape: token('p.eyJ', chars(BASE64URL, 60, 300), '.', chars(BASE64URL, 43)),
    },
  ),
  ...family(
    { vendor: 'InfluxData', page: 'https://docs.influxdata.com/influxdb/v2/admin/tokens/' },
    {
      id: 'influxdb-token',
      name: 'API token of InfluxDB',
      kind: 'token',
      shape: assigned(
        [
          ...names(
            ['influx', 'influxdb', 'influxdb2', 'docker_influxdb_init'],
            'token',
            'admin_token',
            'api_token',
            'auth_token',
          ),
        ],
        chars(BASE64URL, 86),
        '==',
      ),
      entropy: 4.2,
    },
    {
      id: 'influxdb3-token',
      name: 'token of InfluxDB 3',
      kind: 'token',
      basis: 'observed',
      page: 'https://docs.influxdata.com/influxdb3/core/admin/tokens/',
      shape: token('apiv3_', chars(BASE64URL, 80, 90)),
    },
  ),
  ...family(
    { vendor: 'Algolia', page: 'https://www.algolia.com/doc/guides/security/api-keys/' },
    {
      id: 'algolia-admin-key',
      name: 'admin or write API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(
        names(
          ['algolia', 'algolia_admin', 'algolia_write'],
          'admin_api_key',
          'admin_key',
          'api_key',
          'write_api_key',
          'write_key',
          'apikey',
        ),
        chars(LOWER_HEX, 32),
      ),
    },
  ),
  ...family(
    { vendor: 'Meilisearch', page: 'https://www.meilisearch.com/docs/reference/api/keys' },
    {
      id: 'meilisearch-key',
      name: 'API key',
      kind: 'api-key',
      shape: assigned(names(['meili', 'meilisearch'], 'api_key', 'admin_key', 'admin_api_key'), chars(LOWER_HEX, 64)),
    },
  ),
  ...family(
    { vendor: 'Typesense', page: 'https://typesense.org/docs/guide/' },
    {
      id: 'typesense-api-key',
      name: 'API key',
      kind: 'api-key',
      basis: 'observed',
      shape: assigned(names(['typesense'], 'api_key', 'admin_api_key', 'admin_key', 'key'), chars(BASE62, 32)),
      entropy: 3.6,
    },
  ),
  ...family(
    { vendor: 'PostgreSQL', page: 'https://www.postgresql.org/docs/current/catalog-pg-authid.html' },
    {
      id: 'postgresql-scram-verifier',
      name: 'SCRAM verifier of a password',
      kind: 'password',
      shape: around(
        ['SCRAM-SHA-256$'],
        'SCRAM-SHA-256$',
        chars(DIGITS, 4, 6),
        ':',
        chars(BASE64, 20, 44),
        oneOf('==', '=', ''),
        '$',
        chars(BASE64, 43),
        '=:',
        chars(BASE64, 43),
        '=',
      ),
    },
    {
      id: 'postgresql-md5-verifier',
      name: 'MD5 hash of a password',
      kind: 'password',
      shape: around(
        ["PASSWORD 'md5", "password 'md5", '" "md5'],
        oneOf("PASSWORD 'md5", "password 'md5", '" "md5'),
        chars(LOWER_HEX, 32),
      ),
      secret: (text) => [text.length - 35, text.length],
    },
  ),
  ...family(
    { vendor: 'Redis', page: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/' },
    {
      id: 'redis-requirepass',
      name: 'password in redis.conf',
      kind: 'password',
      basis: 'generic',
      shape: around(
        ['requirepass ', 'masterauth '],
        oneOf('requirepass ', 'masterauth '),
        optional('"'),
        chars('!#-&(-:<-\\[\\]-_a-~', 8, 128),
      ),
      secret: (text) => [text.indexOf(' ') + (text.includes('"') ? 2 : 1), text.length],
      entropy: 2.6,
      unless: (text) => /\s"?(?:foobared|\$|<|\{|%)/.test(text),
    },
  ),
];
