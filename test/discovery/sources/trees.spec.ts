import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { innerDigest } from '../../../src/discovery/domain/fingerprint.js';
import { sshWire } from '../../../src/discovery/identities/ssh-wire.js';
import { RULES } from '../../../src/discovery/rules/index.js';
import { Codeowners } from '../../../src/discovery/sources/documents/codeowners.js';
import { CODE_DOCUMENTS } from '../../../src/discovery/sources/documents/index.js';
import { exports } from '../../../src/discovery/sources/exports.js';
import { files } from '../../../src/discovery/sources/files.js';
import { git } from '../../../src/discovery/sources/git.js';
import { readRemote } from '../../../src/discovery/sources/git/remote.js';
import { image } from '../../../src/discovery/sources/image.js';
import { passedOver } from '../../../src/discovery/sources/looking/look.js';
import { filesAtHead, filesBelow, type TreeFile } from '../../../src/discovery/sources/looking/tree.js';
import { certificateFor } from '../certificates.js';
import { GitRepository } from '../git-repository.js';
import { dockerArchive, tarOf } from '../images/tars.js';
import { seeded } from '../scan/made-rules.js';
import {
  accountOf,
  accountsIn,
  allOf,
  credentialsIn,
  endOf,
  keepsToTheSourceContract,
  testTools,
} from './source-contract.js';

const token = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(21));
const publicKey = sshWire(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }))!.toString('base64');

const WORKFLOW = `
name: release
on: [pull_request_target]
permissions: write-all
jobs:
  ship:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: actions/checkout@v4
        with: { ref: '\${{ github.event.pull_request.head.sha }}' }
      - uses: aws-actions/configure-aws-credentials@v4
        with: { role-to-assume: 'arn:aws:iam::029608264753:role/deploy' }
      - run: npm publish
        env: { NODE_AUTH_TOKEN: '\${{ secrets.NPM_TOKEN }}' }
`;
const MANIFEST = `
apiVersion: v1
kind: ServiceAccount
metadata: { name: ledger, namespace: payments }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: all }
roleRef: { kind: ClusterRole, name: everything }
subjects: [{ kind: ServiceAccount, name: ledger, namespace: payments }]
`;
const ROLE = `{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"everything"},"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]}`;
const STATE = JSON.stringify({
  version: 4,
  terraform_version: '1.9.0',
  lineage: 'x',
  resources: [
    {
      mode: 'managed',
      type: 'aws_iam_access_key',
      name: 'ci',
      instances: [{ attributes: { id: 'AKIAQNZGKIQY56JQ7WML', user: 'ci', status: 'Active' } }],
    },
  ],
});
const TRUST = JSON.stringify({
  Statement: [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: 'arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com' },
      Condition: { StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' } },
    },
  ],
});

let root: string;
let repository: GitRepository;

const write = (name: string, content: string | Buffer) => {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const tools = (more = {}) =>
  testTools({ folders: [root, realpathSync(repository.folder)], ownFolder: path.join(root, 'own'), ...more });

beforeAll(async () => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'muster-trees-')));
  repository = GitRepository.create();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const tree = {
    'app/.env': `GITHUB_TOKEN=${token}\n`,
    '.github/CODEOWNERS': '* @acme/all\n/app/ @acme/payments\n',
    '.github/workflows/release.yml': WORKFLOW,
    'deploy/ledger.yaml': MANIFEST,
    'deploy/role.json': ROLE,
    'infra/prod.tfstate': STATE,
    'infra/trust.json': TRUST,
    'home/deploy/.ssh/authorized_keys': `from="10.0.0.1" ssh-ed25519 ${publicKey} ops@laptop\n`,
    'etc/tls/ledger.pem': await certificateFor(privateKey, { commonName: 'ledger', serial: '0a1b' }),
  };
  for (const [name, content] of Object.entries(tree)) write(`tree/${name}`, content);
  repository.commit(tree);
  repository.commit({ 'app/.env': 'GITHUB_TOKEN=from the vault\n' });
});
afterAll(() => {
  repository.remove();
  rmSync(root, { recursive: true, force: true });
});

const open = (folder = path.join(root, 'tree'), more = {}) =>
  files.open({ path: folder, documents: [...CODE_DOCUMENTS], secrets: true }, null, tools(more));

