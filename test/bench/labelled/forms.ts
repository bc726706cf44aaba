import { generateKeyPairSync } from 'node:crypto';
import { BASE62, BASE64URL, DIGITS, HEX, LARGE, type Some } from '../some.js';
import { around, clean, type Form, type Maker, type Piece, secret } from './piece.js';
import { CHOSEN } from './secrets.js';
import { capital, generated, word } from './words.js';

const form =
  (path: string, make: (some: Some) => readonly Piece[]): Maker<Form> =>
  (some) => ({ path, pieces: make(some) });
const base64 = (text: string) => Buffer.from(text).toString('base64');
const random = (some: Some) => generated(some, '', 12 + some.number(10));
const host = (some: Some, name: string) => `${name}-${word(some)}.corp.net`;
/** Of one of the kinds that people choose, as far as a word of a shell can be it. */
const chosen = (some: Some) =>
  CHOSEN[
    some.pick([
      'password: word and digits',
      'password: 8 to 12 by chance',
      'password: 14 to 32 by chance',
      'password: two words and a number',
    ])
  ]!(some).value;

/** One for all forms: whose key it is makes it neither easier to tell nor harder, and each takes a fifth of a second. */
const { privateKey: RSA } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { privateKey: EC } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (type: 'pkcs1' | 'pkcs8' | 'sec1') => () =>
  (type === 'sec1' ? EC : RSA).export({ type, format: 'pem' }).toString().trim();
