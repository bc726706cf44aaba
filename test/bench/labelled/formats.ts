import type { Setting } from './piece.js';
import { capital } from './words.js';

/** A way of writing settings, with what stands around them in such a file. */
export interface Format {
  readonly name: string;
  /** The last parts of its paths. */
  readonly files: readonly string[];
  readonly set: (setting: Setting) => readonly string[];
  readonly begin?: readonly string[];
  readonly end?: readonly string[];
  /** Lines as such a file has them where no secret is: of programs how they ask for one elsewhere. */
  readonly usual: readonly string[];
}

const words = (name: string) => name.split(' ');
const snake = (name: string) => words(name).join('_');
const upper = (name: string) => snake(name).toUpperCase();
const kebab = (name: string) => words(name).join('-');
const dotted = (name: string) => words(name).join('.');
const pascal = (name: string) => words(name).map(capital).join('');
const camel = (name: string) => pascal(name)[0]!.toLowerCase() + pascal(name).slice(1);

const double = (text: string) => JSON.stringify(text);
const single = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const xml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
/** Without quotes where the syntax leaves a plain text as it is. */
const plain = (text: string) =>
  /^[A-Za-z0-9][\w./+=@%~^!?:$-]*$/.test(text) && !/: |:$/.test(text) ? text : `"${text}"`;

const settings = (
  name: string,
  files: readonly string[],
  set: (name: string, value: string) => string,
  rest: Omit<Format, 'name' | 'files' | 'set'>,
): Format => ({
  name,
  files,
  set: (one) => set(one.name, one.value).split('\n'),
  ...rest,
});

