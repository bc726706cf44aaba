import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { awsIam } from '../../../src/discovery/sources/aws-iam.js';
import { github } from '../../../src/discovery/sources/github.js';
import { gitlab } from '../../../src/discovery/sources/gitlab.js';
import { kubernetes } from '../../../src/discovery/sources/kubernetes.js';
import { sshWire } from '../../../src/discovery/identities/ssh-wire.js';
import { innerDigest } from '../../../src/discovery/domain/fingerprint.js';
import { EgressError } from '../../../src/platform/index.js';
import {
  accountOf,
  accountsIn,
  allOf,
  answersBy,
  credentialsIn,
  keepsToTheSourceContract,
  testTools,
} from './source-contract.js';

const TOKEN = 'canary-token-of-the-api-0123456789';
const away = () => Promise.reject(new EgressError('egress_unreachable', 'gone'));
const publicKey = sshWire(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }))!.toString('base64');

describe('AWS IAM by its API', () => {
  const SETTINGS = { url: 'https://iam.example', region: 'us-east-1' };
  const ACCESS = { accessKeyId: 'AKIAIOSFODNN7ABCDEFG', secretAccessKey: TOKEN };
  const answer = (action: string, inner: string) =>
    `<?xml version="1.0"?><${action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${action}Result>${inner}</${action}Result></${action}Response>`;
  const policy = (document: object) => encodeURIComponent(JSON.stringify(document));
  const trust = policy({
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: 'arn:aws:iam::029608264753:oidc-provider/token.actions.githubusercontent.com' },
        Condition: {
          StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
          StringLike: { 'token.actions.githubusercontent.com:sub': 'repo:acme/*' },
        },
      },
    ],
  });
  const table = {
    GetAccountAuthorizationDetails: answer(
      'GetAccountAuthorizationDetails',
      `<UserDetailList><member><UserName>ci</UserName><UserId>AIDAACKCEVSQ6C2EXAMPLE</UserId><Arn>arn:aws-cn:iam::029608264753:user/bots/ci</Arn>
       <CreateDate>2024-01-02T03:04:05Z</CreateDate><GroupList/><AttachedManagedPolicies><member><PolicyName>AdministratorAccess</PolicyName>
       <PolicyArn>arn:aws:iam::aws:policy/AdministratorAccess</PolicyArn></member></AttachedManagedPolicies></member></UserDetailList>
       <IsTruncated>true</IsTruncated><Marker>page2</Marker>`,
    ),
    'GetAccountAuthorizationDetails page2': answer(
      'GetAccountAuthorizationDetails',
      `<RoleDetailList><member><RoleName>deploy</RoleName><RoleId>AROAACKCEVSQ6C2EXAMPLE</RoleId><Arn>arn:aws:iam::029608264753:role/deploy</Arn>
       <AssumeRolePolicyDocument>${trust}</AssumeRolePolicyDocument><RolePolicyList><member><PolicyName>p</PolicyName>
       <PolicyDocument>${policy({ Statement: { Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::b/*' } })}</PolicyDocument></member></RolePolicyList>
       <RoleLastUsed><LastUsedDate>2026-11-01T00:00:00Z</LastUsedDate></RoleLastUsed></member></RoleDetailList><IsTruncated>false</IsTruncated>`,
    ),
    'ListAccessKeys ci': answer(
      'ListAccessKeys',
      `<AccessKeyMetadata><member><UserName>ci</UserName><AccessKeyId>AKIAQNZGKIQY56JQ7WML</AccessKeyId><Status>Active</Status><CreateDate>2024-01-02T03:04:05Z</CreateDate></member></AccessKeyMetadata>`,
    ),
    GetAccessKeyLastUsed: answer(
      'GetAccessKeyLastUsed',
      `<AccessKeyLastUsed><LastUsedDate>2026-11-20T00:00:00Z</LastUsedDate><ServiceName>s3</ServiceName></AccessKeyLastUsed>`,
    ),
  };
  const open = (ask = answersBy(table)) => awsIam.open(SETTINGS, ACCESS, testTools({ ask }));

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [TOKEN],
    refused: () => open(answersBy({ GetAccountAuthorizationDetails: 403 })),
    away: () => open(away),
  }));

  it('puts pages together: users with their keys and last use, roles with what they may and who may take them on', async () => {
    const said = await allOf(open());
    expect(accountOf(said, 'ci')).toMatchObject({
      system: 'aws 029608264753',
      identifiers: ['aws:029608264753:user/ci', 'aws-id:AIDAACKCEVSQ6C2EXAMPLE'],
      grants: [{ privilege: '*', resource: '*', through: 'policy AdministratorAccess' }],
      credentials: [{ keyId: 'aws-key:AKIAQNZGKIQY56JQ7WML', lastUsedAt: '2026-11-20T00:00:00.000Z', active: true }],
      facts: { privileged: true, lastUsedAt: '2026-11-20T00:00:00.000Z' },
    });
    expect(accountOf(said, 'deploy')).toMatchObject({
      grants: [{ privilege: 's3:GetObject', resource: 'arn:aws:s3:::b/*' }],
      facts: { privileged: false, more: { tooWide: 'Any repository of acme may take it on (repo:acme/*).' } },
    });
  });

  it.each([
    ['cut short', '<A><B></A>'],
    ['with a declaration of its own', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['too deep', '<a>'.repeat(100) + '</a>'.repeat(100)],
  ])('refuses an answer that is %s', async (_how, xml) => {
    const source = open(answersBy({ GetAccountAuthorizationDetails: xml }));
    await expect(allOf(source)).rejects.toMatchObject({ code: 'source_malformed' });
  });
});