const jwt = (some: Some, claims: object = {}) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'https://login.corp.net', sub: some.of(DIGITS, 8), exp: 4_000_000_000, ...claims })}.${some.bytes(32).toString('base64url')}`;
};
/** A block of base64 as certificates have it, which opens nothing. */
const certificate = (some: Some) => [
  '-----BEGIN CERTIFICATE-----',
  `MIIB${some.bytes(45).toString('base64')}`,
  ...Array.from({ length: 9 }, () => some.bytes(48).toString('base64')),
  '-----END CERTIFICATE-----',
];

const keyFiles: readonly Maker<Form>[] = [
  form('certs/server.key', () => [secret('key: PEM, whole file', ...pem('pkcs8')().split('\n'))]),
  form('ssl/api.pem', (some) => [
    clean('certificate', ...certificate(some)),
    secret('key: PEM behind a certificate', ...pem('pkcs1')().split('\n')),
  ]),
  form('config/tls.yaml', () => [
    around('tls:', '  key: |'),
    secret(
      'key: PEM in YAML',
      ...pem('sec1')()
        .split('\n')
        .map((line) => `    ${line}`),
    ),
    around('  port: 8443'),
  ]),
  form('src/keys.py', () => [
    around('KEY = """'),
    secret('key: PEM in a program', ...pem('pkcs1')().split('\n')),
    around('"""'),
  ]),
  form('.env', () => [
    secret('key: PEM in one line', `PRIVATE_KEY="${pem('pkcs8')().replaceAll('\n', '\\n')}"`),
    around('PORT=1'),
  ]),
  form('service-account.json', (some) => [
    around(
      '{',
      '  "type": "service_account",',
      '  "project_id": "corp-prod",',
      `  "private_key_id": "${some.of(HEX, 40)}",`,
    ),
    secret('key: Google service account', `  "private_key": "${pem('pkcs8')().replaceAll('\n', '\\n')}\\n",`),
    around(
      `  "client_email": "deploy@corp-prod.iam.gserviceaccount.com",`,
      '  "client_id": "117045326788112233445"',
      '}',
    ),
  ]),
  form('deploy/key.b64', () => [secret('key: PEM in base64', base64(`${pem('sec1')()}\n`))]),
];

const command = (kind: string, make: (some: Some) => string): Maker<Form> =>
  form('scripts/job.sh', (some) => [
    around('#!/bin/sh', 'set -e'),
    secret(`command: ${kind}`, make(some)),
    around('echo done'),
  ]);
const commands: readonly Maker<Form>[] = [
  command('curl -u', (some) => `curl -fsS -u ${word(some)}:${chosen(some)} https://${host(some, 'api')}/v1/orders`),
  command(
    'curl with a bearer',
    (some) => `curl -H "Authorization: Bearer ${some.of(BASE62, 40)}7a" https://${host(some, 'api')}/v1/orders`,
  ),
  command('curl with a JWT', (some) => `curl -H 'Authorization: Bearer ${jwt(some)}' https://${host(some, 'api')}/me`),
  command(
    'curl with a header',
    (some) => `curl -H "X-Api-Key: ${some.of(HEX, 32)}" https://${host(some, 'api')}/v1/orders`,
  ),
  command(
    'curl with basic',
    (some) => `curl -H "Authorization: Basic ${base64(`${word(some)}:${random(some)}`)}" https://${host(some, 'api')}/`,
  ),
  command('mysql -p', (some) => `mysql -h ${host(some, 'db')} -u root -p${chosen(some)} orders < dump.sql`),
  command('PGPASSWORD', (some) => `PGPASSWORD=${chosen(some)} psql -h ${host(some, 'pg')} -U app orders`),
  command('sshpass', (some) => `sshpass -p '${chosen(some)}' ssh root@${host(some, 'web')} uptime`),
  command('docker login', (some) => `docker login -u ci -p ${chosen(some)} registry.corp.net`),
  command('redis-cli', (some) => `redis-cli -h ${host(some, 'cache')} -a ${random(some)} flushdb`),
  command('wget', (some) => `wget --user=ops --password=${chosen(some)} https://${host(some, 'files')}/dump.tgz`),
  command('aws configure', (some) => `aws configure set aws_secret_access_key ${some.of(`${BASE62}+/`, 39)}Q`),
  command(
    'az login',
    (some) =>
      `az login --service-principal -u ${some.uuid()} -p ${some.of(BASE62, 3)}8Q~${some.of(BASE62, 34)} --tenant ${some.uuid()}`,
  ),
  command(
    'kubectl create secret',
    (some) => `kubectl create secret generic db --from-literal=password=${chosen(some)}`,
  ),
  command('helm --set', (some) => `helm upgrade api ./chart --set auth.password=${chosen(some)} --wait`),
  command(
    'ldapsearch',
    (some) => `ldapsearch -x -H ldaps://ldap.corp.net -D cn=admin,dc=corp -w ${chosen(some)} -b dc=corp`,
  ),
  command('openssl', (some) => `openssl pkcs12 -export -in server.crt -inkey server.key -passout pass:${chosen(some)}`),
  command(
    'keytool',
    (some) => `keytool -importkeystore -srckeystore a.p12 -srcstorepass ${chosen(some)} -destkeystore b.jks`,
  ),
  command('git clone', (some) => `git clone https://oauth2:${some.of(BASE62, 24)}@git.corp.net/platform/api.git`),
  command('smbclient', (some) => `smbclient //files/share -U 'CORP\\svc%${random(some)}' -c 'ls'`),
  command('net use', (some) => `net use Z: \\\\files\\share ${random(some)} /user:CORP\\svc`),
  command('chpasswd', (some) => `echo "deploy:${chosen(some)}" | chpasswd`),
  command('mongo', (some) => `mongosh --host ${host(some, 'mongo')} -u admin -p ${chosen(some)} --eval 'db.stats()'`),
  command('sqlcmd', (some) => `sqlcmd -S ${host(some, 'sql')} -U sa -P '${chosen(some)}' -i init.sql`),
];

const code = (path: string, kind: string, make: (some: Some) => string): Maker<Form> =>
  form(path, (some) => [secret(`code: ${kind}`, make(some))]);
