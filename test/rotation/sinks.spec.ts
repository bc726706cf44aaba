import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { file } from '../../src/rotation/sinks/file.js';
import { awsPlace } from './places/aws.js';
import { githubPlace } from './places/github.js';
import { gitlabPlace } from './places/gitlab.js';
import { kubernetesPlace } from './places/kubernetes.js';
import { vaultPlace } from './places/vault.js';
import { deliveryOf, keepsToTheSinkContract, type Place, ROTATION_ID, testTools } from './sink-contract.js';

async function filePlace(): Promise<Place> {
  const folder = await mkdtemp(path.join(tmpdir(), 'muster-sink-'));
  const at = path.join(folder, 'password');
  const settings = file.settings.parse({ path: at });
  return {
    empty: () => rm(at, { force: true }),
    sink: () => file.open(settings, null, ROTATION_ID, testTools({ folders: [folder] })),
    standing: () => readFile(at, 'utf8').catch(() => undefined),
    meddle: () => writeFile(at, 'theirs'),
    ...{ marks: false, checks: false },
    close: () => rm(folder, { recursive: true }),
  };
}

keepsToTheSinkContract('a file', filePlace);
keepsToTheSinkContract('a Kubernetes Secret', kubernetesPlace);
keepsToTheSinkContract('a KV secret of Vault', vaultPlace);
keepsToTheSinkContract('a secret of AWS Secrets Manager', awsPlace);
keepsToTheSinkContract('a secret of GitHub Actions', githubPlace);
keepsToTheSinkContract('a variable of GitLab CI', gitlabPlace);

describe('a file that secrets are delivered to', () => {
  let folder: string;
  const open = (at: string, form = 'secret') =>
    file.open(file.settings.parse({ path: at, form }), null, ROTATION_ID, testTools({ folders: [`${folder}/open`] }));

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'muster-file-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  beforeEach(async () => {
    await rm(folder, { recursive: true });
    await mkdir(`${folder}/open/inner`, { recursive: true });
    await mkdir(`${folder}/open-not`);
  });

  it('is its owner’s alone', async () => {
    await open(`${folder}/open/inner/password`).write(deliveryOf(1), undefined);
    expect((await stat(`${folder}/open/inner/password`)).mode & 0o777).toBe(0o600);
  });

  it('can say as who one signs in', async () => {
    await open(`${folder}/open/password`, 'json').write(deliveryOf(1), undefined);
    const text = await readFile(`${folder}/open/password`, 'utf8');
    expect(JSON.parse(text)).toEqual({ account: 'orders_b', secret: deliveryOf(1).secret, version: '1' });
  });

  it.each(['outside', 'open-not/password'])('lies in a folder that the operator opened, not in %s', async (name) => {
    await expect(open(`${folder}/${name}`).look()).rejects.toMatchObject({ code: 'folder_not_allowed' });
    await expect(open(`${folder}/${name}`).write(deliveryOf(1), undefined)).rejects.toMatchObject({
      code: 'folder_not_allowed',
    });
  });

  it('is not led out of it by a link', async () => {
    await symlink(`${folder}/open-not`, `${folder}/open/link`);
    await expect(open(`${folder}/open/link/password`).look()).rejects.toMatchObject({ code: 'folder_not_allowed' });
    await writeFile(`${folder}/target`, 'theirs');
    await symlink(`${folder}/target`, `${folder}/open/password`);
    await expect(open(`${folder}/open/password`).look()).rejects.toMatchObject({ code: 'place_occupied' });
  });

  it.each(['relative/password', '/a/../b', '/a/', '/'])('is not named %s', (at) => {
    expect(file.settings.safeParse({ path: at }).success).toBe(false);
  });
});

describe('a Kubernetes Secret', () => {
  it('keeps keys and labels that are not ours, and is no other for them', async () => {
    const { cluster, sink, close } = await kubernetesPlace();
    await sink().write(deliveryOf(1), undefined);
    const { revision } = (await sink().look())!;
    const secret = cluster.secret!;
    cluster.put({ ...secret, data: { ...secret.data, other: 'eA==' } });
    const seen = await sink().look();
    expect(seen!.revision).toBe(revision);
    await sink().write(deliveryOf(2), seen);
    expect(cluster.secret!.data['other']).toBe('eA==');
    await close!();
  });
});

describe('a secret of AWS Secrets Manager', () => {
  it('has the version before as AWSPREVIOUS, and nothing as AWSPENDING', async () => {
    const { manager, sink, close } = await awsPlace();
    for (const version of [1, 2]) await sink().write(deliveryOf(version), await sink().look());
    expect(manager.staged('AWSPREVIOUS')).toMatch(/-1$/);
    expect(manager.staged('AWSCURRENT')).toMatch(/-2$/);
    expect(manager.staged('AWSPENDING')).toBeUndefined();
    await close!();
  });
});

describe('a secret of GitHub Actions', () => {
  it('is sealed before it leaves', async () => {
    const { github, sink, close } = await githubPlace();
    await sink().write(deliveryOf(1), undefined);
    expect(JSON.stringify(github.api.heard)).not.toContain('canary');
    await close!();
  });
});

describe('a variable of GitLab CI', () => {
  it('is masked and protected, and takes nothing that cannot be masked', async () => {
    const { gitlab, sink, close } = await gitlabPlace();
    await sink().write(deliveryOf(1), undefined);
    expect(gitlab.variable).toMatchObject({ masked: true, protected: true });
    const unfit = { ...deliveryOf(2), secret: 'has a space' };
    await expect(sink().write(unfit, await sink().look())).rejects.toMatchObject({ code: 'secret_unfit' });
    await close!();
  });
});