describe('a Kubernetes cluster by its API', () => {
  const SECRET = 'canary-6fJx2kPq9zRtLm4vWc8n';
  const RBAC = '/apis/rbac.authorization.k8s.io/v1';
  const meta = (name: string, namespace?: string) => ({
    metadata: { name, namespace, creationTimestamp: '2024-01-02T03:04:05Z' },
  });
  const table = {
    '/api/v1/serviceaccounts': { items: [meta('ledger', 'payments'), meta('reader', 'payments')] },
    [`${RBAC}/roles`]: {
      items: [{ ...meta('r', 'payments'), rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
    },
    [`${RBAC}/clusterroles`]: { items: [] },
    [`${RBAC}/rolebindings`]: {
      items: [
        {
          ...meta('b', 'payments'),
          roleRef: { kind: 'Role', name: 'r' },
          subjects: [{ kind: 'Group', name: 'system:serviceaccounts:payments' }],
        },
      ],
    },
    [`${RBAC}/clusterrolebindings`]: {
      items: [
        {
          ...meta('admin'),
          roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
          subjects: [{ kind: 'ServiceAccount', name: 'ledger', namespace: 'payments' }],
        },
      ],
    },
    '/api/v1/secrets': {
      items: [
        {
          metadata: { name: 'db', namespace: 'payments' },
          type: 'Opaque',
          data: { password: Buffer.from(SECRET).toString('base64') },
        },
        {
          metadata: {
            name: 't',
            namespace: 'payments',
            annotations: { 'kubernetes.io/service-account.name': 'reader' },
          },
        },
      ],
    },
  };
  const open = (ask = answersBy(table), secrets = true) =>
    kubernetes.open(
      { url: 'https://k8s.example:6443', secrets },
      { token: TOKEN },
      testTools({ ask, name: 'prod-eu' }),
    );

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [TOKEN, SECRET],
    refused: () => open(answersBy({ '/api/v1/serviceaccounts': 401 })),
    away: () => open(away),
  }));

  it('has what is bound to a service account itself and to its namespace, and tokens that never end', async () => {
    const said = await allOf(open());
    expect(accountOf(said, 'payments/ledger')).toMatchObject({
      identifiers: ['kubernetes:prod-eu:payments/ledger'],
      facts: { privileged: true, environment: 'production', createdAt: '2024-01-02T03:04:05.000Z' },
      grants: [
        { privilege: 'get', resource: 'payments/pods', through: 'Role r' },
        { privilege: '*', resource: '*', through: 'ClusterRole cluster-admin' },
      ],
    });
    expect(accountOf(said, 'payments/reader')).toMatchObject({
      facts: { privileged: false },
      credentials: [{ keyId: 'key:kubernetes:prod-eu/payments/t', expiresAt: null }],
    });
  });

  it('knows what a Secret holds by its digest, and does not ask for it unless it is told to', async () => {
    const [seen] = credentialsIn(await allOf(open()));
    expect(seen).toMatchObject({
      digest: innerDigest(SECRET).toString('base64url'),
      place: { path: 'Secret/payments/db' },
    });
    const accepts: string[] = [];
    const metadataOnly = open((asked) => {
      if (asked.url.includes('/secrets')) accepts.push(asked.headers!['accept']!);
      return answersBy({ ...table, '/api/v1/secrets': { items: [] } })(asked);
    }, false);
    expect(credentialsIn(await allOf(metadataOnly))).toEqual([]);
    expect(accepts).toEqual(['application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io']);
  });
});