describe('a file tree', () => {
  keepsToTheSourceContract(() => ({ source: () => open(), secrets: [token] }));

  it('has secrets with who answers for the file, by the line of CODEOWNERS that fits last', async () => {
    const seen = credentialsIn(await allOf(open())).find(({ rule }) => rule === 'github-pat-classic')!;
    expect(seen).toMatchObject({
      digest: innerDigest(token).toString('base64url'),
      guessable: false,
      place: { path: 'app/.env', line: 1 },
    });
    expect(seen.clues.find(({ from }) => from === 'codeowners')?.facts).toEqual({ owners: '@acme/payments' });
  });

  it('has workflows with what they may, the secrets they are handed, and why that is too much', async () => {
    expect(accountOf(await allOf(open()), 'release (release.yml)')).toMatchObject({
      grants: [{ privilege: '*', through: 'permissions of the workflow' }],
      credentials: [{ keyId: 'key:github:secret/acme/NPM_TOKEN' }],
      facts: {
        privileged: true,
        environment: 'production',
        more: {
          awsRole: 'arn:aws:iam::029608264753:role/deploy',
          tooWide:
            'Its token may write everything (write-all). It runs a stranger’s code with its own secrets (pull_request_target).',
        },
      },
    });
  });

  it('puts together what one manifest grants to what another names', async () => {
    expect(accountOf(await allOf(open()), 'payments/ledger')).toMatchObject({
      identifiers: ['kubernetes:acme:payments/ledger'],
      grants: [{ privilege: '*', resource: '*', through: 'ClusterRole everything' }],
      facts: { privileged: true },
    });
  });

  it('has what Terraform made, roles that trust too many, keys that let somebody in, and certificates', async () => {
    const said = await allOf(open());
    expect(accountOf(said, 'ci')).toMatchObject({
      identifiers: ['aws:029608264753:user/ci'],
      credentials: [{ keyId: 'aws-key:AKIAQNZGKIQY56JQ7WML' }],
    });
    expect(accountOf(said, 'infra/trust.json').facts.more['tooWide']).toBe(
      'Any subject of token.actions.githubusercontent.com may take it on.',
    );
    expect(credentialsIn(said).find(({ rule }) => rule === 'authorized-key')).toMatchObject({
      place: { path: 'home/deploy/.ssh/authorized_keys', line: 1 },
      clues: [{ facts: { opens: 'deploy', comment: 'ops@laptop' } }, {}],
    });
    expect(credentialsIn(said).find(({ rule }) => rule === 'x509-certificate')).toMatchObject({ serials: ['a1b'] });
  });

  it.each([
    ['a folder that nobody opened', '/etc', 'folder_not_allowed'],
    ['one that is not there', 'gone', 'source_missing'],
  ])('refuses %s', async (_what, folder, code) => {
    await expect(allOf(open(path.resolve(root, folder)))).rejects.toMatchObject({ code });
  });

  it('tells of hostile documents that they were passed over, and reads the others', async () => {
    write('hostile/deep.json', `{"Statement":"sts:AssumeRole","a":${'['.repeat(5000)}`);
    write('hostile/.github/workflows/bomb.yml', `jobs: ${'['.repeat(500)}\n`);
    write('hostile/ok.pem', 'no certificate');
    const said = await allOf(open(path.join(root, 'hostile')));
    expect(said.filter(({ kind }) => kind === 'skipped')).toMatchObject([
      { reason: 'unreadable-github-workflow', hides: '.github/workflows/bomb.yml' },
      { reason: 'unreadable-trust-policy', hides: 'deep.json' },
    ]);
    expect(endOf(said)).toMatchObject({ kind: 'end', complete: true });
  });

  it('says of a document that is larger than is read what stood there for all that it knows', async () => {
    write('large/prod.tfstate', '');
    truncateSync(path.join(root, 'large/prod.tfstate'), 64 * 1024 * 1024 + 1);
    const said = await allOf(exports.open({ path: path.join(root, 'large') }, null, tools()));
    expect(said[0]).toEqual({
      ...{ kind: 'skipped', path: 'prod.tfstate', reason: 'too-large', hides: 'prod.tfstate' },
    });
  });
});

