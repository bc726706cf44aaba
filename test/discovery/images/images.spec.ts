import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scanImage } from '../../../src/discovery/images/image-scan.js';
import { RULES } from '../../../src/discovery/rules/index.js';
import { scan, type ScanResult } from '../../../src/discovery/scanner.js';
import { Inspector } from '../../../src/discovery/scan/inspector.js';
import { rulesInUse } from '../../../src/discovery/scan/rules-in-use.js';
import { seeded } from '../scan/made-rules.js';
import { dockerArchive, entryOf, pax, tarOf } from './tars.js';

const AT = new Date('2026-11-22T10:00:00Z');
const made = RULES.find(({ id }) => id === 'github-pat-classic')!.shape.grammar;
const token = made.make(seeded(5));
const other = made.make(seeded(6));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'muster-images-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(archive: Buffer): Promise<ScanResult> {
  const file = path.join(folder, `${createHash('sha256').update(archive).digest('hex')}.tar`);
  writeFileSync(file, archive);
  return scan({ kind: 'image', file }, { at: AT, key: Buffer.alloc(32, 1) });
}

/** Where it was found, and what hides it. */
function places({ findings }: ScanResult): readonly string[] {
  return findings.flatMap(({ locations }) =>
    locations.map(({ path: at, line, blob, unreachable }) => `${at}:${line} ${blob}${unreachable ? ' hidden' : ''}`),
  );
}

const file = { name: 'etc/app.conf', content: `key = ${token}\n` };
const whiteout = (name: string) => ({ name });