describe('a GitHub organisation by its API', () => {
  const table = {
    '/orgs/acme': { login: 'acme' },
    '/orgs/acme/installations': {
      installations: [
        {
          id: 7,
          app_id: 9,
          app_slug: 'renovate',
          repository_selection: 'all',
          permissions: { contents: 'write', workflows: 'write' },
          created_at: '2024-01-02T03:04:05Z',
          suspended_at: null,
        },
      ],
    },
    '/apps/renovate': { owner: { login: 'mend' } },
    '/orgs/acme/actions/secrets': {
      total_count: 1,
      secrets: [{ name: 'NPM_TOKEN', updated_at: '2024-01-02T03:04:05Z', visibility: 'all' }],
    },
    '/orgs/acme/repos': [{ full_name: 'acme/ledger' }],
    '/repos/acme/ledger/keys': [
      {
        id: 3,
        key: `ssh-ed25519 ${publicKey}`,
        title: 'prod deploy',
        read_only: false,
        created_at: '2024-01-02T03:04:05Z',
      },
    ],
  };
  const open = (ask = answersBy(table), token = TOKEN) =>
    github.open(
      { url: 'https://api.github.com', organisation: 'acme', repositories: true },
      { token },
      testTools({ ask }),
    );

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [TOKEN],
    refused: () => open(answersBy({ '/orgs/acme': 401 })),
    away: () => open(away),
  }));

  it('has apps with whose they are, deploy keys with what they open, and secrets by name', async () => {
    const said = await allOf(open());
    expect(accountOf(said, 'renovate')).toMatchObject({
      accountKind: 'installation',
      identifiers: ['github:github.com:installation/7', 'github:github.com:app/9'],
      facts: { thirdParty: true, privileged: true },
    });
    expect(accountOf(said, 'prod deploy (acme/ledger)')).toMatchObject({
      grants: [{ privilege: 'contents:write', resource: 'acme/ledger' }],
      credentials: [
        { publicKey: expect.stringMatching(/^[0-9a-f]{64}$/), keyId: expect.stringMatching(/^ssh-key:SHA256:/) },
      ],
      facts: { environment: 'production' },
    });
    expect(credentialsIn(said)).toMatchObject([{ keyIds: ['key:github:secret/acme/NPM_TOKEN'], digest: null }]);
  });

  it('says which lists it was not let into, so that they do not read as empty', async () => {
    const skipped = (await allOf(open())).filter(({ kind }) => kind === 'skipped');
    expect(skipped).toEqual([
      {
        ...{ kind: 'skipped', path: 'orgs/acme/personal-access-tokens', reason: 'not-offered' },
        hides: 'personal-access-tokens',
      },
      {
        ...{ kind: 'skipped', path: 'orgs/acme/credential-authorizations', reason: 'not-offered' },
        hides: 'credential-authorizations',
      },
      {
        ...{ kind: 'skipped', path: 'repos/acme/ledger/actions/secrets', reason: 'not-permitted' },
        hides: 'repositories/acme/ledger/secrets',
      },
    ]);
  });

  it('says of an app that it may not list tokens, which it could be permitted, and goes on', async () => {
    for (const status of [403, 404]) {
      const ask = answersBy({ ...table, '/orgs/acme/personal-access-tokens': status });
      const said = await allOf(open(ask, `ghs_${TOKEN}`));
      expect(said.find(({ kind }) => kind === 'skipped')).toEqual({
        ...{ kind: 'skipped', path: 'orgs/acme/personal-access-tokens', reason: 'not-permitted' },
        hides: 'personal-access-tokens',
      });
      expect(accountsIn(said)).toHaveLength(2);
    }
  });

  it('fails as a whole where a list breaks off', async () => {
    await expect(allOf(open(answersBy({ ...table, '/repos/acme/ledger/keys': 502 })))).rejects.toMatchObject({
      code: 'source_unreachable',
    });
  });
});