describe('a repository', () => {
  const settings = () => ({ path: realpathSync(repository.folder), documents: [...CODE_DOCUMENTS] });
  let turn = 0;
  const anew = () => git.open(settings(), null, tools({ ownFolder: path.join(root, `own-${(turn += 1)}`) }));

  keepsToTheSourceContract(() => ({ source: anew, secrets: [token] }));

  it('has what was committed and taken out again, by whom, and accounts as its branch has them', async () => {
    const said = await allOf(anew());
    const [seen] = credentialsIn(said).filter(({ rule }) => rule === 'github-pat-classic');
    expect(seen).toMatchObject({
      digest: innerDigest(token).toString('base64url'),
      place: { path: 'app/.env', commit: { author: expect.stringContaining('Ada') }, commitCount: 1 },
    });
    expect(
      accountsIn(said)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['ci', 'infra/trust.json', 'payments/ledger', 'release (release.yml)']);
  });

  it('says nothing again where nothing has moved, and all of it to who asks for all', async () => {
    const source = git.open(settings(), null, tools({ ownFolder: path.join(root, 'own-kept') }));
    const first = await allOf(source);
    const again = await allOf(source, endOf(first).cursor);
    expect(again).toEqual([{ kind: 'end', cursor: endOf(first).cursor, complete: false, coverage: 'nothing new' }]);
    expect(credentialsIn(await allOf(source))).toEqual(credentialsIn(first));
  });

  it.each([
    ['a blob that is not there', 'HEAD~1:old.env', (file: string) => rmSync(file), 'missing'],
    ['one that is broken', 'HEAD~1:old.env', (file: string) => writeFileSync(file, 'no zlib'), 'corrupt'],
    [
      'a folder of objects',
      'HEAD~1:old.env',
      (file: string) => (rmSync(path.dirname(file), { recursive: true }), writeFileSync(path.dirname(file), '')),
      'unreadable',
    ],
    ['a broken commit', 'HEAD~1', (file: string) => writeFileSync(file, 'no zlib'), 'commits-unreadable'],
  ])('of whose history %s says nothing of what stood anywhere', async (_what, revision, damage, reason) => {
    const damaged = GitRepository.create();
    try {
      damaged.commit({ 'old.env': `GITHUB_TOKEN=${token}\n` });
      damaged.commit({ 'old.env': 'GITHUB_TOKEN=from the vault\n' });
      const id = damaged.git('rev-parse', revision);
      const file = path.join(damaged.folder, '.git', 'objects', id.slice(0, 2), id.slice(2));
      chmodSync(file, 0o600);
      damage(file);
      const folder = realpathSync(damaged.folder);
      const given = { folders: [folder], ownFolder: path.join(root, `own-${(turn += 1)}`) };
      const said = await allOf(git.open({ path: folder, documents: [] }, null, tools(given)));
      const skipped = said.filter(({ kind }) => kind === 'skipped');
      expect(skipped).toContainEqual(expect.objectContaining({ reason, hides: '' }));
    } finally {
      damaged.remove();
    }
  });

  it('whose own files lead out of what was opened is refused', async () => {
    write('worktree/.git', `gitdir: ${path.join(realpathSync(repository.folder), '.git')}\n`);
    const source = git.open(
      { ...settings(), path: path.join(root, 'worktree') },
      null,
      tools({ folders: [path.join(root, 'worktree')] }),
    );
    await expect(allOf(source)).rejects.toMatchObject({ code: 'folder_not_allowed' });
  });

  it.each([
    'file:///etc',
    'ext::sh -c id',
    'https://user:secret@host/x',
    'ssh://-oProxyCommand=id/x',
    'https://host/x?y',
    'git@host:--upload-pack=id;x',
    '/etc',
  ])('is not fetched from %s', (url) => {
    expect(() => readRemote(url)).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
  });

  it.each([
    ['git@git.example:acme/ledger.git', 'ssh://git@git.example:22/acme/ledger.git'],
    ['https://git.example/acme/ledger', 'https://git.example:443/acme/ledger'],
  ])('is fetched from %s', (url, read) => {
    expect(readRemote(url).url).toBe(read);
  });
});