const programs: readonly Maker<Form>[] = [
  code(
    'lib/Db.php',
    'PDO',
    (some) => `$db = new PDO('mysql:host=${host(some, 'db')};dbname=shop', 'shop', '${chosen(some)}');`,
  ),
  code(
    'lib/mysql.php',
    'mysqli',
    (some) => `$link = mysqli_connect('${host(some, 'db')}', 'shop', '${chosen(some)}', 'shop');`,
  ),
  code(
    'src/Db.java',
    'getConnection',
    (some) => `Connection c = DriverManager.getConnection(URL, "app", "${chosen(some)}");`,
  ),
  code('app/fetch.py', 'auth tuple', (some) => `r = requests.get(url, auth=("svc", "${chosen(some)}"), timeout=5)`),
  code(
    'app/db.py',
    'psycopg2',
    (some) => `conn = psycopg2.connect(host="db", user="app", password="${chosen(some)}", dbname="shop")`,
  ),
  code('app/mail.py', 'smtplib', (some) => `server.login("mailer@corp.net", "${chosen(some)}")`),
  code(
    'src/Mail.cs',
    'NetworkCredential',
    (some) => `client.Credentials = new NetworkCredential("mailer", "${chosen(some)}");`,
  ),
  code(
    'Install.ps1',
    'secure string',
    (some) => `$secure = ConvertTo-SecureString '${chosen(some)}' -AsPlainText -Force`,
  ),
  code(
    'src/sign.js',
    'jwt.sign',
    (some) => `const token = jwt.sign({ sub: user.id }, '${random(some)}', { expiresIn: '1h' });`,
  ),
  code(
    'src/db.js',
    'Sequelize',
    (some) => `const db = new Sequelize('shop', 'app', '${chosen(some)}', { dialect: 'postgres' });`,
  ),
  code(
    'src/session.js',
    'express-session',
    (some) => `app.use(session({ secret: '${random(some)}', resave: false }));`,
  ),
  code('src/http.go', 'SetBasicAuth', (some) => `\treq.SetBasicAuth("svc", "${chosen(some)}")`),
  code('src/ssh.go', 'ssh.Password', (some) => `\tAuth: []ssh.AuthMethod{ssh.Password("${chosen(some)}")},`),
  code(
    'app/user.rb',
    'keyword argument',
    (some) => `Net::SSH.start('${host(some, 'web')}', 'deploy', password: '${chosen(some)}')`,
  ),
  code(
    'src/headers.ts',
    'header in code',
    (some) => `  headers: { Authorization: 'Bearer ${some.of(BASE62, 36)}3c' },`,
  ),
  code('src/crypt.py', 'Fernet', (some) => `cipher = Fernet(b"${some.bytes(32).toString('base64url')}=")`),
  code(
    'src/query.ts',
    'key in a query',
    (some) => `const answer = await fetch('https://${host(some, 'api')}/v2/geo?api_key=${some.of(HEX, 32)}&limit=1');`,
  ),
  code('firmware/main.cpp', 'WiFi', (some) => `  WiFi.begin("office", "${chosen(some)}");`),
];

const statement = (kind: string, make: (some: Some) => string): Maker<Form> =>
  form('db/users.sql', (some) => [around('BEGIN;'), secret(`SQL: ${kind}`, make(some)), around('COMMIT;')]);
const statements: readonly Maker<Form>[] = [
  statement('CREATE ROLE', (some) => `CREATE ROLE ${word(some)} WITH LOGIN PASSWORD '${chosen(some)}';`),
  statement('IDENTIFIED BY', (some) => `CREATE USER '${word(some)}'@'%' IDENTIFIED BY '${chosen(some)}';`),
  statement('CREATE LOGIN', (some) => `CREATE LOGIN ${word(some)} WITH PASSWORD = '${chosen(some)}';`),
  statement('Oracle', (some) => `ALTER USER ${word(some)} IDENTIFIED BY "${chosen(some)}" ACCOUNT UNLOCK;`),
  statement('SET PASSWORD', (some) => `SET PASSWORD FOR 'app'@'localhost' = PASSWORD('${chosen(some)}');`),
];