describe('an image', () => {
  it('of docker save is read layer by layer', async () => {
    expect(places(await run(dockerArchive([tarOf(file)])))).toEqual(['etc/app.conf:1 layer0/layer.tar']);
  });

  it('is read where its layers are packed, and where all of it is', async () => {
    const packed = dockerArchive([gzipSync(tarOf(file))]);
    expect(places(await run(packed))).toEqual(['etc/app.conf:1 layer0/layer.tar']);
    expect(places(await run(gzipSync(packed)))).toEqual(['etc/app.conf:1 layer0/layer.tar']);
  });

  it('of an OCI layout is found through its indexes', async () => {
    const blobs = new Map<string, Buffer>();
    const put = (content: string | Buffer) => {
      const hex = createHash('sha256').update(content).digest('hex');
      blobs.set(`blobs/sha256/${hex}`, Buffer.from(content));
      return { digest: `sha256:${hex}`, size: content.length };
    };
    const layer = put(gzipSync(tarOf(file)));
    const manifest = put(JSON.stringify({ config: put('{}'), layers: [layer] }));
    const index = put(JSON.stringify({ manifests: [manifest] }));
    const archive = tarOf(
      { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      { name: 'index.json', content: JSON.stringify({ manifests: [index] }) },
      ...[...blobs].map(([name, content]) => ({ name, content })),
    );
    expect(places(await run(archive))).toEqual([`etc/app.conf:1 ${layer.digest}`]);
  });

  it.each([
    ['removes it', whiteout('etc/.wh.app.conf'), true],
    ['removes its folder', whiteout('.wh.etc'), true],
    ['empties its folder', whiteout('etc/.wh..wh..opq'), true],
    ['empties everything', whiteout('.wh..wh..opq'), true],
    ['puts another one over it', { name: 'etc/app.conf', content: 'key =\n' }, true],
    ['removes another file', whiteout('etc/.wh.app'), false],
    ['empties another folder', whiteout('etc/app/.wh..wh..opq'), false],
    ['puts another file beside it', { name: 'etc/app.conf2', content: 'key =\n' }, false],
  ])('still holds what a later layer hides: it %s', async (_, later, isHidden) => {
    const found = places(await run(dockerArchive([tarOf(file), tarOf(later)])));
    expect(found).toEqual([`etc/app.conf:1 layer0/layer.tar${isHidden ? ' hidden' : ''}`]);
  });

  it('shows again what a later layer brings back', async () => {
    const layers = [tarOf(file), tarOf(whiteout('etc/.wh.app.conf')), tarOf(file)];
    expect(places(await run(dockerArchive(layers)))).toEqual([
      'etc/app.conf:1 layer0/layer.tar hidden',
      'etc/app.conf:1 layer2/layer.tar',
    ]);
  });

  it.each([
    ['env', { config: { Env: ['PATH=/bin', `TOKEN=${token}`] } }, 2],
    ['labels', { config: { Labels: { a: 'b', c: token } } }, 2],
    ['command', { config: { Cmd: ['run', `--token=${token}`] } }, 2],
    ['history', { history: [{ created_by: 'FROM' }, { created_by: `ENV TOKEN=${token}` }] }, 2],
  ])('is also what its configuration sets and tells: %s', async (place, config, line) => {
    const { findings } = await run(dockerArchive([], config));
    expect(findings.map(({ locations }) => locations.map((one) => [one.path, one.line]))).toEqual([
      [[`image config (${place})`, line]],
    ]);
  });

  it('has long names in two ways, and files that are long', async () => {
    const long = `${'folder/'.repeat(30)}app.conf`;
    const layer = tarOf(
      pax({ path: `pax/${long}` }),
      { name: 'short', content: token },
      { name: '././@LongLink', type: 'L', content: `gnu/${long}\0` },
      { name: 'short', content: other },
      { name: 'long', content: `${'filler words\n'.repeat(1_500_000)}${token}` },
    );
    expect(places(await run(dockerArchive([layer]))).map((place) => place.split(' ')[0])).toEqual([
      `gnu/${long}:1`,
      'long:1500001',
      `pax/${long}:1`,
    ]);
  });
});

describe('a hostile image', () => {
  const reasons = ({ skipped }: ScanResult) => skipped.map(({ path: at, reason }) => `${at} ${reason}`);

  it('writes nothing outside, follows no link, and says what it left', async () => {
    const layer = tarOf(
      { name: '../../../../tmp/muster-escaped', content: token },
      { name: '/etc/absolute', content: token },
      { name: 'link', type: '2', target: '/etc/passwd' },
      { name: 'hard', type: '1', target: '../../etc/passwd' },
      { name: 'device', type: '3' },
    );
    const result = await run(dockerArchive([layer]));
    expect(places(result)).toEqual(['etc/absolute:1 layer0/layer.tar']);
    expect(reasons(result)).toEqual(['tmp/muster-escaped path-outside']);
    expect(readdirSync(tmpdir())).not.toContain('muster-escaped');
  });

  it.each([
    ['ends within a file', tarOf(file).subarray(0, 520)],
    ['ends within a header', Buffer.concat([entryOf({ name: 'a' }), Buffer.alloc(100, 1)])],
    ['has a header of another checksum', Buffer.concat([entryOf({ name: 'a' }), Buffer.alloc(512, 1)])],
    ['says that a file is longer than everything', entryOf({ name: 'a', content: 'a', size: 8 ** 11 - 1 })],
    ['has a name of gigabytes', entryOf({ name: 'a', type: 'L', size: 8 ** 11 - 1 })],
    ['has a size that is none', tarOf(pax({ size: '-1' }), file)],
    ['has a file with holes', tarOf({ ...file, type: 'S' })],
    ['is gzip that breaks off', gzipSync(tarOf(file)).subarray(0, 60)],
    ['is no gzip after its head', Buffer.concat([Buffer.from('1f8b', 'hex'), Buffer.alloc(600, 7)])],
  ])('whose layer %s is left there, and counted', async (_, layer) => {
    expect(reasons(await run(dockerArchive([layer])))).toEqual(['layer0/layer.tar corrupt']);
  });

  it.each([
    ['a layer that is not there', [{ Config: 'config.json', Layers: ['elsewhere.tar'] }], ['elsewhere.tar missing']],
    ['a layer outside', [{ Config: 'config.json', Layers: ['../../etc/passwd'] }], ['etc/passwd missing']],
    ['a configuration that is not there', [{ Config: 'none.json', Layers: [] }], ['none.json missing']],
  ])('that names %s is counted', async (_, manifest, expected) => {
    const archive = tarOf(
      { name: 'config.json', content: '{}' },
      { name: 'manifest.json', content: JSON.stringify(manifest) },
    );
    expect(reasons(await run(archive))).toEqual(expected);
  });

  it.each([
    [
      'links that lead to each other',
      tarOf({ name: 'a', type: '2', target: 'b' }, { name: 'b', type: '2', target: 'a' }),
    ],
    ['no manifest', tarOf(file)],
    ['a manifest that is no JSON', tarOf({ name: 'manifest.json', content: '[' })],
    ['nothing', Buffer.alloc(0)],
    ['something else', Buffer.from('no tar at all'.repeat(100))],
    ['an index that names itself', tarOf({ name: 'index.json', content: '{"manifests":[{"digest":"sha256:00"}]}' })],
  ])('with %s is refused', async (_, archive) => {
    await expect(run(archive)).rejects.toMatchObject({ code: 'image_malformed' });
  });

  it('is given up where it unpacks to far more than it is, or has entries without end', async () => {
    const { engine } = rulesInUse(null);
    const attempt = async (layer: Buffer, budget: { entries: number; bytes: number }) => {
      const inspector = new Inspector(engine, { key: Buffer.alloc(32), at: AT });
      const archive = path.join(folder, 'bomb.tar');
      writeFileSync(archive, dockerArchive([layer]));
      await scanImage(archive, inspector, undefined, budget);
      return inspector.skipped;
    };
    const bomb = [{ path: 'layer0/layer.tar', reason: 'archive-bomb' }];
    const large = gzipSync(tarOf({ name: 'zeros', content: Buffer.alloc(2_000_000, 'a') }));
    expect(await attempt(large, { entries: 10, bytes: 1_000_000 })).toEqual(bomb);
    expect(await attempt(large, { entries: 10, bytes: 4_000_000 })).toEqual([]);
    const many = gzipSync(tarOf(...Array.from({ length: 50 }, (_, index) => ({ name: `f${index}` }))));
    expect(await attempt(many, { entries: 49, bytes: 1_000_000 })).toEqual(bomb);
    expect(await attempt(many, { entries: 50, bytes: 1_000_000 })).toEqual([]);
  });
});