it('documents beyond as many as are read are named, without what they say', async () => {
  const made = GitRepository.create();
  try {
    made.commit({ 'a.tf': 'a', 'b.tf': 'b', 'c.txt': 'c' });
    const isWanted = (name: string) => name.endsWith('.tf');
    const said = (file: TreeFile) => [file.path, file.bytes ? Buffer.from(file.bytes).toString() : file.reason];
    const below = [...filesBelow(made.folder, isWanted, () => undefined, 1)].map(said);
    const atHead: unknown[] = [];
    for await (const file of filesAtHead(made.folder, isWanted, 1)) atHead.push(said(file));
    expect([below, atHead]).toEqual(
      Array.from({ length: 2 }, () => [
        ['a.tf', 'a'],
        ['b.tf', 'too-many'],
      ]),
    );
  } finally {
    made.remove();
  }
});

it('a document that is gone when its turn comes is no longer there, and was not passed over', () => {
  for (const name of ['a.tf', 'b.tf', 'c.tf']) write(`going/${name}`, name);
  const read: string[] = [];
  for (const { path: name } of filesBelow(
    path.join(root, 'going'),
    () => true,
    () => undefined,
  )) {
    read.push(name);
    rmSync(path.join(root, 'going', 'b.tf'), { force: true });
  }
  expect(read).toEqual(['a.tf', 'c.tf']);
});

