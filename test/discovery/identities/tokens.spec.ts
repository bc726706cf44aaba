import { createHash, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { atlassianCheck, githubCheck, gitlabCheck, grafanaCheck } from '../../../src/discovery/domain/checksums.js';
import { accountOf } from '../../../src/discovery/identities/aws.js';
import { AT, BASE62, base64, base64url, clueOf, cluesOf, factsOf, HEX, letters } from './sight.js';

const GUID = { tenant: '72f988bf-86f1-41af-91ab-2d7cd011db47', client: '0b1e2d3c-4f5a-4b6c-8d7e-9f0a1b2c3d4e' };

describe('an AWS key id', () => {
  it('holds the account (both pairs are published)', () => {
    expect(accountOf('ASIAQNZGKIQY56JQ7WML')).toBe('029608264753');
    expect(accountOf('AKIASP2TPHJSQH3FJRUX')).toBe('171436882533');
  });

  it('holds none where it is older than that, or no base 32', () => {
    expect(accountOf('AKIAIOSFODNN7EXAMPLE')).toBeNull();
    expect(accountOf('AKIAJOSFODNN7ABCDEFG')).toBeNull();
    expect(accountOf('AKIA0OSFODNN7ABCDEFG')).toBeNull();
  });

  it('says what kind of thing it names, and which account', () => {
    expect(factsOf('aws-key-id', cluesOf('ASIAQNZGKIQY56JQ7WML'))).toEqual({
      account: '029608264753',
      keyId: 'ASIAQNZGKIQY56JQ7WML',
      resource: 'temporary access key',
    });
  });

  it('is moot where its account is one of canaries, or it is the sample of the documentation', () => {
    expect(clueOf('aws-key-id', cluesOf('AKIASP2TPHJSQH3FJRUX')).moot).toMatch(/^a canary/);
    expect(clueOf('aws-key-id', cluesOf('AKIAIOSFODNN7EXAMPLE')).moot).toMatch(/sample/);
    expect(clueOf('aws-key-id', cluesOf('ASIAQNZGKIQY56JQ7WML')).moot).toBeUndefined();
  });

  it('beside a secret key speaks for it, and an ARN beside it is told without its partition', () => {
    const secret = letters(BASE62, 40);
    const around = `arn:aws-us-gov:iam::029608264753:user/ci/deployer\nASIAQNZGKIQY56JQ7WML\n${secret}`;
    const clues = cluesOf(secret, { vendor: 'AWS', around });
    expect(factsOf('aws-key-id', clues)['account']).toBe('029608264753');
    expect(factsOf('aws-arn', clues)).toEqual({
      account: '029608264753',
      arn: 'arn:aws:iam::029608264753:user/ci/deployer',
      partition: 'aws-us-gov',
      user: 'ci/deployer',
    });
  });

  it('that only stands near something else says nothing of that', () => {
    expect(cluesOf('other', { around: 'ASIAQNZGKIQY56JQ7WML other' })).toEqual([]);
  });
});

describe('a GitHub token', () => {
  const body = `ghp_${letters(BASE62, 30)}`;
  const token = body + githubCheck(body);

  it('is known to the audit log by base64 of its SHA-256', () => {
    expect(factsOf('github', cluesOf(token))).toEqual({
      tokenKind: 'personal access token',
      hashedToken: createHash('sha256').update(token).digest('base64'),
    });
  });

  it('with wrong check digits is none, and nothing is made of it', () => {
    const wrong = clueOf('github', cluesOf(`${body}000000`));
    expect(wrong.moot).toMatch(/check digits/);
    expect(wrong.facts).toEqual({});
  });

  it('of a GitHub App names the App and the installation, and when it ends (2026 form)', () => {
    const jwt = [base64url({ alg: 'RS256' }), base64url({ installation_id: 77, exp: AT.getTime() / 1000 - 1 }), 'c2ln'];
    const clue = clueOf('github', cluesOf(`ghs_123456_${jwt.join('.')}`));
    expect(clue.facts).toMatchObject({ appId: '123456', installation: '77' });
    expect(clue.words).toBe('GitHub App 123456 in installation 77');
    expect(clue.moot).toBe('expired on 2026-11-21');
  });
});

describe('a JSON Web Token', () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const signed = (claims: Record<string, unknown>, kid = 'k-1'): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(key);

  it('tells issuer, subject, audience, client, tenant, key and end', async () => {
    const token = await signed({
      iss: 'https://login.example',
      sub: 'svc-payments',
      aud: ['api://a', 'api://b'],
      appid: GUID.client,
      tid: GUID.tenant,
      exp: 1_900_000_000,
    });
    expect(clueOf('jwt', cluesOf(token))).toEqual({
      from: 'jwt',
      words: 'JWT of svc-payments by https://login.example',
      facts: {
        issuer: 'https://login.example',
        subject: 'svc-payments',
        audience: 'api://a api://b',
        clientId: GUID.client,
        tenant: GUID.tenant,
        keyId: 'k-1',
        expiresAt: '2030-03-17T17:46:40.000Z',
      },
    });
  });

  it('is moot from the second it expires in, and as the sample of jwt.io', async () => {
    const now = AT.getTime() / 1000;
    expect(clueOf('jwt', cluesOf(await signed({ sub: 'a', exp: now }))).moot).toBe('expired on 2026-11-22');
    expect(clueOf('jwt', cluesOf(await signed({ sub: 'a', exp: now + 1 }))).moot).toBeUndefined();
    expect(clueOf('jwt', cluesOf(await signed({ sub: '1234567890', name: 'John Doe' }))).moot).toMatch(/jwt\.io/);
  });

  it('of a Kubernetes service account names it, in the bound form', async () => {
    const token = await signed({
      iss: 'https://kubernetes.default.svc',
      sub: 'system:serviceaccount:payments:settler',
      'kubernetes.io': {
        namespace: 'payments',
        serviceaccount: { name: 'settler', uid: 'u-1' },
        pod: { name: 'settler-0', uid: 'p-1' },
        node: { name: 'n-1' },
      },
    });
    expect(factsOf('kubernetes-service-account', cluesOf(token))).toEqual({
      namespace: 'payments',
      serviceAccount: 'settler',
      uid: 'u-1',
      pod: 'settler-0',
      node: 'n-1',
      subject: 'system:serviceaccount:payments:settler',
      issuer: 'https://kubernetes.default.svc',
    });
  });

  it('of a Kubernetes service account names it, in the legacy form', async () => {
    const legacy = 'kubernetes.io/serviceaccount/';
    const token = await signed({
      iss: 'kubernetes/serviceaccount',
      sub: 'system:serviceaccount:payments:settler',
      [`${legacy}namespace`]: 'payments',
      [`${legacy}service-account.name`]: 'settler',
      [`${legacy}service-account.uid`]: 'u-1',
      [`${legacy}secret.name`]: 'settler-token-abc',
    });
    const clue = clueOf('kubernetes-service-account', cluesOf(token));
    expect(clue.words).toBe('Kubernetes service account payments/settler');
    expect(clue.facts).toMatchObject({ secretName: 'settler-token-abc', uid: 'u-1', namespace: 'payments' });
  });

  it('of JFrog names the user in its subject', async () => {
    const token = await signed({ sub: 'jfrt@01c0ffee/users/deployer', iss: 'jfrt@01c0ffee' });
    expect(factsOf('jfrog', cluesOf(token, { around: 'https://Acme.jfrog.io/artifactory' }))).toEqual({
      user: 'deployer',
      service: 'jfrt@01c0ffee',
      host: 'acme.jfrog.io',
    });
  });

  it('that is no JSON says nothing', () => {
    expect(cluesOf(`eyJ${'x'.repeat(20)}.eyJ${'y'.repeat(20)}.z`)).toEqual([]);
  });
});

