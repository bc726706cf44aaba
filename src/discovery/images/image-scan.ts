import {
  closeSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ScanError } from '../scan/errors.js';
import type { Inspector } from '../scan/inspector.js';
import { bytesAt, entriesIn, type PlacedEntry } from './archive.js';
import { LAYER_BUDGET, type LayerBudget, type LayerEntry, layerEntries, LayerRefused } from './layer.js';
import { configTexts, type ImageParts, imagesIn, inArchive } from './manifest.js';
import { Shadows } from './shadows.js';
import { CorruptTar } from './tar.js';

/** Descriptions in an archive; layers are larger, or no JSON. */
const MOST_JSON_BYTES = 4 * 1024 * 1024;
/** Files of a layer that are held in memory; larger ones lie in a file of ours while they are looked at. */
const MOST_HELD_BYTES = 16 * 1024 * 1024;
const MOST_ARCHIVE_BYTES = LAYER_BUDGET.bytes;

/**
 * Scans an image in a file: every layer by itself, also what a later one hides, and what its configuration sets and tells. Nothing
 * is unpacked to where its name says, and no link is followed.
 *
 * @throws ScanError `image_malformed`, `path_not_found`
 */
export async function scanImage(
  file: string,
  inspector: Inspector,
  progress: (done: number, all: number) => void = () => undefined,
  budget: LayerBudget = { ...LAYER_BUDGET },
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'muster-image-'));
  try {
    const fd = await openArchive(file, folder);
    try {
      await new ImageScan(fd, folder, inspector, budget).scan(progress);
    } finally {
      closeSync(fd);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

class ImageScan {
  private readonly entries = new Map<string, PlacedEntry>();
  private readonly layers = new Set<string>();

  constructor(
    private readonly fd: number,
    private readonly folder: string,
    private readonly inspector: Inspector,
    private readonly budget: LayerBudget,
  ) {}

  async scan(progress: (done: number, all: number) => void): Promise<void> {
    try {
      for (const entry of entriesIn(this.fd)) this.entries.set(inArchive(entry.name), entry);
    } catch (error) {
      if (!(error instanceof CorruptTar)) throw error;
      this.skip('(archive)', 'corrupt');
    }
    const images = imagesIn((name) => this.textOf(name));
    if (images.length === 0)
      throw new ScanError(
        'image_malformed',
        'That is no image: write one with docker save, or skopeo copy to oci-archive.',
      );
    const all = images.reduce((sum, { layers }) => sum + layers.length, 0);
    let done = 0;
    for (const image of images) {
      this.lookAtConfig(image);
      await this.scanLayers(image, () => progress(++done, all));
    }
  }

  private lookAtConfig({ config }: ImageParts): void {
    const text = this.textOf(config);
    if (text === undefined) return this.skip(config, 'missing');
    for (const [place, lines] of configTexts(text))
      this.inspector.content(Buffer.from(lines), `image config (${place})`);
  }

  private async scanLayers({ layers }: ImageParts, done: () => void): Promise<void> {
    const shadows = new Shadows();
    const first = this.inspector.sightings.length;
    const layerOf = new Map<number, number>();
    for (const [number, name] of layers.entries()) {
      shadows.begin(number);
      const from = this.inspector.sightings.length;
      await this.scanLayer(name, shadows);
      for (let index = from; index < this.inspector.sightings.length; index++) layerOf.set(index, number);
      shadows.end();
      done();
    }
    const { sightings } = this.inspector;
    for (let index = first; index < sightings.length; index++) {
      const { location, ...sighting } = sightings[index]!;
      const number = layerOf.get(index)!;
      const unreachable = shadows.isHidden(number, location.path);
      sightings[index] = { ...sighting, location: { ...location, blob: digestOf(layers[number]!), unreachable } };
    }
  }

  private async scanLayer(name: string, shadows: Shadows): Promise<void> {
    const entry = this.entryOf(name);
    if (!entry) return this.skip(name, 'missing');
    // Images share layers: each is looked at once.
    const isKnown = this.layers.has(name);
    this.layers.add(name);
    const place = { fd: this.fd, at: entry.at, size: entry.size };
    try {
      for await (const one of layerEntries(place, bytesAt(this.fd, entry.at, 4), this.budget)) {
        const shown = inArchive(one.name);
        if (one.name.split('/').includes('..')) {
          this.skip(shown, 'path-outside');
          continue;
        }
        if (shadows.pass(shown) || one.type !== 'file' || isKnown) continue;
        const before = this.inspector.sightings.length;
        await this.look(one, shown);
        if (this.inspector.sightings.length > before) shadows.watch(shown);
      }
    } catch (error) {
      if (!(error instanceof LayerRefused)) throw error;
      this.skip(name, error.reason);
    }
  }

  private async look(entry: LayerEntry, shown: string): Promise<void> {
    if (entry.size <= MOST_HELD_BYTES) {
      const parts: Buffer[] = [];
      for await (const part of entry.parts()) parts.push(Buffer.from(part));
      return this.inspector.content(Buffer.concat(parts), shown);
    }
    const file = path.join(this.folder, 'entry');
    const fd = openSync(file, 'wx+', 0o600);
    try {
      for await (const part of entry.parts()) writeSync(fd, part);
      this.inspector.file(file, shown);
    } finally {
      closeSync(fd);
      rmSync(file);
    }
  }

  private textOf(name: string): string | undefined {
    const entry = this.entryOf(name);
    return entry && entry.size <= MOST_JSON_BYTES ? bytesAt(this.fd, entry.at, entry.size).toString() : undefined;
  }

  /** Older archives have one layer for several images, and links to it. */
  private entryOf(name: string): PlacedEntry | undefined {
    const entry = this.entries.get(name);
    if (entry?.type !== 'symlink' && entry?.type !== 'link') return entry?.type === 'file' ? entry : undefined;
    const target = entry.type === 'link' ? entry.target : path.posix.join(path.posix.dirname(name), entry.target);
    const linked = this.entries.get(inArchive(target));
    return linked?.type === 'file' ? linked : undefined;
  }

  private skip(shown: string, reason: string): void {
    this.inspector.skipped.push({ path: shown, reason });
  }
}

/** `blobs/sha256/<hex>`, or `<id>/layer.tar`. */
function digestOf(layer: string): string {
  const [, algorithm, hex] = /^blobs\/([a-z0-9]+)\/([0-9a-f]+)$/.exec(layer) ?? [];
  return hex === undefined ? layer : `${algorithm}:${hex}`;
}

/** The archive as one that can be read at any place: unpacked beside, where it is packed. */
async function openArchive(file: string, folder: string): Promise<number> {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (cause) {
    throw new ScanError('path_not_found', `${file} cannot be read. Name a file that docker save wrote.`, { cause });
  }
  const magic = Buffer.alloc(2);
  try {
    readSync(fd, magic, 0, 2, 0);
  } catch (cause) {
    closeSync(fd);
    throw new ScanError('image_malformed', `${file} is a folder. Name a file: docker save, or tar of the layout.`, {
      cause,
    });
  }
  if (magic.toString('hex') !== '1f8b') return fd;
  closeSync(fd);
  const unpacked = path.join(folder, 'archive');
  try {
    await pipeline(createReadStream(file), createGunzip(), bounded(), createWriteStream(unpacked, { mode: 0o600 }));
  } catch (cause) {
    throw new ScanError('image_malformed', `${file} cannot be unpacked, or is larger than any image.`, { cause });
  }
  return openSync(unpacked, 'r');
}

function bounded(): Transform {
  let left = MOST_ARCHIVE_BYTES;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      left -= chunk.length;
      done(left < 0 ? new Error('too large') : null, chunk);
    },
  });
}