describe('a GitLab group by its API', () => {
  const VALUE = 'canary-Zk3mQ8vXw1pT6yBn5rLd';
  const table = {
    '/api/v4/groups/acme': { id: 1 },
    '/api/v4/groups/acme/projects': [{ id: 5, path_with_namespace: 'acme/ledger' }],
    '/api/v4/groups/acme/access_tokens': [
      {
        id: 11,
        user_id: 12,
        name: 'ci',
        scopes: ['api'],
        access_level: 50,
        active: true,
        expires_at: '2027-01-01',
        created_at: '2024-01-02T03:04:05Z',
        last_used_at: null,
      },
    ],
    '/api/v4/projects/5/variables': [
      { key: 'DB_PASSWORD', value: VALUE, masked: true, variable_type: 'env_var', environment_scope: 'production' },
      { key: 'REGION', value: 'eu', masked: false },
    ],
    '/api/v4/projects/5/deploy_keys': [
      { id: 8, title: 'mirror', key: `ssh-ed25519 ${publicKey} x`, can_push: true, created_at: '2024-01-02T03:04:05Z' },
    ],
  };
  const open = (ask = answersBy(table)) =>
    gitlab.open({ url: 'https://gitlab.com', group: 'acme' }, { token: TOKEN }, testTools({ ask }));

  keepsToTheSourceContract(() => ({
    source: () => open(),
    secrets: [TOKEN, VALUE],
    refused: () => open(answersBy({ '/api/v4/groups/acme': 403 })),
    away: () => open(away),
  }));

  it('says of each part that it was not let into where it stands, as its places are called', async () => {
    const hidden = (await allOf(open())).flatMap((one) => (one.kind === 'skipped' ? [one.hides] : []));
    expect(hidden).toEqual([
      ...['acme/deploy-tokens', 'acme/variables'],
      ...['acme/ledger/access-tokens', 'acme/ledger/deploy-tokens'],
    ]);
  });

  it('has tokens as the users that GitLab makes for them, keys, and secret variables by their digest alone', async () => {
    const said = await allOf(open());
    expect(accountsIn(said).map(({ identifiers }) => identifiers[0])).toEqual([
      'gitlab:gitlab.com:user/12',
      'gitlab:gitlab.com:deploy-key/8',
    ]);
    expect(accountOf(said, 'ci (acme)')).toMatchObject({
      facts: { privileged: true, expiresAt: '2027-01-01T00:00:00.000Z' },
      grants: [{ privilege: 'api', resource: 'acme', through: 'owner' }],
    });
    expect(credentialsIn(said)).toMatchObject([
      { name: 'GitLab CI/CD variable DB_PASSWORD', digest: innerDigest(VALUE).toString('base64url') },
    ]);
  });
});