describe('a routable token of GitLab', () => {
  const routable = (routing: string, prefix = 'glpat-'): string => {
    const random = Buffer.alloc(16, 7);
    const payload = Buffer.concat([Buffer.from(routing), random, Buffer.from([16])]).toString('base64url');
    const body = `${prefix}${payload}.${payload.length.toString(36).padStart(2, '0')}`;
    return body + gitlabCheck(body);
  };

  it('names cell, organisation, user, group and project in decimal', () => {
    const token = routable(`c:1\ng:2s\no:1\np:rs\nu:${(1_234_567).toString(36)}`);
    expect(factsOf('gitlab', cluesOf(token))).toEqual({
      tokenKind: 'access token',
      cell: '1',
      group: '100',
      organization: '1',
      project: '1000',
      user: '1234567',
    });
  });

  it('with wrong check digits names nobody', () => {
    const token = routable('o:1\nu:2');
    expect(factsOf('gitlab', cluesOf(`${token.slice(0, -1)}~`.replace('~', token.endsWith('0') ? '1' : '0')))).toEqual({
      tokenKind: 'access token',
    });
  });
});

describe('tokens that are JSON or parts', () => {
  it('of Grafana name key, organisation and region', () => {
    const legacy = base64({ k: letters(BASE62, 32), n: 'ci-dashboards', id: 7 });
    expect(factsOf('grafana', cluesOf(legacy))).toEqual({ organization: '7', name: 'ci-dashboards' });
    const cloud = `glc_${base64({ o: '1034', n: 'stack-1-metrics', k: letters(BASE62, 24), m: { r: 'eu' } })}`;
    expect(factsOf('grafana', cluesOf(cloud))).toEqual({ organization: '1034', name: 'stack-1-metrics', region: 'eu' });
    const body = `glsa_${letters(BASE62, 32)}_`;
    expect(clueOf('grafana', cluesOf(body + grafanaCheck(body))).moot).toBeUndefined();
    expect(clueOf('grafana', cluesOf(`${body}00000000`)).moot).toMatch(/check digits/);
  });

  it('of Sentry name organisation and region', () => {
    const body = base64({
      iat: 1_700_000_000,
      url: 'https://sentry.io',
      region_url: 'https://de.sentry.io',
      org: 'Acme',
    });
    expect(factsOf('sentry', cluesOf(`sntrys_${body}_${letters(BASE62, 43)}`))).toEqual({
      organization: 'acme',
      region: 'https://de.sentry.io',
      url: 'https://sentry.io',
      issuedAt: '2023-11-14T22:13:20.000Z',
    });
    const dsn = `https://${letters(HEX, 32)}@o12345.ingest.sentry.io/67890`;
    expect(factsOf('sentry', cluesOf(dsn))).toMatchObject({ organizationNumber: '12345', project: '67890' });
  });

  it('of Slack name workspace, bot, user, app and webhook', () => {
    const secret = letters(BASE62, 24);
    expect(factsOf('slack', cluesOf(`xoxb-123456789012-210987654321-${secret}`))).toEqual({
      teamNumber: '123456789012',
      bot: '210987654321',
    });
    expect(factsOf('slack', cluesOf(`xoxp-123456789012-345678901234-456789012345-${letters(HEX, 32)}`))).toEqual({
      teamNumber: '123456789012',
      user: '345678901234',
    });
    expect(factsOf('slack', cluesOf(`xapp-1-A0123456789-1234567890123-${letters(HEX, 64)}`))).toEqual({
      appId: 'A0123456789',
    });
    const hook = `https://hooks.slack.com/services/T01234567/B01234567/${secret}`;
    expect(factsOf('slack', cluesOf(hook))).toEqual({ team: 'T01234567', hook: 'B01234567' });
  });

  it('of Atlassian name site and account beside them, or the token', () => {
    const body = `ATATT3xFfGF0${letters(BASE62, 170)}=`;
    const around = 'JIRA_URL=https://Acme.atlassian.net user Ci.Bot@Acme.example';
    expect(clueOf('atlassian', cluesOf(body + atlassianCheck(body), { around }))).toEqual({
      from: 'atlassian',
      words: 'Atlassian API token of ci.bot@acme.example at acme.atlassian.net',
      facts: { tokenKind: 'API token', host: 'acme.atlassian.net', email: 'ci.bot@acme.example' },
    });
    expect(clueOf('atlassian', cluesOf(`${body}00000000`)).moot).toMatch(/check digits/);
    const dataCenter = Buffer.concat([Buffer.from('123456789012:'), Buffer.alloc(20, 5)]).toString('base64');
    expect(factsOf('atlassian', cluesOf(`BBDC-${dataCenter}`))).toEqual({
      tokenId: '123456789012',
      product: 'Bitbucket Data Center',
    });
  });

  it('of JFrog say when they end', () => {
    const token = base64(`reftkn:01:1600000000:${letters(BASE62, 28)}`);
    const clue = clueOf('jfrog', cluesOf(token));
    expect(clue.facts).toEqual({ version: '01', expiresAt: '2020-09-13T12:26:40.000Z' });
    expect(clue.moot).toBe('expired on 2020-09-13');
    expect(clueOf('jfrog', cluesOf(base64(`reftkn:01:0:${letters(BASE62, 28)}`))).moot).toBeUndefined();
  });

  it('of PyPI are macaroons with an id and caveats', () => {
    const field = (type: number, text: string | Buffer): Buffer => {
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from([type, bytes.length]), bytes]);
    };
    const end = Buffer.from([0]);
    const token = (...caveats: readonly string[]): string =>
      `pypi-${Buffer.concat([
        Buffer.from([2]),
        field(1, 'pypi.org'),
        field(2, 'c3d4e5f6-0000-4000-8000-000000000001'),
        end,
        ...caveats.flatMap((caveat) => [field(2, caveat), end]),
        end,
        field(6, Buffer.alloc(32, 9)),
      ]).toString('base64url')}`;
    expect(factsOf('pypi', cluesOf(token('{"version": 1, "permissions": {"projects": ["Muster"]}}')))).toEqual({
      location: 'pypi.org',
      tokenId: 'c3d4e5f6-0000-4000-8000-000000000001',
      projects: 'muster',
    });
    const clue = clueOf('pypi', cluesOf(token('[1, ["a", "b"]]', '[3, "u-1"]', '[0, 1600000000, 1500000000]')));
    expect(clue.facts).toMatchObject({ projects: 'a b', user: 'u-1', expiresAt: '2020-09-13T12:26:40.000Z' });
    expect(clue.moot).toBe('expired on 2020-09-13');
  });

  it('say the id that stands before the secret', () => {
    const facts = (from: string, secret: string, around?: string) =>
      factsOf(from, cluesOf(secret, { around: around ?? '' }));
    expect(facts('sendgrid', `SG.${letters(BASE62, 22)}.${letters(BASE62, 43)}`)).toEqual({
      keyId: letters(BASE62, 22),
    });
    const [key, account] = [`SK${letters(HEX, 32)}`, `AC${letters(HEX, 32, 2)}`];
    expect(facts('twilio', key, `account ${account}`)).toEqual({ keyId: key, account });
    expect(facts('telegram', `1234567890:${letters(BASE62, 35)}`)).toEqual({ bot: '1234567890' });
    expect(facts('terraform-cloud', `${letters(BASE62, 14)}.atlasv1.${letters(BASE62, 67)}`)).toEqual({
      tokenId: letters(BASE62, 14),
    });
    expect(facts('vault', `hvs.${letters(BASE62, 90)}.nsA1b2`, 'export VAULT_ADDR=https://Vault.example:8200')).toEqual(
      {
        tokenKind: 'service',
        namespace: 'nsA1b2',
        address: 'https://vault.example:8200',
      },
    );
    const bot = '175928847299117063';
    expect(facts('discord', `${base64url(bot)}.${letters(BASE62, 6)}.${letters(BASE62, 38)}`)).toEqual({
      bot,
      madeAt: '2016-04-30',
    });
  });

  it('of Confluent Cloud and others are told by what stands beside them', () => {
    const secret = letters(BASE62, 64);
    const around = `key: ABCD1234567890AB secret: ${secret}`;
    expect(factsOf('confluent', cluesOf(secret, { vendor: 'Confluent', around }))).toEqual({
      keyId: 'ABCD1234567890AB',
    });
    const okta = cluesOf(secret, { vendor: 'Okta', around: 'https://Acme.okta.com/api' });
    expect(factsOf('host', okta)).toEqual({ host: 'acme.okta.com' });
  });
});