const dotfiles: readonly Maker<Form>[] = [
  form('.netrc', (some) => [
    around(`machine ${host(some, 'api')}`, '  login ci'),
    secret('file: .netrc', `  password ${chosen(some)}`),
  ]),
  form('.pgpass', (some) => [secret('file: .pgpass', `${host(some, 'pg')}:5432:orders:app:${chosen(some)}`)]),
  form('.git-credentials', (some) => [
    secret('file: .git-credentials', `https://${word(some)}:${some.of(BASE62, 30)}@git.corp.net`),
  ]),
  form('.npmrc', (some) => [
    around('registry=https://npm.corp.net/'),
    secret('file: .npmrc', `//npm.corp.net/:_authToken=${some.pick([some.uuid(), some.of(BASE62, 40)])}`),
  ]),
  form('.npmrc', (some) => [
    secret('file: .npmrc, _auth', `_auth=${base64(`ci:${random(some)}`)}`),
    around('always-auth=true'),
  ]),
  form('.pypirc', (some) => [around('[pypi]', 'username = ci'), secret('file: .pypirc', `password = ${chosen(some)}`)]),
  form('.docker/config.json', (some) => [
    around('{ "auths": { "registry.corp.net": {'),
    secret('file: docker config', `  "auth": "${base64(`ci:${random(some)}`)}"`),
    around('} } }'),
  ]),
  form('.my.cnf', (some) => [around('[client]', 'user=root'), secret('file: my.cnf', `password=${chosen(some)}`)]),
  form('.s3cfg', (some) => [
    around('[default]', `access_key = AKIA${some.of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`),
    secret('file: .s3cfg', `secret_key = ${some.of(`${BASE62}+/`, 39)}x`),
  ]),
  form('.aws/credentials', (some) => [
    around('[default]'),
    secret(
      'file: AWS credentials',
      `aws_access_key_id = AKIA${some.of('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)}`,
      `aws_secret_access_key = ${some.of(`${BASE62}+/`, 39)}x`,
    ),
  ]),
  form('settings.xml', (some) => [
    around('<settings><servers><server>', '  <id>releases</id>', '  <username>ci</username>'),
    secret('file: Maven settings', `  <password>${chosen(some)}</password>`),
    around('</server></servers></settings>'),
  ]),
  form('gradle.properties', (some) => [
    around('org.gradle.jvmargs=-Xmx2g'),
    secret('file: gradle.properties', `signing.password=${chosen(some)}`),
  ]),
  form('tomcat-users.xml', (some) => [
    around('<tomcat-users>'),
    secret('file: tomcat-users.xml', `  <user username="admin" password="${chosen(some)}" roles="manager-gui"/>`),
    around('</tomcat-users>'),
  ]),
  form('wpa_supplicant.conf', (some) => [
    around('network={', '  ssid="office"'),
    secret('file: wpa_supplicant', `  psk="${chosen(some)}"`),
    around('}'),
  ]),
  form('hibernate.cfg.xml', (some) => [
    around('<session-factory>'),
    secret('file: hibernate', `  <property name="hibernate.connection.password">${chosen(some)}</property>`),
    around('</session-factory>'),
  ]),
  form('web.config', (some) => [
    around('<system.web>'),
    secret(
      'file: machineKey',
      `  <machineKey validationKey="${some.of(DIGITS + 'ABCDEF', 128)}" decryptionKey="${some.of(DIGITS + 'ABCDEF', 64)}" validation="SHA1" />`,
    ),
    around('</system.web>'),
  ]),
  form('connections.config', (some) => [
    around('<connectionStrings>'),
    secret(
      'file: connectionStrings',
      `  <add name="Db" connectionString="Data Source=${host(some, 'sql')};Initial Catalog=Orders;User ID=sa;Password=${chosen(some)}" />`,
    ),
    around('</connectionStrings>'),
  ]),
  form('config/master.key', (some) => [secret('file: Rails master.key', some.of(HEX, 32))]),
  form('wp-config.php', (some) => [
    around('<?php'),
    secret(
      'file: salts of WordPress',
      `define('AUTH_KEY',         '${some.of(`${BASE62}!@#$%^&*()-_[]{}<>~+=,.;:/?|`, 64)}');`,
    ),
  ]),
  form('kubeconfig', (some) => [
    around('apiVersion: v1', 'kind: Config', 'users:', '- name: ci', '  user:'),
    secret('file: kubeconfig token', `    token: ${jwt(some, { sub: 'system:serviceaccount:ci:deployer' })}`),
  ]),
  form('secret.yaml', (some) => [
    around(
      'apiVersion: v1',
      'kind: Secret',
      'metadata:',
      '  name: db',
      'type: Opaque',
      'data:',
      `  username: ${base64('orders')}`,
    ),
    secret('file: Kubernetes Secret', `  password: ${base64(chosen(some))}`),
  ]),
  form('secrets.yaml', (some) => [
    around('apiVersion: v1', 'kind: Secret', 'metadata:', '  name: db', 'stringData:'),
    secret('file: Kubernetes Secret, plain', `  password: ${chosen(some)}`),
  ]),
  form('terraform.tfstate', (some) => [
    around(
      '{ "version": 4, "terraform_version": "1.7.0", "resources": [ { "mode": "managed", "type": "aws_db_instance", "name": "orders", "instances": [ { "attributes": {',
      '  "address": "orders.rds.amazonaws.com",',
    ),
    secret('file: Terraform state', `  "password": "${random(some)}",`),
    around('  "username": "orders" } } ] } ] }'),
  ]),
  form('NetworkManager/office.nmconnection', (some) => [
    around('[wifi-security]', 'key-mgmt=wpa-psk'),
    secret('file: NetworkManager', `psk=${chosen(some)}`),
  ]),
  form('rclone.conf', (some) => [
    around('[box]', 'type = s3'),
    secret('file: rclone.conf', `secret_access_key = ${some.of(BASE62, 40)}`),
  ]),
  form('capture.http', (some) => [
    around('GET /v1/me HTTP/1.1', 'Host: api.corp.net'),
    secret('HTTP: bearer', `Authorization: Bearer ${some.of(BASE64URL, 43)}3`),
    around('Accept: */*'),
  ]),
  form('capture2.http', (some) => [
    around('GET /v1/me HTTP/1.1', 'Host: api.corp.net'),
    secret('HTTP: basic', `Authorization: Basic ${base64(`${word(some)}:${chosen(some)}`)}`),
    around('Accept: */*'),
  ]),
  form('login.har', (some) => [
    around('{ "request": {'),
    secret(
      'HTTP: form',
      `  "postData": { "text": "grant_type=password&username=${word(some)}&password=${random(some)}&scope=openid" }`,
    ),
    around('} }'),
  ]),
  form('server.log', (some) => [secret('log: JWT', `2026-03-04 10:22:31 DEBUG request accepted, token ${jwt(some)}`)]),
  form('access.log', (some) => [
    secret(
      'log: token in an address',
      `10.2.0.7 - - [04/Mar/2026:10:22:31 +0000] "GET /v1/orders?access_token=${some.of(BASE62, 40)}7 HTTP/1.1" 200 512`,
    ),
  ]),
];

