import { Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { bytesAt } from './archive.js';
import { BLOCK, CorruptTar, Extensions, padded, readHeader, type TarHeader } from './tar.js';

/** Why a layer is not read to its end. */
export class LayerRefused extends Error {
  constructor(readonly reason: 'archive-bomb' | 'corrupt' | 'compression-unknown') {
    super(reason);
  }
}

/** What all layers of an image may take together. */
export interface LayerBudget {
  entries: number;
  bytes: number;
}

export const LAYER_BUDGET: Readonly<LayerBudget> = { entries: 2_000_000, bytes: 32 * 1024 ** 3 };

/** An entry while it is there: its content is gone once the next is asked for. */
export interface LayerEntry extends TarHeader {
  /** Content in parts. */
  parts(): AsyncIterable<Buffer>;
}

/** Where a layer lies in the archive's file. */
export interface LayerPlace {
  readonly fd: number;
  readonly at: number;
  readonly size: number;
}

/** More than this for a byte, once it is much, was made to be so. */
const MOST_RATIO = 200;
const RATIO_FROM_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;

/**
 * The entries of a layer, one after the other, unpacked as they are read.
 *
 * @param budget what is left; it is spent
 * @throws LayerRefused
 */
export async function* layerEntries(place: LayerPlace, magic: Buffer, budget: LayerBudget): AsyncGenerator<LayerEntry> {
  const packed = packedBytes(place);
  const unpacked = unpackerOf(magic);
  const source = unpacked && Readable.from(packed);
  source?.on('error', (error) => unpacked?.destroy(error)).pipe(unpacked!);
  try {
    yield* entriesOf(new Bytes((unpacked ?? packed) as AsyncIterable<Buffer>, place.size, budget), budget);
  } catch (error) {
    throw error instanceof CorruptTar ? new LayerRefused('corrupt') : error;
  } finally {
    unpacked?.destroy();
    source?.destroy();
  }
}

async function* packedBytes({ fd, at, size }: LayerPlace): AsyncGenerator<Buffer> {
  for (let from = at; from < at + size;) {
    const bytes = bytesAt(fd, from, Math.min(CHUNK_BYTES, at + size - from));
    if (bytes.length === 0) return;
    from += bytes.length;
    yield bytes;
  }
}

async function* entriesOf(bytes: Bytes, budget: LayerBudget): AsyncGenerator<LayerEntry> {
  const extensions = new Extensions();
  for (;;) {
    const block = await bytes.take(BLOCK);
    const header = block.length === 0 ? null : readHeader(block);
    if (!header) return;
    if (--budget.entries < 0) throw new LayerRefused('archive-bomb');
    if (Extensions.isOne(header)) {
      extensions.take(header.type, Buffer.from(await bytes.take(header.size)));
      await bytes.skip(padded(header.size) - header.size);
      continue;
    }
    const whole = extensions.applied(header);
    let left = whole.size;
    const parts = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        const part = await bytes.some(left);
        if (part.length === 0) throw new LayerRefused('corrupt');
        left -= part.length;
        yield part;
      }
    };
    yield { ...whole, parts };
    await bytes.skip(left + padded(whole.size) - whole.size);
  }
}

/** By the first bytes: gzip (RFC 1952), Zstandard (RFC 8878) where Node has it; undefined for what is not packed. */
function unpackerOf(magic: Buffer): Transform | undefined {
  const begins = magic.toString('hex', 0, 4);
  if (begins.startsWith('1f8b')) return zlib.createGunzip();
  if (begins !== '28b52ffd') return undefined;
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => Transform };
  if (!createZstdDecompress) throw new LayerRefused('compression-unknown');
  return createZstdDecompress();
}

/** A stream that is asked for so many bytes, and counts them. */
class Bytes {
  private readonly chunks: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);
  private total = 0;

  constructor(
    stream: AsyncIterable<Buffer>,
    private readonly packedBytes: number,
    private readonly budget: LayerBudget,
  ) {
    this.chunks = stream[Symbol.asyncIterator]();
  }

  /** So many, or as many as there are. */
  async take(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.some(missing);
      if (part.length === 0) break;
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async skip(length: number): Promise<void> {
    for (let missing = length; missing > 0;) {
      const part = await this.some(missing);
      if (part.length === 0) throw new CorruptTar('A tar ends too soon.');
      missing -= part.length;
    }
  }

  /** At most so many; none at the end. */
  async some(most: number): Promise<Buffer> {
    while (this.held.length === 0) {
      // Whatever an unpacker says of it: the layer is not what it should be.
      const next = await this.chunks.next().catch(() => {
        throw new LayerRefused('corrupt');
      });
      if (next.done) return Buffer.alloc(0);
      this.held = next.value;
      this.count(this.held.length);
    }
    const part = this.held.subarray(0, most);
    this.held = this.held.subarray(part.length);
    return part;
  }

  private count(length: number): void {
    this.total += length;
    this.budget.bytes -= length;
    const isBomb = this.total > RATIO_FROM_BYTES && this.total > this.packedBytes * MOST_RATIO;
    if (isBomb || this.budget.bytes < 0) throw new LayerRefused('archive-bomb');
  }
}