describe('an Azure secret', () => {
  const secret = `${letters(BASE62, 3)}8Q~${letters(BASE62, 34)}`;

  it('of an application is told by the ids beside it, and by its first three characters as Graph gives them', () => {
    const around = `AZURE_TENANT_ID=${GUID.tenant.toUpperCase()}\nAZURE_CLIENT_ID: "${GUID.client}"\n`;
    expect(factsOf('azure-application', cluesOf(secret, { around }))).toEqual({
      tenant: GUID.tenant,
      clientId: GUID.client,
      hint: secret.slice(0, 3),
    });
  });

  it.each([
    [
      'azure-storage',
      `DefaultEndpointsProtocol=https;AccountName=AcmeLogs;AccountKey=${base64('k'.repeat(64))};EndpointSuffix=core.windows.net`,
      { account: 'acmelogs', endpointSuffix: 'core.windows.net' },
    ],
    [
      'azure-service-bus',
      'Endpoint=sb://Acme.servicebus.windows.net/;SharedAccessKeyName=Send;SharedAccessKey=a2V5;EntityPath=orders',
      { host: 'acme.servicebus.windows.net', keyName: 'Send', entity: 'orders' },
    ],
    [
      'azure-iot-hub',
      'HostName=acme.azure-devices.net;DeviceId=pump-1;SharedAccessKey=a2V5',
      { host: 'acme.azure-devices.net', device: 'pump-1' },
    ],
    [
      'azure-cosmos',
      'AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=a2V5;',
      { host: 'acme.documents.azure.com' },
    ],
    [
      'azure-endpoint',
      'Endpoint=https://acme.azconfig.io;Id=ab-l0;Secret=a2V5',
      { host: 'acme.azconfig.io', keyId: 'ab-l0' },
    ],
    [
      'database',
      'Server=tcp:acme.database.windows.net,1433;Initial Catalog=payments;User ID=settler;Password=hush;Encrypt=True',
      { system: 'sql server', user: 'settler', host: 'acme.database.windows.net', port: '1433', database: 'payments' },
    ],
  ])('in a connection string is %s', (from, text, facts) => expect(factsOf(from, cluesOf(text))).toEqual(facts));

  it('in a shared access signature tells account, permissions, delegate and end', () => {
    const url =
      `https://acmelogs.blob.core.windows.net/c?sv=2022-11-02&sp=rl&se=2025-01-01T00:00:00Z` +
      `&skoid=${GUID.client}&sktid=${GUID.tenant}&sig=${encodeURIComponent(base64('s'.repeat(32)))}`;
    const clue = clueOf('azure-sas', cluesOf(url));
    expect(clue.facts).toEqual({
      account: 'acmelogs',
      host: 'acmelogs.blob.core.windows.net',
      path: '/c',
      permissions: 'rl',
      objectId: GUID.client,
      tenant: GUID.tenant,
      expiresAt: '2025-01-01T00:00:00.000Z',
    });
    expect(clue.moot).toBe('expired on 2025-01-01');
  });

  it('that Microsoft annotates says by whom and when it was made', () => {
    const key = `${letters(BASE62, 52)}JQQJ99AH${letters(BASE62, 16)}AZDO${letters(BASE62, 4)}`;
    expect(factsOf('azure-key', cluesOf(key))).toEqual({ service: 'azdo', madeIn: '2024-08' });
  });
});