/** Files that are full of chance, and hold no secret. */
const harmless: readonly Maker<Form>[] = [
  form('package-lock.json', (some) => [
    around('{', ' "packages": {'),
    ...Array.from({ length: 30 }, () =>
      clean(
        'lock file',
        `  "node_modules/${word(some)}-pass": { "version": "7.${some.number(9)}.2", "resolved": "https://registry.npmjs.org/${word(some)}/-/${word(some)}-7.1.2.tgz", "integrity": "sha512-${some.bytes(64).toString('base64')}" },`,
      ),
    ),
    around('  "": {} } }'),
  ]),
  form('yarn.lock', (some) =>
    Array.from({ length: 20 }, () =>
      clean(
        'lock file',
        `"${word(some)}-token@npm:^${some.number(9)}.0.1":`,
        `  version: ${some.number(9)}.0.4`,
        '  dependencies:',
        `    minipass: "npm:^7.0.${some.number(9)}"`,
        `    js-tokens: "npm:^3.0.0 || ^4.0.0"`,
        `  checksum: 10c0/${some.of(HEX, 128)}`,
      ),
    ),
  ),
  form('go.sum', (some) =>
    Array.from({ length: 30 }, () =>
      clean(
        'lock file',
        `github.com/${word(some)}/${word(some)}-token v1.${some.number(20)}.0 h1:${some.bytes(32).toString('base64')}`,
      ),
    ),
  ),
  form('Cargo.lock', (some) =>
    Array.from({ length: 20 }, () =>
      clean(
        'lock file',
        '[[package]]',
        `name = "${word(some)}-secrets"`,
        'version = "0.4.1"',
        `checksum = "${some.of(HEX, 64)}"`,
        '',
      ),
    ),
  ),
  form('poetry.lock', (some) =>
    Array.from({ length: 20 }, () =>
      clean('lock file', `    {file = "${word(some)}-1.0-py3-none-any.whl", hash = "sha256:${some.of(HEX, 64)}"},`),
    ),
  ),
  form('certs/ca.crt', (some) => [clean('certificate', ...certificate(some))]),
  form('authorized_keys', (some) =>
    Array.from({ length: 5 }, () =>
      clean(
        'public key',
        `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${some.bytes(250).toString('base64')} ${word(some)}@corp`,
      ),
    ),
  ),
  form('secrets.enc.yaml', (some) => [
    ...Array.from({ length: 6 }, () =>
      clean(
        'encrypted file',
        `${word(some)}_password: ENC[AES256_GCM,data:${some.bytes(18).toString('base64')},iv:${some.bytes(32).toString('base64')},tag:${some.bytes(16).toString('base64')},type:str]`,
      ),
    ),
    clean(
      'encrypted file',
      'sops:',
      `    mac: ENC[AES256_GCM,data:${some.bytes(90).toString('base64')},iv:${some.bytes(32).toString('base64')},tag:${some.bytes(16).toString('base64')},type:str]`,
      '    age:',
      '        - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
    ),
  ]),
  form('sealed-secret.yaml', (some) => [
    around(
      'apiVersion: bitnami.com/v1alpha1',
      'kind: SealedSecret',
      'metadata:',
      '  name: db',
      'spec:',
      '  encryptedData:',
    ),
    clean(
      'encrypted file',
      `    password: AgB${some.bytes(300).toString('base64')}`,
      `    token: AgA${some.bytes(300).toString('base64')}`,
    ),
  ]),
  form('vault.yml', (some) => [
    clean('encrypted file', '$ANSIBLE_VAULT;1.1;AES256', ...Array.from({ length: 8 }, () => some.of(HEX, 80))),
  ]),
  form('styles/login.css', (some) => [
    clean(
      'style',
      '#password-field-2 { background: url(data:image/png;base64,' + some.bytes(600).toString('base64') + '); }',
      '.token-input--error { color: #e3342f; }',
      '.pass-strength::after { content: "\\f023"; }',
    ),
  ]),
  form('web/login.html', (some) => [
    clean(
      'form',
      '<label for="password">Password</label>',
      '<input type="password" id="user_password_1" name="password" placeholder="Enter your password" autocomplete="current-password">',
      `<meta name="csrf-token" content="{{ csrf_token }}">`,
      `<script nonce="{{ nonce }}" src="/app.${some.of(HEX, 20)}.js" integrity="sha384-${some.bytes(48).toString('base64')}"></script>`,
      '<a href="/password/forgot">Forgot password?</a>',
    ),
  ]),
  form('locales/de.json', () => [
    clean(
      'translation',
      '{ "login.password": "Passwort", "login.password.hint": "Mindestens12Zeichen", "token.expired": "Das Token ist abgelaufen.",',
      '  "secret.title": "Geheimnis", "password.changed": "Das Passwort wurde geändert.", "apiKey.copy": "Schlüssel kopieren" }',
    ),
  ]),
  form('locale/messages_cs.properties', () => [
    clean(
      'translation',
      'forgot_password=Zapomenut\\u00e9 heslo',
      'password=Heslo',
      'old_password=Dosavadn\\u00ed heslo',
      'token_invalid=Neplatn\\u00fd token',
      'users.password_helper=Nechte pr\\u00e1zdn\\u00e9',
    ),
  ]),
  form('conf/locale/locale_fi-FI.ini', () => [
    clean(
      'translation',
      'forgot_password=Unohtuiko salasana',
      'reset_password=Nollaa salasana',
      'password=Salasana',
      'new_password=Uusi salasana',
      'access_token=Pääsytunnus',
      'secret=Salaisuus',
    ),
  ]),
  form('i18n/pl.yml', () => [
    clean(
      'translation',
      'pl:',
      '  password: Hasło',
      '  new_password: Nowe hasło',
      '  password_confirmation: Potwierdź hasło',
      '  token: Żeton',
      '  secret_key: Klucz tajny',
    ),
  ]),
  form('dist/app.min.js', (some) => [
    clean(
      'minified',
      `!function(e,t){var n={password:e.password,token:t.getToken(),secret:null},r=e.apiKey||"";function i(a){return a.password=a.password||n.password,a.token=a.token?a.token:n.token,a.headers={"X-Token":a.token}}var s={"${some.of(HEX, 8)}":function(e){e.exports="${some.of(BASE62, 40)}"}};t.password=function(e){return e&&e.length>=12},t.secret=r,i(n)}(window,document);`,
    ),
  ]),
  form('dist/app.js.map', (some) => [
    clean(
      'source map',
      `{"version":3,"sources":["token.ts","password.ts"],"names":["token","password"],"mappings":"${some.of(`${BASE62}+/,;`, 900)}"}`,
    ),
  ]),
  form('src/validators.js', () => [
    clean(
      'expression',
      'const PASSWORD = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d@$!%*?&]{8,}$/;',
      "const tokenPattern = '^[A-Za-z0-9_-]{20,}$';",
      'export const SECRET_RE = new RegExp("(api[_-]?key|secret)\\\\s*=\\\\s*[\'\\"]([^\'\\"]+)", "i");',
    ),
  ]),
  form('schema.graphql', () => [
    clean(
      'schema',
      'type Mutation {',
      '  login(email: String!, password: String!): AuthPayload',
      '  resetPassword(token: String!, newPassword: String!): Boolean',
      '}',
      'input UserInput { password: String @constraint(minLength: 12) }',
    ),
  ]),
  form('api.proto', () => [
    clean(
      'schema',
      'message LoginRequest {',
      '  string password = 2;',
      '  string token = 3 [(validate.rules).string.min_len = 20];',
      '  bytes secret_key = 4;',
      '}',
    ),
  ]),
  form('openapi.yaml', () => [
    clean(
      'schema',
      '  password:',
      '    type: string',
      '    format: password',
      '    minLength: 12',
      '  token:',
      '    $ref: "#/components/schemas/Token"',
      '  apiKey: { type: apiKey, name: X-Api-Key, in: header }',
    ),
  ]),
  form('prisma/schema.prisma', () => [
    clean(
      'schema',
      'model User {',
      '  password  String   @db.VarChar(255)',
      '  token     String?  @unique',
      '  secretKey Bytes',
      '}',
    ),
  ]),
  form('src/errors.ts', () => [
    clean(
      'enumeration',
      "  WRONG_PASSWORD: 'auth/wrong-password',",
      "  INVALID_TOKEN: 'invalid_token_2',",
      "  PASSWORD_TOO_SHORT: 'ERR_PASSWORD_TOO_SHORT_8',",
      "  SECRET_EXPIRED = 'SecretExpired401',",
      "  TOKEN_TYPE: 'urn:ietf:params:oauth:token-type:access_token',",
    ),
  ]),
  form('src/State.kt', () => [
    clean(
      'enumeration',
      'class State(',
      '  val password: String?,',
      '  val sslKeyStorePassword: String?,',
      '  val token: CharArray = charArrayOf(),',
      '  val secret: SecretKeySpec,',
      ')',
    ),
  ]),
  form('src/provider.go', () => [
    clean(
      'program',
      '\t"key_password_uri": kfg.KeyPasswordUri,',
      '\ttransformed["accessKeySecretAuth"] = transformedAccessKeySecretAuth',
      '\t"keystore_password": obj.KeystorePassword,',
      '\td.Set("secret_access_key", flattenSecretAccessKey(res["secretAccessKey"]))',
      '\tif token := r.URL.Query().Get("token"); token != expectedToken123 {',
    ),
  ]),
  form('src/Crypto.java', () => [
    clean(
      'program',
      '    SecretKeyFactory factory = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256");',
      '    this(newSecretKey("PBKDF2WithHmacSHA1", new PBEKeySpec(password, salt, 1024, 256)));',
      '    Cipher cipher = Cipher.getInstance("AES/CBC/PKCS5Padding");',
      '    SecretKey secret = new SecretKeySpec(bytes, "HmacSHA512");',
    ),
  ]),
  form('app/Db.php', () => [
    clean(
      'program',
      "    'password' => '--password='.$connection['password'],",
      "    'password' => ['PGPASSWORD' => $connection['password']],",
      '    $token = hash_hmac("sha256", Str::random(40), $this->hashKey);',
      "    $url = 'https://' . $user . ':' . $password . '@' . $host;",
    ),
  ]),
  form('templates/secret.yaml', () => [
    clean(
      'template',
      'kind: Secret',
      'data:',
      '  password: {{ randAlphaNum 24 | b64enc | quote }}',
      '  root-password: {{ .Values.rootPassword | b64enc | quote }}',
      '  token: {{ include "api.token" . }}',
      '  DB_PASSWORD: {{ printf "%s" .Values.db.password1 }}',
    ),
  ]),
  form('templates/NOTES.txt', () => [
    clean(
      'template',
      '  --set magentoPassword=$APP_PASSWORD,magentoHost=$APP_HOST,service.type={{ .Values.service.type }}',
      '  export PASSWORD=$(kubectl get secret db -o jsonpath="{.data.password}" | base64 --decode)',
      '  psql "postgresql://app:$PASSWORD@127.0.0.1:5432/app"',
    ),
  ]),
  form('configure', () => [
    clean(
      'program',
      'cd "$ac_pwd" || { ac_status=$?; exit 1; }',
      'ac_pass=`pwd` && export ac_pass',
      'test "x$with_password" = xyes && with_password=auto',
    ),
  ]),
  form('data/ids.csv', (some) =>
    Array.from({ length: 20 }, () =>
      clean('table', `${some.uuid()},${word(some)}@corp.net,${some.of(HEX, 40)},${some.of(LARGE + DIGITS, 10)}`),
    ),
  ),
  form('src/icons.ts', (some) => [
    clean(
      'image',
      `export const tokenIcon = 'data:image/svg+xml;base64,${some.bytes(400).toString('base64')}';`,
      `export const key = "iVBORw0KGgo${some.bytes(300).toString('base64')}";`,
    ),
  ]),
  form('.github/workflows/ci.yml', (some) => [
    clean(
      'pipeline',
      `      - uses: actions/checkout@${some.of(HEX, 40)} # v4`,
      '        with: { token: "${{ secrets.GITHUB_TOKEN }}" }',
      '      - run: echo "::add-mask::$TOKEN"',
      '      - run: gh auth login --with-token < token.txt',
      '        env: { NODE_AUTH_TOKEN: "${{ secrets.NPM_TOKEN }}" }',
    ),
  ]),
  form('src/passwords.ts', () => [
    clean(
      'usage',
      "  await page.fill('#password', password);",
      "  cy.get('[name=password]').type(user.password);",
      "  form.append('token', token);",
      "  if (key === 'password') return '********';",
      "  const [user, pass] = header.split(':');",
      "  headers.set('Authorization', `Bearer ${token}`);",
      '  new URL(`https://${user}:${pass}@${host}/`);',
    ),
  ]),
  form('etc/sshd_config', () => [
    clean(
      'settings of a server',
      'PasswordAuthentication no',
      'PermitEmptyPasswords no',
      'KbdInteractiveAuthentication no',
      'AuthorizedKeysFile .ssh/authorized_keys',
      'HostKey /etc/ssh/ssh_host_ed25519_key',
    ),
  ]),
  form('nginx.conf', () => [
    clean(
      'settings of a server',
      '  ssl_password_file /etc/keys/global.pass;',
      '  proxy_pass http://backend01;',
      '  proxy_set_header X-Auth-Token $http_x_auth_token;',
      '  auth_basic_user_file /etc/nginx/.htpasswd;',
      '  proxy_cookie_path /one/ /;',
      '  fastcgi_pass unix:/run/php8.2-fpm.sock;',
    ),
  ]),
  form('rabbit.sh', () => [
    clean(
      'settings of a server',
      'rabbitmqctl join_cluster rabbit@master1',
      'rabbitmqctl set_policy ha-two "^two\\." \'{"ha-mode":"exactly"}\'',
      'net user /domain',
      'htpasswd -B -c users.txt alice',
    ),
  ]),
  form('LICENSE', (some) => [
    clean(
      'prose',
      'Permission is hereby granted, free of charge, to any person obtaining a copy',
      `of this secret: ${capital(word(some))} token and password are words of this text`,
      'Key: value pairs are explained in the manual, section Token: types of tokens.',
    ),
  ]),
];

export const FORMS: readonly Maker<Form>[] = [...keyFiles, ...commands, ...programs, ...statements, ...dotfiles];
export const HARMLESS: readonly Maker<Form>[] = harmless;
