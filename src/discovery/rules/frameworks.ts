import { BASE62, BASE64, BASE64URL, chars, LOWER_HEX, oneOf, optional } from '../domain/grammar.js';
import { around, assigned, family, names, token } from './family.js';
import { isNoSecret } from './generic/value.js';

export const frameworks = [
  ...family(
    { vendor: 'Django', page: 'https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key' },
    {
      id: 'django-insecure-secret-key',
      name: 'SECRET_KEY that startproject made',
      kind: 'signing-secret',
      page: 'https://docs.djangoproject.com/en/5.2/ref/checks/#security',
      shape: token('django-insecure-', chars('0-9a-z!@#$%^&*(\\-_=+)', 50)),
      entropy: 3.8,
    },
    {
      id: 'django-secret-key',
      name: 'SECRET_KEY',
      kind: 'signing-secret',
      basis: 'observed',
      shape: assigned(['django_secret_key', 'secret_key'], chars('0-9a-z!@#$%^&*(\\-_=+)', 50)),
      entropy: 4,
      unless: (text) => !/[!@#$%^&*(=+)]/.test(text),
    },
  ),
  ...family(
    { vendor: 'Ruby on Rails', page: 'https://guides.rubyonrails.org/security.html#custom-credentials' },
    {
      id: 'rails-secret-key-base',
      name: 'secret_key_base',
      kind: 'signing-secret',
      page: 'https://guides.rubyonrails.org/configuring.html',
      shape: assigned(['secret_key_base', 'secret_token'], chars(LOWER_HEX, 128)),
    },
    {
      id: 'rails-master-key',
      name: 'master key of the encrypted credentials',
      kind: 'private-key',
      basis: 'observed',
      shape: assigned(['rails_master_key', 'master_key'], chars(LOWER_HEX, 32)),
    },
    {
      id: 'rails-record-encryption-key',
      name: 'key of encrypted records',
      kind: 'private-key',
      page: 'https://guides.rubyonrails.org/active_record_encryption.html#setup',
      shape: assigned(['deterministic_key', 'key_derivation_salt'], chars(BASE62, 32)),
      entropy: 3.4,
    },
  ),
  ...family(
    { vendor: 'Laravel', page: 'https://laravel.com/docs/12.x/encryption' },
    {
      id: 'laravel-app-key',
      name: 'APP_KEY',
      kind: 'private-key',
      shape: assigned(['app_key', 'laravel_app_key'], 'base64:', chars(BASE64, 43), '='),
    },
  ),
  ...family(
    { vendor: 'WordPress', page: 'https://developer.wordpress.org/apis/wp-config-php/' },
    {
      id: 'wordpress-salt',
      name: 'key or salt of wp-config.php',
      kind: 'signing-secret',
      shape: assigned(
        [
          'auth_key',
          'secure_auth_key',
          'logged_in_key',
          'nonce_key',
          'auth_salt',
          'secure_auth_salt',
          'logged_in_salt',
          'nonce_salt',
        ],
        chars('!#-&(-\\[\\]-_a-~', 1),
        chars('!#-&(-\\[\\]-_a-~ ', 62),
        chars('!#-&(-\\[\\]-_a-~', 1),
      ),
      entropy: 4,
    },
    {
      id: 'wordpress-application-password',
      name: 'application password',
      kind: 'password',
      page: 'https://developer.wordpress.org/rest-api/using-the-rest-api/authentication/',
      shape: assigned(
        names(['wordpress'], 'application_password', 'app_password', 'app_pass'),
        chars(BASE62, 4),
        ' ',
        chars(BASE62, 4),
        ' ',
        chars(BASE62, 4),
        ' ',
        chars(BASE62, 4),
        ' ',
        chars(BASE62, 4),
        ' ',
        chars(BASE62, 4),
      ),
      entropy: 3.2,
    },
  ),
  ...family(
    { vendor: 'Phoenix', page: 'https://hexdocs.pm/phoenix/Mix.Tasks.Phx.Gen.Secret.html' },
    {
      id: 'phoenix-secret-key-base',
      name: 'secret_key_base',
      kind: 'signing-secret',
      shape: assigned(['secret_key_base'], chars(BASE64, 64)),
      entropy: 4.2,
      unless: (text) => /^[0-9a-f]+$/.test(text),
    },
  ),
  ...family(
    { vendor: 'Symfony', page: 'https://symfony.com/doc/current/reference/configuration/framework.html#secret' },
    {
      id: 'symfony-app-secret',
      name: 'APP_SECRET',
      kind: 'signing-secret',
      shape: assigned(['app_secret', 'symfony_secret'], oneOf(chars(LOWER_HEX, 32), chars(LOWER_HEX, 40))),
      unless: (_text, { before }) => /[A-Za-z0-9][_.-]?app[_.-]?secret\W*$/i.test(before),
    },
  ),
  ...family(
    { vendor: 'Auth.js', page: 'https://authjs.dev/getting-started/deployment' },
    {
      id: 'authjs-secret',
      name: 'AUTH_SECRET',
      kind: 'signing-secret',
      shape: assigned(
        ['nextauth_secret', 'auth_secret', 'better_auth_secret'],
        oneOf(chars(BASE64, 43), chars(BASE64URL, 43)),
        optional('='),
      ),
      entropy: 3.9,
    },
  ),
  ...family(
    {
      vendor: 'Apache Airflow',
      page: 'https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/fernet.html',
    },
    {
      id: 'airflow-fernet-key',
      name: 'Fernet key',
      kind: 'private-key',
      shape: assigned(
        ['fernet_key', 'airflow_core_fernet_key', 'airflow__core__fernet_key', 'fernet_secret'],
        chars(BASE64URL, 43),
        '=',
      ),
      entropy: 3.9,
    },
  ),
  ...family(
    { vendor: 'Apache Superset', page: 'https://superset.apache.org/docs/configuration/configuring-superset/' },
    {
      id: 'superset-secret-key',
      name: 'SUPERSET_SECRET_KEY',
      kind: 'signing-secret',
      shape: assigned(['superset_secret_key'], chars(BASE64, 42, 64), optional('=')),
      entropy: 3.8,
    },
  ),
  ...family(
    {
      vendor: 'ASP.NET',
      page: 'https://learn.microsoft.com/en-us/previous-versions/dotnet/netframework-4.0/w8h3skw9(v=vs.100)',
    },
    {
      id: 'aspnet-machine-key',
      name: 'machineKey',
      kind: 'private-key',
      shape: around(
        ['decryptionKey="', 'validationKey="'],
        oneOf('decryptionKey="', 'validationKey="'),
        chars('0-9a-fA-F', 40, 128),
      ),
      secret: (text) => [text.indexOf('"') + 1, text.length],
    },
  ),
  ...family(
    { vendor: 'Spring', page: 'https://docs.spring.io/spring-boot/reference/features/ssl.html' },
    {
      id: 'keystore-password',
      name: 'password of a key store',
      kind: 'password',
      basis: 'generic',
      shape: assigned(
        [
          'server_ssl_key_store_password',
          'key_store_password',
          'keystore_password',
          'keystorepass',
          'trust_store_password',
          'truststore_password',
          'store_password',
          'key_password',
          'keystore_pass',
          'storepass',
          'keypass',
        ],
        chars('!#-&(-:<-\\[\\]-_a-~', 6, 64),
      ),
      entropy: 2,
      unless: (text, where) =>
        isNoSecret(text, where, 'password') ||
        /^[$<{%(#]|[({<>]|^[a-z]+(?:[A-Z][a-z]+)+$|^(?:null|none|true|false|string|undefined)$/.test(text),
    },
  ),
  ...family(
    {
      vendor: 'Magento',
      page: 'https://experienceleague.adobe.com/en/docs/commerce-operations/configuration-guide/files/config-reference-envphp',
    },
    {
      id: 'magento-crypt-key',
      name: 'encryption key in env.php',
      kind: 'private-key',
      basis: 'observed',
      shape: assigned(['magento_crypt_key', 'magento_encryption_key', 'crypt_key'], chars(LOWER_HEX, 32)),
    },
  ),
  ...family(
    { vendor: 'n8n', page: 'https://docs.n8n.io/hosting/configuration/configuration-examples/encryption-key/' },
    {
      id: 'n8n-encryption-key',
      name: 'encryption key of the credentials',
      kind: 'private-key',
      basis: 'observed',
      shape: assigned(['n8n_encryption_key'], chars(`${BASE62}+/=`, 24, 64)),
      entropy: 3,
    },
  ),
];