describe('a repository elsewhere', () => {
  let server: Server;
  let url: string;
  const PASSWORD = 'canary-of-the-remote';
  const heard: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      heard.push(request.headers.authorization);
      const wanted = `Basic ${Buffer.from(`git:${PASSWORD}`).toString('base64')}`;
      if (request.headers.authorization !== wanted)
        return void response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      const { pathname, search } = new URL(request.url!, 'http://localhost');
      const cgi = spawn('git', ['http-backend'], {
        env: {
          PATH: process.env['PATH'],
          GIT_PROJECT_ROOT: path.dirname(repository.folder),
          GIT_HTTP_EXPORT_ALL: '1',
          PATH_INFO: pathname.replace('/acme.git', `/${path.basename(repository.folder)}`),
          QUERY_STRING: search.slice(1),
          REQUEST_METHOD: request.method!,
          CONTENT_TYPE: request.headers['content-type'] ?? '',
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
          GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        },
      });
      request.pipe(cgi.stdin);
      let said = Buffer.alloc(0);
      cgi.stdout.on('data', (chunk: Buffer) => (said = Buffer.concat([said, chunk])));
      cgi.on('close', () => {
        const end = said.indexOf('\r\n\r\n');
        const headers = said
          .toString('latin1', 0, end)
          .split('\r\n')
          .map((line) => line.split(': '));
        const status = Number(headers.find(([name]) => name === 'Status')?.[1]?.split(' ')[0] ?? 200);
        response.writeHead(
          status,
          Object.fromEntries(headers.filter(([name]) => name !== 'Status')) as Record<string, string>,
        );
        response.end(said.subarray(end + 4));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://git.example:${(server.address() as AddressInfo).port}/acme.git`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const remote = (access: object | null, way = ['127.0.0.1']) =>
    git.open({ url, documents: [] }, access, {
      ...tools({ ownFolder: path.join(root, 'own-remote') }),
      wayTo: () => Promise.resolve({ addresses: way, caCertificates: null, ownNetwork: true }),
    });

  it('is fetched from the address that was judged, whatever its name says, and read like one that lies here', async () => {
    const said = await allOf(remote({ token: PASSWORD }));
    expect(credentialsIn(said).some(({ rule }) => rule === 'github-pat-classic')).toBe(true);
    expect(await allOf(remote({ token: PASSWORD }), endOf(said).cursor)).toMatchObject([{ coverage: 'nothing new' }]);
  });

  it('that refuses, or is away, says so', async () => {
    await expect(allOf(remote({ token: 'another' }))).rejects.toMatchObject({ code: 'source_refused' });
    await expect(allOf(remote({ token: PASSWORD }, ['127.0.0.2']))).rejects.toMatchObject({
      code: 'source_unreachable',
    });
  });
});

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'a repository elsewhere is fetched no more once we are ended by %s',
  async (signal) => {
    const program = write(
      'bin/git',
      '#!/bin/sh\n[ "$1" = version ] && exec echo git version 2.45.0\nsleep 600 > "$0.open" &\nwait\n',
    );
    chmodSync(program, 0o700);
    rmSync(`${program}.open`, { force: true });
    execFileSync('mkfifo', [`${program}.open`]);
    const held = createReadStream(`${program}.open`).resume();
    const code = `import { fetchMirror } from '${pathToFileURL(path.resolve('src/discovery/sources/git/mirror.ts')).href}';
    const stopping = new AbortController();
    process.once('SIGTERM', () => stopping.abort());
    const way = { addresses: ['127.0.0.1'], caCertificates: null, signal: stopping.signal };
    const remote = { scheme: 'http', host: 'git.example', port: 80, user: null, url: 'http://git.example/a' };
    await fetchMirror(process.argv[1], remote, {}, way);`;
    const loader = path.resolve('test/harness/native/typescript.js');
    const fetching = spawn(
      process.execPath,
      ['--import', loader, '--input-type=module', '-e', code, path.dirname(write('mirror.git/HEAD', ''))],
      { env: { PATH: `${path.dirname(program)}:${process.env['PATH']}` }, stdio: 'ignore' },
    );
    await once(held, 'open');
    fetching.kill(signal);
    await once(held, 'end');
  },
);

describe('an image', () => {
  it('is looked through, layer by layer', async () => {
    const file = write('image.tar', dockerArchive([tarOf({ name: 'etc/app.conf', content: `key = ${token}\n` })]));
    const said = await allOf(image.open({ path: file }, null, tools()));
    expect(credentialsIn(said)).toMatchObject([{ rule: 'github-pat-classic', place: { path: 'etc/app.conf' } }]);
    const layer = tarOf({ name: 'etc/app.conf', content: 'x' }).subarray(0, 700);
    const broken = await allOf(image.open({ path: write('broken.tar', dockerArchive([layer])) }, null, tools()));
    expect(broken.filter(({ kind }) => kind === 'skipped')).toMatchObject([{ reason: 'corrupt', hides: '' }]);
    const none = image.open({ path: write('none.tar', 'no image') }, null, tools());
    await expect(allOf(none)).rejects.toMatchObject({ code: 'source_malformed' });
  });
});

const FILES = { kind: 'paths', paths: ['.'], followIgnores: false } as const;
const HISTORY = { kind: 'history', folder: '.' } as const;
const IMAGE = { kind: 'image', file: 'image.tar' } as const;

it.each([
  [HISTORY, 'changed-while-read'],
  [HISTORY, 'chain-too-long'],
  [HISTORY, 'commits-unreadable'],
  [HISTORY, 'corrupt'],
  [HISTORY, 'missing'],
  [HISTORY, 'too-many-packs'],
  [HISTORY, 'unreadable'],
  [IMAGE, 'archive-bomb'],
  [IMAGE, 'compression-unknown'],
])('of %j what is %s may have stood anywhere, and of files stood where it is', (what, reason) => {
  const skipped = { path: 'a part', reason };
  expect(passedOver(what, skipped)).toMatchObject({ hides: '' });
  expect(passedOver(FILES, skipped)).toMatchObject({ hides: 'a part' });
});

it('of files whose folder cannot be read any may be there', () => {
  expect(passedOver(FILES, { path: '.', reason: 'unreadable' })).toMatchObject({ hides: '' });
});

it.each(['binary', 'config-unreadable', 'installed', 'link-outside'])('what is %s hides nothing', (reason) => {
  expect(passedOver(HISTORY, { path: 'a part', reason })).toEqual({ kind: 'skipped', path: 'a part', reason });
});

describe('exports', () => {
  const read = async (name: string, content: string) => {
    rmSync(path.join(root, 'exports'), { recursive: true, force: true });
    write(`exports/${name}`, content);
    return allOf(exports.open({ path: path.join(root, 'exports') }, null, tools()));
  };

  it('of AWS: a credential report, without ids of keys', async () => {
    const report = [
      'user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date',
      '<root_account>,arn:aws:iam::029608264753:root,2020-01-01T00:00:00+00:00,not_supported,no_information,true,false,N/A,N/A',
      'ci,arn:aws:iam::029608264753:user/ci,2020-01-01T00:00:00+00:00,false,N/A,false,true,2021-01-01T00:00:00+00:00,2026-11-01T00:00:00+00:00',
    ].join('\n');
    const said = await read('report.csv', report);
    expect(accountOf(said, 'root').facts).toMatchObject({ privileged: true, human: true });
    expect(accountOf(said, 'ci')).toMatchObject({
      identifiers: ['aws:029608264753:user/ci'],
      credentials: [{ keyId: null, lastUsedAt: '2026-11-01T00:00:00.000Z' }],
      facts: { human: false, disabled: false },
    });
  });

  it.each([
    [
      'Azure applications',
      [
        {
          appId: '11111111-2222-3333-4444-555555555555',
          id: '66666666-7777-8888-9999-000000000000',
          displayName: 'ledger',
          passwordCredentials: [{ keyId: 'ABC', hint: 'x1Y', endDateTime: '2027-01-01T00:00:00Z' }],
        },
      ],
      {
        identifiers: [
          'azure:11111111-2222-3333-4444-555555555555',
          'azure-principal:66666666-7777-8888-9999-000000000000',
        ],
        credentials: [{ keyId: 'key:azure:abc', expiresAt: '2027-01-01T00:00:00.000Z' }],
      },
    ],
    [
      'Google service accounts',
      [{ email: 'Ledger@acme.iam.gserviceaccount.com', uniqueId: '117', projectId: 'acme', displayName: 'ledger' }],
      { system: 'google acme', identifiers: ['google:ledger@acme.iam.gserviceaccount.com', 'google-client:117'] },
    ],
    [
      'Google keys',
      [
        {
          name: 'projects/acme/serviceAccounts/l@acme.iam.gserviceaccount.com/keys/0a1b2c3d4e',
          keyType: 'USER_MANAGED',
          validBeforeTime: '9999-12-31T23:59:59Z',
        },
      ],
      {
        identifiers: ['google:l@acme.iam.gserviceaccount.com'],
        credentials: [{ keyId: 'key:google:0a1b2c3d4e', expiresAt: null }],
      },
    ],
    [
      'a Google policy',
      { bindings: [{ role: 'roles/owner', members: ['serviceAccount:l@acme.iam.gserviceaccount.com', 'user:a@b.c'] }] },
      { grants: [{ privilege: 'roles/owner', resource: 'projects/acme' }], facts: { privileged: true } },
    ],
    [
      'lists of access keys',
      { AccessKeyMetadata: [{ UserName: 'ci', AccessKeyId: 'AKIAQNZGKIQY56JQ7WML', Status: 'Inactive' }] },
      { identifiers: ['aws:029608264753:user/ci'], credentials: [{ active: false }] },
    ],
  ])('of %s are known by what is in them, whatever the file is called', async (_what, document, wanted) => {
    expect(accountsIn(await read('x.json', JSON.stringify(document)))).toMatchObject([wanted]);
  });

  it('that are cut short are passed over and said to be, for they are not empty', async () => {
    expect(await read('x.json', '[{"appId": "1111')).toMatchObject([
      { kind: 'skipped', path: 'x.json', reason: 'unreadable-export', hides: 'x.json' },
      { kind: 'end' },
    ]);
  });
});

describe('CODEOWNERS', () => {
  it.each([
    ['*.ts @a', 'src/x.ts', '@a'],
    ['/docs/ @a', 'docs/x/y.md', '@a'],
    ['docs/* @a', 'docs/x/y.md', null],
    ['apps/**/secrets @a', 'apps/x/y/secrets/z', '@a'],
    ['* @a\n/x @b', 'x', '@b'],
    ['* @a\n/x', 'x', null],
    ['**/logs/*.t?t @a', 'x/y/logs/a.txt', '@a'],
    ['/*.md @a', 'docs/x.md', null],
    ['apps/** @a', 'apps', null],
    ['a**z @a', 'b/a/az/q', '@a'],
    [`${'*a'.repeat(50)} @a`, 'a'.repeat(200), '@a'],
  ])('%s of %s', (text, file, owners) => {
    expect(Codeowners.read(text).ownersOf(file)).toBe(owners);
  });
});
