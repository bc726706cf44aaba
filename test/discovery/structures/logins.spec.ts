import { describe, expect, it } from '@jest/globals';
import { BASE62, base64, HEX, letters } from '../identities/sight.js';
import { factsIn, secretsOf, written } from './files.js';

const PASSWORD = letters(BASE62, 14, 3);

describe('stored logins', () => {
  it('of npm are tokens, passwords in base64, and both in one', () => {
    const text = [
      '; a comment',
      '//registry.npmjs.org/:_authToken=aaaa-bbbb',
      '//Npm.acme.example:8443/repo/:username=ci',
      `//Npm.acme.example:8443/repo/:_password="${base64(PASSWORD)}"`,
      `_auth=${base64(`me:${PASSWORD}`)}`,
      '//other.example/:_authToken=${NPM_TOKEN}',
    ].join('\n');
    const found = secretsOf('home/.npmrc', text);
    expect(found.map(({ rule, secret }) => [rule.id, secret])).toEqual([
      ['npmrc-token', 'aaaa-bbbb'],
      ['npmrc-password', PASSWORD],
      ['npmrc-password', PASSWORD],
    ]);
  });

  it('of npm name their registry and user', () => {
    const text = `//Npm.acme.example:8443/repo/:username=ci\n//Npm.acme.example:8443/repo/:_password=${base64(PASSWORD)}\n`;
    const [found] = secretsOf('.npmrc', text);
    expect(factsIn(found!, 'registry')).toEqual({
      host: 'npm.acme.example:8443',
      registry: 'npm.acme.example:8443/repo',
      user: 'ci',
    });
    expect(written(text, found!)).toBe(base64(PASSWORD));
  });

  it('of PyPI name the index', () => {
    const text = `[distutils]\nindex-servers = acme\n\n[acme]\nrepository = https://Pypi.acme.example/simple\nusername = ci\npassword = ${PASSWORD}\n`;
    const [found, ...rest] = secretsOf('.pypirc', text);
    expect(rest).toEqual([]);
    expect(found!.secret).toBe(PASSWORD);
    expect(factsIn(found!, 'registry')).toEqual({ host: 'pypi.acme.example', user: 'ci' });
    expect(written(text, found!)).toBe(PASSWORD);
  });

  it('of netrc are over one line or several, quoted or not', () => {
    const text = `# note\nmachine Api.example login ci password ${PASSWORD}\nmachine b.example\n  login "d e"\n  password "p w#1"\ndefault login anonymous password ${'$'}{X}\n`;
    const found = secretsOf('.netrc', text);
    expect(found.map(({ secret }) => secret)).toEqual([PASSWORD, 'p w#1']);
    expect(factsIn(found[0]!, 'login')).toEqual({ host: 'api.example', user: 'ci' });
    expect(factsIn(found[1]!, 'login')).toEqual({ host: 'b.example', user: 'd e' });
    expect(written(text, found[1]!)).toBe('p w#1');
  });

  it('of PostgreSQL have stars for anything and backslashes before colons (PostgreSQL 34.16)', () => {
    const text = `#c\nDB.example:5433:payments:settler:a\\:b\\\\c\n*:*:*:admin:${PASSWORD}\nnot:a:line\n`;
    const found = secretsOf('.pgpass', text);
    expect(found.map(({ secret }) => secret)).toEqual(['a:b\\c', PASSWORD]);
    expect(factsIn(found[0]!, 'database')).toEqual({
      system: 'postgresql',
      user: 'settler',
      host: 'db.example',
      port: '5433',
      database: 'payments',
    });
    expect(factsIn(found[1]!, 'database')).toEqual({ system: 'postgresql', user: 'admin' });
  });

  it('of git are addresses with a login', () => {
    const text = `https://ci:${PASSWORD}%21@Git.example\n`;
    const [found] = secretsOf('.git-credentials', text);
    expect(found!.secret).toBe(`${PASSWORD}!`);
    expect(factsIn(found!, 'basic-auth')).toMatchObject({ user: 'ci', host: 'git.example' });
    expect(written(text, found!)).toBe(`${PASSWORD}%21`);
  });

  it('of Docker are base64 of user and password, or a token', () => {
    const text = JSON.stringify({
      auths: {
        'https://index.docker.io/v1/': { auth: base64(`ci:${PASSWORD}`) },
        'Registry.example': { auth: base64('<token>:'), identitytoken: 'refresh-me' },
      },
    });
    const found = secretsOf('.docker/config.json', text);
    expect(found.map(({ secret }) => secret)).toEqual([PASSWORD, 'refresh-me']);
    expect(found.map((one) => factsIn(one, 'registry'))).toEqual([
      { host: 'docker.io', user: 'ci' },
      { host: 'registry.example', user: '<token>' },
    ]);
    expect(written(text, found[0]!)).toBe(base64(`ci:${PASSWORD}`));
  });

  it('of AWS name the profile and the account', () => {
    const key = letters(BASE62, 40);
    const text = `[profile Deploy]\naws_access_key_id = ASIAQNZGKIQY56JQ7WML\naws_secret_access_key = ${key}\n`;
    const [found] = secretsOf('.aws/credentials', text);
    expect(found!.secret).toBe(key);
    expect(factsIn(found!, 'aws-key-id')!['account']).toBe('029608264753');
    expect(factsIn(found!, 'aws-profile')).toEqual({ profile: 'Deploy' });
    expect(written(text, found!)).toBe(key);
  });

  it('as the console of AWS gives them name user and account', () => {
    const key = letters(BASE62, 40);
    const text =
      `\ufeffUser name,Password,Access key ID,Secret access key,Console login link\r\n` +
      `"ci, deploy",,ASIAQNZGKIQY56JQ7WML,${key},https://029608264753.signin.aws.amazon.com/console\r\n`;
    const [found, ...rest] = secretsOf('new_user_credentials.csv', text);
    expect(rest).toEqual([]);
    expect(found!.secret).toBe(key);
    expect(factsIn(found!, 'aws-user')).toEqual({ user: 'ci, deploy', account: '029608264753' });
    expect(written(text, found!)).toBe(key);
  });

  it('of Google Cloud are a service account’s key, and a user’s', () => {
    const user = JSON.stringify({
      type: 'authorized_user',
      client_id: 'c-1',
      client_secret: 'a-secret-1',
      refresh_token: 'b-secret-2',
    });
    const found = secretsOf('application_default_credentials.json', user);
    expect(found.map(({ secret }) => secret)).toEqual(['b-secret-2', 'a-secret-1']);
    expect(factsIn(found[0]!, 'google-authorized-user')).toEqual({ clientId: 'c-1' });
  });
});