describe('an address with a login', () => {
  it.each([
    [
      'postgres://settler:p%40ss@DB.example:6543/payments?sslmode=require',
      { system: 'postgresql', user: 'settler', host: 'db.example', port: '6543', database: 'payments' },
    ],
    [
      'postgresql+psycopg2://a:bcd@db.example/x',
      { system: 'postgresql', user: 'a', host: 'db.example', port: '5432', database: 'x' },
    ],
    [
      'mysql://root:hush@[2001:db8::1]:3307/app',
      { system: 'mysql', user: 'root', host: '2001:db8::1', port: '3307', database: 'app' },
    ],
    [
      'mongodb+srv://app:hush@c0.example,c1.example/db',
      {
        system: 'mongodb',
        user: 'app',
        host: 'c0.example',
        port: '27017',
        database: 'db',
        otherHosts: 'c1.example:27017',
      },
    ],
    ['redis://:hush@cache.example:6380/0', { system: 'redis', host: 'cache.example', port: '6380', database: '0' }],
    [
      'jdbc:postgresql://db.example:5433/payments?user=settler&password=hush',
      { system: 'postgresql', user: 'settler', host: 'db.example', port: '5433', database: 'payments' },
    ],
    [
      'jdbc:sqlserver://db.example:1433;databaseName=payments;user=settler;password=hush',
      { system: 'sql server', user: 'settler', host: 'db.example', port: '1433', database: 'payments' },
    ],
    [
      'jdbc:oracle:thin:settler/hush@db.example:1521:ORCL',
      { system: 'oracle', user: 'settler', host: 'db.example', port: '1521', database: 'ORCL' },
    ],
    [
      "host=db.example port=5432 dbname=payments user=settler password='hush'",
      { system: 'postgresql', user: 'settler', host: 'db.example', port: '5432', database: 'payments' },
    ],
  ])('%s', (text, facts) => expect(factsOf('database', cluesOf(text))).toEqual(facts));

  it('of a web page names user and host', () => {
    expect(factsOf('basic-auth', cluesOf('https://ci:hush@Git.example/acme/a.git'))).toEqual({
      user: 'ci',
      host: 'git.example',
      port: '443',
      scheme: 'https',
      path: '/acme/a.git',
    });
    const header = `Authorization: Basic ${base64('ci:hush')}`;
    expect(factsOf('basic-auth', cluesOf('x', { text: header, around: `curl https://api.example ${header}` }))).toEqual(
      {
        user: 'ci',
        host: 'api.example',
      },
    );
  });

  it('is found in the line of a password that is matched alone', () => {
    const rule = { id: 'url', vendor: 'none', kind: 'connection-string' as const };
    const around = 'a\nDATABASE_URL=postgres://settler:hushhush@db.example/payments\nb';
    expect(factsOf('database', cluesOf('hushhush', { rule, around }))).toMatchObject({
      user: 'settler',
      host: 'db.example',
    });
  });
});

describe('a clue', () => {
  it('never holds the secret, or a part of it', () => {
    const password = letters(BASE62, 20);
    const clues = [
      ...cluesOf(`postgres://settler:${password}@db.example/payments`),
      ...cluesOf(`https://ci:${password}@git.example/`),
      ...cluesOf('x', { text: `Basic ${base64(`ci:${password}`)}` }),
      ...cluesOf(`Server=db.example;User ID=a;Password=${password};Database=d`),
    ];
    expect(clues.length).toBeGreaterThan(3);
    expect(JSON.stringify(clues)).not.toContain(password);
  });

  it('has no control characters, however a name is written', () => {
    const clues = cluesOf(`eyJrIjoi${base64(`{"k":"aaa","n":"a\\u001b[31mb\\u202ec","id":1}`).slice(8)}`);
    expect(clueOf('grafana', clues).facts['name']).toBe('a [31mb c');
  });
});
