import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RULES } from '../../../src/discovery/rules/index.js';
import { dockerArchive, tarOf } from '../../discovery/images/tars.js';
import { seeded } from '../../discovery/scan/made-rules.js';
import { eventually, type Scene } from './scene.js';

interface LookedAt {
  readonly id: string;
  readonly run: { readonly state: string; readonly observed: number; readonly failure: string | null } | null;
}

const GIT = {
  PATH: process.env['PATH'] ?? '',
  ...{ GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_AUTHOR_EMAIL: 'a@example.com' },
  ...{ GIT_AUTHOR_NAME: 'A', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@example.com' },
};

/**
 * Sources with secrets in what they hold and in what opens them, each looked at until that is over: those of files, repositories,
 * exports, images and a database see what was planted; what speaks over a network is away, and says so.
 *
 * @param folder that the service may read
 * @returns the sources that see something
 */
export async function lookAtPlantedSources(scene: Scene, folder: string): Promise<readonly LookedAt[]> {
  const at = (...names: readonly string[]) => path.join(folder, ...names);
  await plantFiles(scene, at('files'));
  await plantRepository(scene, at('repository'));
  await plantExports(scene, at('exports'));
  await writeFile(at('image.tar'), image(scene));
  const seen = [
    await add(scene, 'files', { path: at('files') }),
    await add(scene, 'git', { path: at('repository') }),
    await add(scene, 'exports', { path: at('exports') }),
    await add(scene, 'image', { path: at('image.tar') }),
    await add(scene, 'postgresql', {}, { url: await serverUrl(scene) }),
  ];
  const opens = (what: string) => scene.secrets.word(`what opens a source of ${what}`);
  const api = { url: 'https://127.0.0.1:1' };
  const away = [
    await add(scene, 'github', { ...api, organisation: 'acme' }, { token: opens('GitHub') }),
    await add(scene, 'gitlab', { ...api, group: 'acme' }, { token: opens('GitLab') }),
    await add(scene, 'kubernetes', { ...api, secrets: true }, { token: opens('Kubernetes') }),
    await add(scene, 'aws-iam', api, { accessKeyId: 'AKIAQYLPMN5HHHFPZAM2', secretAccessKey: opens('AWS') }),
    await add(scene, 'redis', {}, { url: `rediss://muster:${opens('Redis')}@127.0.0.1:1` }),
    await add(scene, 'mysql', {}, { url: `mysql://muster:${opens('MySQL')}@127.0.0.1:1` }),
    await add(scene, 'git', { url: 'https://127.0.0.1:1/acme/shop.git' }, { token: opens('a repository') }),
  ];
  await Promise.all(away.map((id) => lookedAt(scene, id)));
  return Promise.all(seen.map((id) => lookedAt(scene, id)));
}

/** What people are answered of what was found. */
export async function answersAbout(scene: Scene, sources: readonly LookedAt[]): Promise<Buffer> {
  const { visitor } = scene.analyst;
  const answers: Buffer[] = [];
  const read = async (url: string) => {
    const reply = await visitor.call('GET', url);
    answers.push(reply.bytes);
    return reply.body as { readonly items?: readonly { readonly id: string }[] };
  };
  for (const { id } of sources) {
    for (const one of [`/v1/sources/${id}`, `/v1/sources/${id}/runs`, `/v1/findings/facets?sourceId=${id}`])
      await read(one);
    const { items = [] } = await read(`/v1/findings?state=any&limit=200&sourceId=${id}`);
    for (const finding of items)
      for (const part of ['', '/places', '/events', '/draft', '/posture'])
        await read(`/v1/findings/${finding.id}${part}`);
    if (items[0])
      answers.push((await visitor.call('POST', `/v1/findings/${items[0].id}/comments`, { words: 'Seen.' })).bytes);
  }
  await read('/v1/audit/records?limit=200&type=source.observed');
  return Buffer.concat(answers);
}

/** Three that rules know, and a key. */
function secretLines(scene: Scene, where: string): string {
  const pat = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar.make(seeded(where.length + 77));
  const password = scene.secrets.word(`a password that was planted in ${where}`);
  const awsSecret = randomBytes(30).toString('base64');
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
  scene.secrets.keep(`a token that was planted in ${where}`, pat);
  // Of GitHub's tokens that is what its audit log calls them; of this one it is nobody else's.
  scene.secrets.keep(`the digest of an AWS secret that was planted in ${where}`, sha256(awsSecret));
  scene.secrets.keep(`a private key that was planted in ${where}`, pem.split('\n')[1]!);
  scene.secrets.keep(`an AWS secret that was planted in ${where}`, awsSecret);
  return [
    `GITHUB_TOKEN=${pat}`,
    `DATABASE_URL=postgresql://app:${password}@db.firm.internal:5432/app`,
    'AWS_ACCESS_KEY_ID=AKIAQYLPMN5HFIQR7XYA',
    `AWS_SECRET_ACCESS_KEY=${awsSecret}`,
    pem,
  ].join('\n');
}

async function plantFiles(scene: Scene, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'app.env'), secretLines(scene, 'files'));
  const hidden = scene.secrets.word('a password that was planted in a manifest');
  const data = Buffer.from(`postgresql://app:${hidden}@db.firm.internal/app`).toString('base64');
  const manifest = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\ndata:\n  url: ${data}\n`;
  await writeFile(path.join(folder, 'secret.yaml'), manifest);
}

async function plantRepository(scene: Scene, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const git = (...words: readonly string[]) => execFileSync('git', words, { cwd: folder, env: GIT });
  git('init', '-q');
  await writeFile(path.join(folder, 'deploy.env'), secretLines(scene, 'a repository'));
  git('add', '-A');
  git('commit', '-q', '-m', 'change');
  git('rm', '-q', 'deploy.env');
  git('commit', '-q', '-m', 'taken away');
}

async function plantExports(scene: Scene, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const secret = scene.secrets.word('a secret that was planted in a Terraform state');
  const attributes = {
    id: 'AKIAQYLPMN5HHHFPZAM4',
    user: 'ci',
    secret,
    status: 'Active',
    create_date: '2026-01-01T00:00:00Z',
  };
  const resource = {
    ...{ mode: 'managed', type: 'aws_iam_access_key', name: 'ci' },
    provider: 'provider["registry.terraform.io/hashicorp/aws"]',
    instances: [{ schema_version: 0, attributes }],
  };
  const state = { version: 4, terraform_version: '1.9.0', serial: 1, lineage: 'x', outputs: {}, resources: [resource] };
  await writeFile(path.join(folder, 'terraform.tfstate'), JSON.stringify(state));
}

function image(scene: Scene): Buffer {
  const layer = tarOf({ name: 'etc/app.env', content: secretLines(scene, 'an image') });
  return dockerArchive([layer], {
    config: { Env: [`TOKEN=${scene.secrets.word('a word in an image’s environment')}`] },
  });
}

/** As a role of the service's own database. */
async function serverUrl(scene: Scene): Promise<string> {
  const password = scene.secrets.word('the password of a source');
  const role = await scene.databaseRole(`LOGIN PASSWORD '${password}'`);
  return String((await scene.targetAs(role, password))['url']);
}

async function add(scene: Scene, kind: string, settings: object, access?: object): Promise<string> {
  const privateNetwork = { reason: 'It runs in this test.' };
  const body = { name: `planted ${kind} ${Math.random()}`, kind, settings, ...(access && { access }), privateNetwork };
  return (await scene.administrator.visitor.post<{ id: string }>('/v1/sources', body)).id;
}

async function lookedAt(scene: Scene, id: string): Promise<LookedAt> {
  const { visitor } = scene.analyst;
  await visitor.post(`/v1/sources/${id}/runs`, {});
  const isOver = async () => {
    const { run } = await visitor.get<LookedAt>(`/v1/sources/${id}`);
    return run?.state === 'finished' || run?.state === 'failed';
  };
  await eventually(isOver, `the look at ${id} to be over`);
  return visitor.get<LookedAt>(`/v1/sources/${id}`);
}

function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