describe('the key of Rails’ encrypted credentials', () => {
  const key = letters(HEX, 32, 5);

  it.each(['config/master.key', 'app/config/credentials/production.key'])('is the whole of %s', (path) => {
    const [found] = secretsOf(path, `${key}\n`);
    expect(found).toMatchObject({ secret: key, start: 0, end: 32, rule: { id: 'rails-key-file' } });
  });

  it.each([
    ['config/master.key', `${key}0\n`],
    ['config/master.key', `# ${key}`],
    ['keys/other.key', key],
  ])('is not %s with %s', (path, content) => expect(secretsOf(path, content)).toEqual([]));
});

describe('variables that belong together', () => {
  const FILE = [
    '# settings',
    'export DB_HOST=Db.example',
    'DB_PORT=5432',
    'DB_USER="settler"',
    'DB_NAME=payments',
    `DB_PASSWORD='${PASSWORD}' # keep it`,
    `CACHE_URL=redis://:${PASSWORD}2@cache.example:6379/0`,
    'API_KEY=${FROM_VAULT}',
    'TOKEN_TTL=3600',
    'SECRET_NAME=projects/acme/secrets/db',
    `TOKEN_SHA256=${PASSWORD}4`,
    'AUTH_DOMAIN=login-3.acme.example',
    'SMTP_PASSWORD=smtp.acme.example:587',
    'CIPHER_SECRET={cipher}9f3c27d1',
    'SIGNING_SECRET=__SIGNING_SECRET__',
    `STRIPE_SECRET=${PASSWORD}3`,
  ].join('\n');

  it('say whose a password is by the names beside it', () => {
    const found = secretsOf('deploy/.env.production', FILE);
    expect(found.map(({ secret }) => secret)).toEqual([PASSWORD, `${PASSWORD}2`, `${PASSWORD}3`]);
    expect(factsIn(found[0]!, 'database')).toEqual({
      system: 'postgresql',
      user: 'settler',
      host: 'db.example',
      port: '5432',
      database: 'payments',
    });
    expect(factsIn(found[1]!, 'database')).toMatchObject({ system: 'redis', host: 'cache.example' });
    expect(written(FILE, found[0]!)).toBe(PASSWORD);
  });

  it('of a Compose service name it, as a map or as a list', () => {
    const text = `services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_USER: settler\n      POSTGRES_PASSWORD: ${PASSWORD}\n  app:\n    environment:\n      - API_TOKEN=${PASSWORD}2\n      - DEBUG=1\n`;
    const found = secretsOf('docker-compose.prod.yml', text);
    expect(found.map(({ secret }) => secret)).toEqual([PASSWORD, `${PASSWORD}2`]);
    expect(factsIn(found[0]!, 'compose')).toEqual({
      service: 'db',
      image: 'postgres:17',
      variable: 'POSTGRES_PASSWORD',
    });
    expect(factsIn(found[0]!, 'database')).toEqual({ system: 'postgresql', user: 'settler' });
    expect(written(text, found[0]!)).toBe(PASSWORD);
  });

  it('of a pipeline are those set to literals', () => {
    const workflow = `name: Deploy\non: push\njobs:\n  a:\n    runs-on: x\n    env:\n      DEPLOY_TOKEN: ${PASSWORD}\n      OTHER_TOKEN: \${{ secrets.X }}\n    steps: []\n`;
    const [found, ...rest] = secretsOf('.github/workflows/deploy.yml', workflow);
    expect(rest).toEqual([]);
    expect(found!.secret).toBe(PASSWORD);
    expect(factsIn(found!, 'pipeline')).toEqual({ pipeline: '.github/workflows/deploy.yml', variable: 'DEPLOY_TOKEN' });
    const gitlab = `variables:\n  DB_PASSWORD:\n    value: ${PASSWORD}\n    description: x\n`;
    expect(secretsOf('.gitlab-ci.yml', gitlab).map(({ secret }) => secret)).toEqual([PASSWORD]);
  });
});

describe('a file of no known structure', () => {
  it.each(['src/main.ts', 'README.md', 'notes.txt'])('%s gives nothing', (path) =>
    expect(secretsOf(path, `password=${PASSWORD}`)).toEqual([]),
  );
});
