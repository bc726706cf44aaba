import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { certificateFor } from '../certificates.js';
import { BASE62, base64, letters } from '../identities/sight.js';
import { factsIn, secretsOf, written } from './files.js';

const PASSWORD = letters(BASE62, 14, 5);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const SPKI = createHash('sha256')
  .update(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }))
  .digest('hex');

describe('a Kubernetes Secret', () => {
  const manifest = (body: string): string =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: payments\n${body}`;

  it('gives the values of data decoded, and those of stringData as they are', () => {
    const text = manifest(
      `data:\n  password: ${base64(PASSWORD)}\n  username: ${base64('settler')}\nstringData:\n  api-token: "${PASSWORD}2"\n`,
    );
    const found = secretsOf('k8s/db.yaml', text);
    expect(found.map(({ secret, within }) => [secret, within])).toEqual([
      [PASSWORD, ['kubernetes-secret', 'base64']],
      [`${PASSWORD}2`, ['kubernetes-secret']],
    ]);
    expect(factsIn(found[0]!, 'kubernetes-secret')).toEqual({
      namespace: 'payments',
      secretName: 'db',
      key: 'password',
      user: 'settler',
    });
    expect(written(text, found[0]!)).toBe(base64(PASSWORD));
  });

  it('is found among several documents, in lists, and in JSON', () => {
    const several = `kind: ConfigMap\ndata:\n  password: nothing\n---\n${manifest(`data: {p: ${base64(PASSWORD)}}`)}`;
    const list = JSON.stringify({
      kind: 'List',
      items: [{ kind: 'Secret', metadata: { name: 'db' }, data: { p: base64(PASSWORD) } }, { kind: 'Pod' }],
    });
    for (const [path, text] of [
      ['a.yml', several],
      ['a.json', list],
    ] as const)
      expect(secretsOf(path, text).map(({ secret }) => secret)).toEqual([PASSWORD]);
  });

  it('of TLS tells the certificate that belongs to its key, and leaves certificates', async () => {
    const certificate = await certificateFor(privateKey, { commonName: 'settler' });
    const text = manifest(
      `type: kubernetes.io/tls\ndata:\n  tls.crt: ${base64(certificate)}\n  tls.key: ${base64(PEM)}\n`,
    );
    const [found, ...rest] = secretsOf('tls.yaml', text);
    expect(rest).toEqual([]);
    expect(found!.rule.kind).toBe('private-key');
    expect(factsIn(found!, 'certificate')).toMatchObject({ commonName: 'settler', spkiSha256: SPKI });
  });

  it('holds a whole environment file, whose secrets it gives, and no settings', () => {
    const file = base64(`PORT=1\nDB_HOST=db.example\nDB_USER=ledger\nDB_PASSWORD=${PASSWORD}\n`);
    const found = secretsOf(
      'a.yaml',
      manifest(
        `data:\n  .env: ${file}\nstringData:\n  engine: postgres\n  type: postgresql\n  provider: rds\n  apiUsername: admin\n  apiAddress: tcp://db\n  auth.username_in: muser\n`,
      ),
    );
    expect(found.map(({ secret, within }) => [secret, within])).toEqual([
      [PASSWORD, ['kubernetes-secret', 'base64', 'dotenv']],
    ]);
    expect(factsIn(found[0]!, 'database')).toMatchObject({ host: 'db.example', user: 'ledger' });
  });

  it('of a registry gives its logins', () => {
    const config = JSON.stringify({ auths: { 'reg.example': { auth: base64(`ci:${PASSWORD}`) } } });
    const text = manifest(`type: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: ${base64(config)}\n`);
    const [found] = secretsOf('pull.yaml', text);
    expect(found!.secret).toBe(PASSWORD);
    expect(factsIn(found!, 'registry')).toEqual({ host: 'reg.example', user: 'ci' });
  });

  it.each([
    ['sealed', 'kind: SealedSecret\nspec:\n  encryptedData:\n    Secret: AgBy\n'],
    ['a template', manifest('data:\n  password: {{ .Values.password | b64enc }}\n')],
    ['a reference', manifest('stringData:\n  password: ${PASSWORD}\n')],
    ['no YAML', `${manifest('data:\n')}\t- : [}{`],
  ])('that is %s gives nothing', (_, text) => expect(secretsOf('a.yaml', text)).toEqual([]));

  it('whose aliases go round in circles, or laugh, is read at once', () => {
    const laughs = [
      'a0: &a0 [x, x]',
      ...Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]`),
    ];
    const text = manifest(`data:\n  password: ${base64(PASSWORD)}\nself: &s\n  again: *s\n${laughs.join('\n')}\n`);
    const before = performance.now();
    expect(secretsOf('a.yaml', text).map(({ secret }) => secret)).toEqual([PASSWORD]);
    expect(performance.now() - before).toBeLessThan(30_000);
  });
});

describe('a kubeconfig', () => {
  it('names cluster, user and groups of each key, token and password', async () => {
    const certificate = await certificateFor(privateKey, { commonName: 'jane', organization: 'system:masters' });
    const token = await new SignJWT({ sub: 'system:serviceaccount:ns:sa' })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    const text = [
      'apiVersion: v1',
      'kind: Config',
      'clusters:',
      '- name: prod',
      '  cluster: {server: "https://K8s.example:6443"}',
      'contexts:',
      '- name: c1',
      '  context: {cluster: prod, user: admin}',
      'users:',
      '- name: admin',
      '  user:',
      `    client-certificate-data: ${base64(certificate)}`,
      `    client-key-data: ${base64(PEM)}`,
      '- name: robot',
      '  user:',
      `    token: ${token}`,
      '- name: old',
      `  user: {username: root, password: "${PASSWORD}"}`,
    ].join('\n');
    const found = secretsOf('.kube/config', text);
    expect(found.map(({ rule, secret }) => [rule.kind, secret.trim()])).toEqual([
      ['private-key', PEM.trim()],
      ['token', token],
      ['password', PASSWORD],
    ]);
    expect(factsIn(found[0]!, 'kubeconfig')).toEqual({ user: 'admin', cluster: 'prod', server: 'k8s.example:6443' });
    expect(factsIn(found[0]!, 'certificate')).toMatchObject({ commonName: 'jane', groups: 'system:masters' });
    expect(factsIn(found[2]!, 'kubeconfig')).toEqual({ user: 'old', server: 'k8s.example:6443', login: 'root' });
  });
});

describe('a key file of Google Cloud', () => {
  it('names the account, the project and the key', () => {
    const file = JSON.stringify(
      {
        type: 'service_account',
        project_id: 'acme-prod',
        private_key_id: 'ABCDEF0123',
        private_key: PEM,
        client_email: 'Settler@acme-prod.iam.gserviceaccount.com',
        client_id: '1234567890',
      },
      null,
      2,
    );
    const [found, ...rest] = secretsOf('keys/settler.json', file);
    expect(rest).toEqual([]);
    expect(found!.secret).toBe(PEM);
    expect(factsIn(found!, 'google-service-account')).toEqual({
      clientEmail: 'settler@acme-prod.iam.gserviceaccount.com',
      project: 'acme-prod',
      keyId: 'abcdef0123',
      clientId: '1234567890',
      spkiSha256: SPKI,
    });
    expect(written(file, found!)).toBe(JSON.stringify(PEM).slice(1, -1));
  });
});

describe('a Terraform state', () => {
  const state = (...resources: readonly unknown[]): string =>
    JSON.stringify({ version: 4, terraform_version: '1.9.0', lineage: 'x', resources, outputs: {} }, null, 2);
  const resource = (type: string, attributes: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
    mode: 'managed',
    type,
    name: 'this',
    instances: [{ attributes, ...more }],
  });

  it('gives an AWS key with its account and user', () => {
    const text = state({
      ...resource('aws_iam_access_key', { id: 'ASIAQNZGKIQY56JQ7WML', secret: PASSWORD, user: 'ci' }),
      module: 'module.ci',
    });
    const [found, ...rest] = secretsOf('terraform.tfstate', text);
    expect(rest).toEqual([]);
    expect(found!.secret).toBe(PASSWORD);
    expect(factsIn(found!, 'terraform')).toMatchObject({
      resource: 'module.ci.aws_iam_access_key.this.secret',
      user: 'ci',
    });
    expect(factsIn(found!, 'aws-key-id')!['account']).toBe('029608264753');
    expect(factsIn(found!, 'aws-user')).toEqual({ user: 'ci' });
    expect(written(text, found!)).toBe(PASSWORD);
  });

  it.each([
    ['random_password', { result: PASSWORD }, 'terraform', { resource: 'random_password.this.result' }],
    [
      'azuread_application_password',
      { value: PASSWORD, key_id: 'k-1', application_id: 'APP-1', display_name: 'ci' },
      'azure-application',
      { clientId: 'app-1', keyId: 'k-1', hint: PASSWORD.slice(0, 3) },
    ],
    [
      'aws_db_instance',
      { password: PASSWORD, username: 'root', address: 'Db.example', port: 5432, engine: 'postgres', db_name: 'pay' },
      'database',
      { system: 'postgresql', user: 'root', host: 'db.example', port: '5432', database: 'pay' },
    ],
    ['tls_private_key', { private_key_pem: PEM }, 'private-key', { spkiSha256: SPKI }],
    ['postgresql_role', { name: 'settler', password: PASSWORD }, 'database', { system: 'postgresql', user: 'settler' }],
  ])('gives the secret of %s with whose it is', (type, attributes, from, facts) => {
    const [found, ...rest] = secretsOf('prod.tfstate', state(resource(type, attributes)));
    expect(rest).toEqual([]);
    expect(factsIn(found!, from)).toMatchObject(facts);
  });

  it('gives the key file within a Google key, which is base64', () => {
    const file = { type: 'service_account', private_key: PEM, client_email: 'a@b.iam.gserviceaccount.com' };
    const [found] = secretsOf(
      'a.tfstate',
      state(resource('google_service_account_key', { private_key: base64(file) })),
    );
    expect(found!.secret).toBe(PEM);
    expect(factsIn(found!, 'google-service-account')).toMatchObject({
      clientEmail: 'a@b.iam.gserviceaccount.com',
      project: 'b',
    });
  });

  it('gives whatever its provider marked as sensitive, and outputs that are', () => {
    const marks = [
      [
        { type: 'get_attr', value: 'settings' },
        { type: 'get_attr', value: 'key' },
      ],
    ];
    const other = state(
      resource('acme_thing', { settings: { key: PASSWORD, name: 'x' } }, { sensitive_attributes: marks }),
    );
    expect(secretsOf('a.tfstate', other).map(({ secret }) => secret)).toEqual([PASSWORD]);
    const outputs = {
      version: 4,
      terraform_version: '1.9.0',
      resources: [],
      outputs: { a: { value: PASSWORD, sensitive: true }, b: { value: 'open' } },
    };
    const [found, ...rest] = secretsOf('a.tfstate', JSON.stringify(outputs));
    expect(rest).toEqual([]);
    expect(factsIn(found!, 'terraform')).toEqual({ resource: 'output.a' });
  });

  it.each([
    ['cut short', state(resource('random_password', { result: PASSWORD })).slice(0, -10)],
    ['nested deeper than anybody writes', `{"terraform_version":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('that is %s gives nothing', (_, text) => expect(secretsOf('a.tfstate', text)).toEqual([]));
});