export const FORMATS: readonly Format[] = [
  settings('env', ['.env', '.env.production', 'deploy/app.env'], (name, value) => `${upper(name)}=${plain(value)}`, {
    usual: [
      'NODE_ENV=production',
      'PORT=8080',
      '# database',
      'DB_HOST=pg-1.corp.net',
      'DB_PASSWORD_FILE=/run/secrets/db_password',
      'API_KEY=${VAULT_API_KEY}',
      'SMTP_PASSWORD=',
      'TOKEN_TTL_SECONDS=3600',
    ],
  }),
  settings('YAML', ['config/settings.yml', 'config.yaml'], (name, value) => `  ${snake(name)}: ${plain(value)}`, {
    begin: ['service:'],
    usual: [
      '  host: db.corp.net',
      '  pool: 20',
      '  password_policy: strict',
      '  tokenTtl: 15m',
      '  secretName: orders-db',
      '  password: ${DB_PASSWORD}',
      '  api_key: !vault secret/data/api#key',
      '  # rotated every month',
    ],
  }),
  settings(
    'Helm values',
    ['chart/values.yaml', 'charts/orders/values-prod.yaml'],
    (name, value) => `  ${camel(name)}: ${double(value)}`,
    {
      begin: ['auth:'],
      usual: [
        '  existingSecret: orders-credentials',
        '  existingSecretPasswordKey: password',
        '  replicaCount: 3',
        '  image: registry.corp.net/orders:1.24.0',
        '  password: ""',
        '  token: "{{ .Values.global.token }}"',
      ],
    },
  ),
  settings(
    'JSON',
    ['config/default.json', 'settings.json'],
    (name, value) => `  ${double(camel(name))}: ${double(value)},`,
    {
      begin: ['{'],
      end: ['  "version": 3', '}'],
      usual: [
        '  "host": "orders.corp.net",',
        '  "passwordMinLength": 12,',
        '  "tokenUrl": "https://login.corp.net/oauth2/token",',
        '  "secretRef": "orders/db",',
        '  "forgotPassword": "Forgot your password?",',
        '  "timeoutSeconds": 30,',
      ],
    },
  ),
  settings(
    'appsettings.json',
    ['appsettings.Production.json', 'src/Api/appsettings.json'],
    (name, value) => `    ${double(pascal(name))}: ${double(value)},`,
    {
      begin: ['{', '  "Service": {'],
      end: ['    "Enabled": true', '  },', '  "AllowedHosts": "*"', '}'],
      usual: [
        '    "Authority": "https://login.microsoftonline.com/8f2b7c1e-3c55-4b57-9a3d-2b0f5e3f9a10/v2.0",',
        '    "ClientId": "5e1b0a7c-55d2-4a0a-9a44-0d8f6b1f3c52",',
        '    "PasswordRequiresDigit": true,',
        '    "KeyVaultName": "kv-orders",',
      ],
    },
  ),
  settings('TOML', ['config.toml', 'Settings.toml'], (name, value) => `${snake(name)} = ${double(value)}`, {
    begin: ['[service]'],
    usual: [
      'listen = "0.0.0.0:8443"',
      'password_hash_rounds = 12',
      'token_path = "/var/run/secrets/token"',
      'secret_store = "vault"',
      'workers = 8',
    ],
  }),
  settings('INI', ['app.ini', 'etc/service.conf', 'config/alembic.cfg'], (name, value) => `${snake(name)} = ${value}`, {
    begin: ['[service]'],
    usual: [
      'host = db.corp.net',
      '; change it in the vault',
      'password_reset_url = https://id.corp.net/reset',
      'password = %(DB_PASSWORD)s',
      'log_level = info',
      'max_token_age = 3600',
    ],
  }),
  settings(
    'properties',
    ['application.properties', 'src/main/resources/application-prod.properties'],
    (name, value) => `app.${dotted(name)}=${value}`,
    {
      usual: [
        'server.port=8443',
        'spring.datasource.password=${DB_PASSWORD}',
        'spring.jpa.hibernate.ddl-auto=none',
        'app.password.encoder=bcrypt',
        'app.token.expiry=PT15M',
        'security.oauth2.client.client-id=orders-web',
        'error.password.short=The password is too short.',
      ],
    },
  ),
  settings(
    'XML',
    ['web.config', 'conf/settings.xml'],
    (name, value) => `    <add key="${pascal(name)}" value="${xml(value)}" />`,
    {
      begin: ['<?xml version="1.0"?>', '<configuration>', '  <appSettings>'],
      end: ['  </appSettings>', '</configuration>'],
      usual: [
        '    <add key="PasswordMinLength" value="12" />',
        '    <add key="TokenEndpoint" value="https://login.corp.net/token" />',
        '    <add key="SecretProvider" value="KeyVault" />',
        '    <add key="ApiKey" value="#{ApiKey}#" />',
      ],
    },
  ),
  settings(
    'XML elements',
    ['config/service.xml', 'pom-settings.xml'],
    (name, value) => `  <${camel(name)}>${xml(value)}</${camel(name)}>`,
    {
      begin: ['<service>'],
      end: ['</service>'],
      usual: [
        '  <host>db.corp.net</host>',
        '  <password>${env.DB_PASSWORD}</password>',
        '  <tokenLifetime>900</tokenLifetime>',
        '  <passwordPolicy>strong</passwordPolicy>',
      ],
    },
  ),
  settings('Terraform', ['main.tf', 'modules/db/rds.tf'], (name, value) => `  ${snake(name)} = ${double(value)}`, {
    begin: ['resource "aws_thing" "orders" {'],
    end: ['}'],
    usual: [
      '  password = var.db_password',
      '  token = data.vault_generic_secret.ci.data["token"]',
      '  secret_id = aws_secretsmanager_secret.orders.id',
      '  kms_key_id = "arn:aws:kms:eu-west-1:481516234200:key/1c0e9a52-6b0a-4f5c-8f0e-0b7e3a1d2c4f"',
      '  engine_version = "15.4"',
      '  password = random_password.db.result',
    ],
  }),
  settings('tfvars', ['prod.tfvars', 'terraform.tfvars'], (name, value) => `${snake(name)} = ${double(value)}`, {
    usual: [
      'region = "eu-west-1"',
      'instance_class = "db.r6g.large"',
      'secret_arn = "arn:aws:secretsmanager:eu-west-1:481516234200:secret:orders-Ab3dEf"',
      'token_ttl = 3600',
    ],
  }),
  settings('Dockerfile', ['Dockerfile', 'docker/Dockerfile'], (name, value) => `ENV ${upper(name)}=${plain(value)}`, {
    begin: ['FROM node:20.11-alpine@sha256:7a91aa397f2e2dfbfcdad2e2d72599f374e0b0172be1d86eeb73f1d33f36a4b2'],
    end: ['CMD ["node", "dist/main.js"]'],
    usual: [
      'WORKDIR /srv',
      'ARG NPM_TOKEN',
      'RUN --mount=type=secret,id=npm_token npm ci',
      'ENV TOKEN_PATH=/run/secrets/token',
      'ENV PASSWORD=$PASSWORD',
      'EXPOSE 8443',
    ],
  }),
  settings(
    'compose',
    ['docker-compose.yml', 'compose.prod.yaml'],
    (name, value) => `      ${upper(name)}: ${plain(value)}`,
    {
      begin: ['services:', '  api:', '    image: registry.corp.net/api:4.2', '    environment:'],
      usual: [
        '      POSTGRES_USER: orders',
        '      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it}',
        '      POSTGRES_PASSWORD_FILE: /run/secrets/pg',
        '      LOG_LEVEL: warn',
      ],
    },
  ),
  settings('compose list', ['docker-compose.override.yml'], (name, value) => `      - ${upper(name)}=${value}`, {
    begin: ['services:', '  worker:', '    environment:'],
    usual: [
      '      - QUEUE=orders',
      '      - DB_PASSWORD=${DB_PASSWORD}',
      '      - TOKEN_URL=https://login.corp.net/token',
      '      - TZ=Europe/Berlin',
    ],
  }),
  settings(
    'Kubernetes',
    ['k8s/deployment.yaml', 'manifests/api.yml'],
    (name, value) => `            - name: ${upper(name)}\n              value: ${double(value)}`,
    {
      begin: [
        'apiVersion: apps/v1',
        'kind: Deployment',
        'metadata:',
        '  name: api',
        'spec:',
        '  template:',
        '    spec:',
        '      containers:',
        '        - name: api',
        '          env:',
      ],
      usual: [
        '            - name: DB_PASSWORD\n              valueFrom:\n                secretKeyRef:\n                  name: orders-db\n                  key: password',
        '            - name: TOKEN_FILE\n              value: /var/run/secrets/tokens/api',
        '            - name: LOG_LEVEL\n              value: info',
      ],
    },
  ),
  settings(
    'shell',
    ['deploy.sh', 'scripts/setup.sh', 'bin/release'],
    (name, value) => `export ${upper(name)}=${single(value)}`,
    {
      begin: ['#!/bin/bash', 'set -euo pipefail'],
      usual: [
        'TOKEN=$(vault kv get -field=token secret/ci)',
        'if [ -z "$DB_PASSWORD" ]; then echo "Set DB_PASSWORD"; exit 1; fi',
        'read -rs -p "Password: " PASSWORD',
        'curl -fsS -H "Authorization: Bearer $TOKEN" "$API/v1/orders"',
        'export PGPASSWORD="$DB_PASSWORD"',
        'mysql -u "$DB_USER" -p"$DB_PASSWORD" orders < dump.sql',
        'SECRET_NAME=orders-db',
      ],
    },
  ),
  settings(
    'PowerShell',
    ['deploy.ps1', 'scripts/Install-Service.ps1'],
    (name, value) => `$${pascal(name)} = ${single(value)}`,
    {
      usual: [
        '$Credential = Get-Credential',
        '$Password = Read-Host -AsSecureString "Password"',
        '$ApiKey = $env:API_KEY',
        '$Secret = (Get-AzKeyVaultSecret -VaultName kv -Name db).SecretValue',
        'param([string]$Password, [string]$Token)',
      ],
    },
  ),
  settings('batch', ['deploy.bat', 'tools/start.cmd'], (name, value) => `set ${upper(name)}=${value}`, {
    begin: ['@echo off'],
    usual: ['set PASSWORD=%1', 'set TOKEN=%CI_TOKEN%', 'set PATH=%PATH%;C:\\tools', 'echo Enter your password:'],
  }),
  settings(
    'Python',
    ['app/settings.py', 'src/config.py', 'fabfile.py'],
    (name, value) => `${upper(name)} = ${double(value)}`,
    {
      begin: ['import os', ''],
      usual: [
        'PASSWORD = os.environ["DB_PASSWORD"]',
        'api_key = os.getenv("API_KEY", "")',
        'def check_password(self, password: str, hashed: str) -> bool:',
        '    return bcrypt.checkpw(password.encode(), hashed.encode())',
        'token = request.headers.get("X-Auth-Token")',
        'parser.add_argument("--password", help="password of the account")',
        'secret = get_secret("orders/db")',
        'client = Client(api_key=settings.API_KEY, password=password)',
        'logger.info("token expires in %s", token.expires_in)',
        'PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]',
        'password = forms.CharField(widget=forms.PasswordInput)',
      ],
    },
  ),
  settings('Python call', ['app/clients.py', 'jobs/sync.py'], (name, value) => `    ${snake(name)}=${single(value)},`, {
    begin: ['client = connect(', '    host="db.corp.net",'],
    end: ['    timeout=30,', ')'],
    usual: [
      '    password=config["password"],',
      '    token=load_token(path),',
      '    secret_name="orders-db",',
      '    api_key=None,',
      '    auth_token_url="https://login.corp.net/token",',
    ],
  }),
  settings(
    'JavaScript',
    ['src/config.js', 'server/db.mjs'],
    (name, value) => `const ${camel(name)} = ${single(value)};`,
    {
      usual: [
        'const password = process.env.DB_PASSWORD;',
        "const token = req.headers['x-access-token'];",
        "const secretKey = await getSecret('orders-key');",
        "import { hashPassword } from './password.js';",
        "if (password !== passwordConfirmation) throw new Error('Passwords do not match');",
        'const tokenRegex = /^[A-Za-z0-9-_]+\\.[A-Za-z0-9-_]+$/;',
        "localStorage.setItem('token', response.data.token);",
        "router.post('/password/reset', resetPassword);",
        'const { apiKey, apiSecret } = credentials;',
        "document.getElementById('password-input').value = '';",
      ],
    },
  ),
  settings(
    'TypeScript',
    ['src/environments/environment.ts', 'src/client.ts'],
    (name, value) => `  ${camel(name)}: ${single(value)},`,
    {
      begin: ['export const environment = {'],
      end: ['  production: true,', '};'],
      usual: [
        '  password: z.string().min(12),',
        "  tokenUrl: 'https://login.corp.net/oauth2/token',",
        "  apiKey: process.env['API_KEY'] ?? '',",
        "  secret: this.config.getOrThrow<string>('SECRET'),",
        "  passwordLabel: 'auth.password.label',",
        "  storageKey: 'orders-session-token',",
      ],
    },
  ),
  settings(
    'Java',
    ['src/main/java/com/corp/Config.java', 'src/main/java/com/corp/Client.java'],
    (name, value) => `    private static final String ${upper(name)} = ${double(value)};`,
    {
      begin: ['package com.corp;', '', 'public class Config {'],
      end: ['}'],
      usual: [
        '    @Value("${db.password}")',
        '    private String password;',
        '    String token = request.getHeader("X-Auth-Token");',
        '    private static final String PASSWORD_FIELD = "password";',
        '    public void setPassword(String password) { this.password = password; }',
        '    private final PasswordEncoder passwordEncoder = new BCryptPasswordEncoder();',
        '    private static final String SECRET_ALGORITHM = "PBKDF2WithHmacSHA256";',
        '    static final String TOKEN_PREFIX = "Bearer ";',
        '    private static final long serialVersionUID = 6529685098267757690L;',
      ],
    },
  ),
  settings(
    'Kotlin',
    ['src/main/kotlin/Config.kt', 'app/build.gradle.kts'],
    (name, value) => `    val ${camel(name)} = ${double(value)}`,
    {
      begin: ['object Config {'],
      end: ['}'],
      usual: [
        '    val password: String? = null',
        '    val apiKey = System.getenv("API_KEY")',
        '    val secret = project.property("signingSecret") as String',
        '    fun isPasswordValid(password: String) = password.length >= 12',
      ],
    },
  ),
  settings(
    'C#',
    ['src/Config.cs', 'Services/MailService.cs'],
    (name, value) => `        private const string ${pascal(name)} = ${double(value)};`,
    {
      begin: ['namespace Corp.Orders', '{', '    public class Config', '    {'],
      end: ['    }', '}'],
      usual: [
        '        public string Password { get; set; }',
        '        var token = Configuration["Auth:Token"];',
        '        [Required, DataType(DataType.Password)]',
        '        private const string PasswordHeader = "X-Password";',
        '        var secret = await client.GetSecretAsync("orders-db");',
        '        public const string SecretKeyName = "orders-signing-key";',
      ],
    },
  ),
  settings(
    'Go',
    ['internal/config/config.go', 'cmd/api/main.go'],
    (name, value) => `\t${camel(name)} = ${double(value)}`,
    {
      begin: ['package config', '', 'const ('],
      end: [')'],
      usual: [
        '\tpasswordEnv = "DB_PASSWORD"',
        '\ttokenHeader = "X-Auth-Token"',
        '\tsecretPath = "/run/secrets/orders"',
        '\tdefaultTokenTTL = 15 * time.Minute',
      ],
    },
  ),
  settings('Go statements', ['internal/client/client.go'], (name, value) => `\t${camel(name)} := ${double(value)}`, {
    begin: ['package client', '', 'func connect(cfg Config) error {'],
    end: ['\treturn nil', '}'],
    usual: [
      '\tpassword := os.Getenv("DB_PASSWORD")',
      '\ttoken, err := cfg.Tokens.Get(ctx)',
      '\tsecret := cfg.Secret.Value',
      '\tif password == "" { return errors.New("no password given") }',
      '\tPassword string `json:"password"`',
      '\tflag.StringVar(&token, "token", "", "API token")',
    ],
  }),
  settings(
    'Ruby',
    ['config/initializers/service.rb', 'lib/client.rb'],
    (name, value) => `  config.${snake(name)} = ${single(value)}`,
    {
      begin: ['Service.configure do |config|'],
      end: ['end'],
      usual: [
        "  config.password = ENV.fetch('DB_PASSWORD')",
        '  config.token = Rails.application.credentials.dig(:api, :token)',
        '  validates :password, length: { minimum: 12 }',
        '  has_secure_password',
        '  config.filter_parameters += [:password, :token]',
        "  config.secret_file = 'config/master.key'",
      ],
    },
  ),
  settings(
    'PHP',
    ['config.php', 'app/Config/Services.php'],
    (name, value) => `    '${snake(name)}' => ${single(value)},`,
    {
      begin: ['<?php', 'return ['],
      end: ['];'],
      usual: [
        "    'password' => env('DB_PASSWORD', ''),",
        "    'token' => $_POST['token'],",
        "    'password' => 'required|string|min:12|confirmed',",
        "    'secret' => getenv('SECRET'),",
        "    'passwords' => ['users' => ['provider' => 'users', 'expire' => 60]],",
      ],
    },
  ),
  settings(
    'PHP constants',
    ['wp-config.php', 'includes/db.php'],
    (name, value) => `define('${upper(name)}', ${single(value)});`,
    {
      begin: ['<?php'],
      usual: [
        "define('DB_CHARSET', 'utf8mb4');",
        "$password = $_POST['password'];",
        "$token = $request->get('token');",
        "define('TOKEN_NAME', 'csrf_token');",
      ],
    },
  ),
  settings(
    'Rust',
    ['src/config.rs', 'src/main.rs'],
    (name, value) => `pub const ${upper(name)}: &str = ${double(value)};`,
    {
      usual: [
        'let password = std::env::var("DB_PASSWORD")?;',
        'pub token: Option<String>,',
        'const TOKEN_HEADER: &str = "x-auth-token";',
        'let secret = SecretString::new(read_to_string(path)?);',
      ],
    },
  ),
  settings(
    'Swift',
    ['Sources/App/Config.swift', 'App/Network.swift'],
    (name, value) => `    static let ${camel(name)} = ${double(value)}`,
    {
      begin: ['enum Config {'],
      end: ['}'],
      usual: [
        '    var password: String = ""',
        '    let token = ProcessInfo.processInfo.environment["TOKEN"]',
        '    static let passwordPlaceholder = NSLocalizedString("login.password", comment: "")',
      ],
    },
  ),
  settings('Groovy', ['Jenkinsfile', 'build.gradle'], (name, value) => `    ${camel(name)} = ${single(value)}`, {
    begin: ['def settings = {'],
    end: ['}'],
    usual: [
      "    password = System.getenv('SIGNING_PASSWORD')",
      "    token = credentials('github-token')",
      "    secret = findProperty('secret') ?: ''",
    ],
  }),
  settings(
    'GitHub Actions',
    ['.github/workflows/deploy.yml'],
    (name, value) => `      ${upper(name)}: ${plain(value)}`,
    {
      begin: ['on: push', 'jobs:', '  deploy:', '    runs-on: ubuntu-latest', '    env:'],
      end: ['    steps:', '      - uses: actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11'],
      usual: [
        '      TOKEN: ${{ secrets.GITHUB_TOKEN }}',
        '      NPM_TOKEN: ${{ secrets.NPM_TOKEN }}',
        '      REGION: eu-west-1',
      ],
    },
  ),
  settings('GitLab CI', ['.gitlab-ci.yml'], (name, value) => `  ${upper(name)}: ${double(value)}`, {
    begin: ['variables:'],
    end: ['build:', '  script:', '    - docker login -u "$CI_REGISTRY_USER" -p "$CI_REGISTRY_PASSWORD" "$CI_REGISTRY"'],
    usual: ['  DOCKER_DRIVER: overlay2', '  DB_PASSWORD: $DB_PASSWORD', '  SECRET_DETECTION_ENABLED: "true"'],
  }),
  settings(
    'Ansible',
    ['group_vars/all.yml', 'roles/db/defaults/main.yml'],
    (name, value) => `${snake(name)}: ${plain(value)}`,
    {
      begin: ['---'],
      usual: [
        'db_password: "{{ vault_db_password }}"',
        "token: \"{{ lookup('env', 'TOKEN') }}\"",
        'password_length: 24',
        'become: true',
        'api_secret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  62313365396662343061393464336163383764373764613633653634306231386433626436623361\n  6134333665353966363534333632666535333761666131620a663537646436643839616531643561',
      ],
    },
  ),
  settings(
    'notebook',
    ['analysis.ipynb', 'notebooks/load.ipynb'],
    (name, value) => `    ${double(`${snake(name)} = ${double(value)}\n`)},`,
    {
      begin: [
        '{',
        ' "cells": [',
        '  {',
        '   "cell_type": "code",',
        '   "execution_count": 3,',
        '   "metadata": {},',
        '   "outputs": [],',
        '   "source": [',
      ],
      end: ['    "df.head()"', '   ]', '  }', ' ],', ' "nbformat": 4,', ' "nbformat_minor": 5', '}'],
      usual: [
        '    "import os\\n",',
        '    "password = os.environ[\\"DB_PASSWORD\\"]\\n",',
        '    "token = getpass.getpass()\\n",',
        '    "df = pd.read_sql(query, engine)\\n",',
      ],
    },
  ),
  settings(
    'Postman',
    ['orders.postman_collection.json'],
    (name, value) => `    { "key": "${camel(name)}", "value": ${double(value)}, "type": "string" },`,
    {
      begin: ['{', '  "info": { "name": "Orders" },', '  "variable": ['],
      end: ['    { "key": "host", "value": "https://api.corp.net" }', '  ]', '}'],
      usual: [
        '    { "key": "token", "value": "{{token}}", "type": "string" },',
        '    { "key": "password", "value": "", "type": "string" },',
      ],
    },
  ),
  settings(
    'k6',
    ['load/orders.js'],
    (name, value) => `  const params = { ${camel(name)}: ${single(value)}, timeout: '30s' };`,
    {
      begin: ["import http from 'k6/http';", 'export default function () {'],
      end: ["  http.get('https://api.corp.net/orders');", '}'],
      usual: ['  const token = __ENV.TOKEN;', "  check(res, { 'has token': (r) => r.json('token') !== '' });"],
    },
  ),
  settings('registry', ['install/service.reg'], (name, value) => `"${pascal(name)}"=${double(value)}`, {
    begin: ['Windows Registry Editor Version 5.00', '', '[HKEY_LOCAL_MACHINE\\SOFTWARE\\Corp\\Orders]'],
    usual: [
      '"PasswordExpiry"=dword:0000005a',
      '"TokenFile"="C:\\\\ProgramData\\\\Corp\\\\token"',
      '"Server"="db.corp.net"',
    ],
  }),
  settings(
    'SQL',
    ['seed/settings.sql', 'migrations/004_settings.sql'],
    (name, value) => `INSERT INTO settings (name, ${snake(name)}) VALUES ('orders', '${value.replaceAll("'", "''")}');`,
    {
      usual: [
        'CREATE TABLE users (id uuid PRIMARY KEY, password_hash text NOT NULL, token text);',
        'ALTER TABLE users ADD COLUMN reset_token varchar(64);',
        "UPDATE users SET password = crypt(:password, gen_salt('bf'));",
        'SELECT password, token FROM users WHERE id = $1;',
      ],
    },
  ),
  settings(
    'log',
    ['logs/app.log'],
    (name, value) => `2026-03-04T10:22:31.114Z DEBUG c.c.Client - connecting with ${camel(name)}=${value} timeout=30`,
    {
      usual: [
        '2026-03-04T10:22:31.120Z INFO c.c.Client - password=****** accepted',
        '2026-03-04T10:22:31.160Z WARN c.c.Auth - invalid token for user 4711',
        '2026-03-04T10:22:32.009Z INFO trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7 done',
      ],
    },
  ),
  settings('comments', ['src/legacy.py', 'app/old.rb'], (name, value) => `# ${snake(name)}: ${value}`, {
    usual: [
      '# the password is asked for at the start',
      '# token: see the vault',
      '# secret is rotated by the platform team',
    ],
  }),
  settings(
    'command options',
    ['run.sh', 'ci/publish.sh'],
    (name, value) => `./orders-cli push --${kebab(name)} ${single(value)} --region eu`,
    {
      begin: ['#!/bin/sh'],
      usual: [
        './orders-cli push --password-stdin --region eu',
        './orders-cli push --token "$TOKEN"',
        './orders-cli rotate --secret-name orders-db',
      ],
    },
  ),
  settings(
    'HTTP headers',
    ['captures/orders.http', 'api.rest'],
    (name, value) => `X-${words(name).map(capital).join('-')}: ${value}`,
    {
      begin: ['POST /v1/orders HTTP/1.1', 'Host: api.corp.net'],
      usual: [
        'Content-Type: application/json',
        'Authorization: Bearer {{token}}',
        'X-Request-Id: 8c2d6b1e-7f7e-4c55-9a0a-0d4f6e8a2b19',
        'ETag: "33a64df551425fcc55e4d42a148795d9f25f89d4"',
        'Cookie: theme=dark',
      ],
    },
  ),
];
