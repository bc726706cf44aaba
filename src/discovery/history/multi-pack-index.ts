import { CorruptStore } from './errors.js';
import { type IdBytes, OBJECT_FORMATS } from './object-id.js';
import { countOf, largeOffset, type PackIndex } from './pack-index.js';

const SIGNATURE = 0x4d494458;
const HEADER_BYTES = 12;
const CHUNK_ROW_BYTES = 12;
const MOST_CHUNKS = 64;
const MOST_PACKS = 100_000;

/**
 * Reads a multi-pack index (gitformat-pack, "multi-pack-index (MIDX) files have the following format").
 *
 * It names each object once, whatever number of packs hold it: whoever reads a pack by it may meet a base that it does not name.
 *
 * @param packBytesOf length of a pack by its name (`pack-….pack`), null where it is gone
 * @returns what lies in each pack, by its name; packs that are gone are left out
 * @throws CorruptStore
 */
export function readMultiPackIndex(
  file: Uint8Array,
  idBytes: IdBytes,
  packBytesOf: (name: string) => number | null,
): Map<string, PackIndex> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_BYTES || view.getUint32(0) !== SIGNATURE || view.getUint8(4) !== 1)
    throw new CorruptStore('A multi-pack index is not of the version that is described.');
  if (view.getUint8(5) !== (idBytes === OBJECT_FORMATS.sha1 ? 1 : 2))
    throw new CorruptStore('A multi-pack index names objects in another way than its repository.');
  const chunks = chunksOf(view, view.getUint8(6));
  const names = namesOf(file, chunks.get('PNAM'), view.getUint32(8));
  const fanout = chunks.get('OIDF');
  const lookup = chunks.get('OIDL');
  const places = chunks.get('OOFF');
  const large = chunks.get('LOFF') ?? [0, 0];
  if (!fanout || !lookup || !places || fanout[1] - fanout[0] < 1024)
    throw new CorruptStore('A multi-pack index lacks a table.');
  const count = countOf(view, fanout[0]);
  if (lookup[1] - lookup[0] < count * idBytes || places[1] - places[0] < count * 8)
    throw new CorruptStore('A multi-pack index is shorter than its count of objects says.');

  const packBytes = names.map(packBytesOf);
  const counts = new Uint32Array(names.length);
  for (let rank = 0; rank < count; rank++) {
    const pack = view.getUint32(places[0] + rank * 8);
    if (pack >= names.length) throw new CorruptStore('A multi-pack index names a pack that it does not have.');
    counts[pack]! += 1;
  }
  const indexes = names.map((_, pack) => ({
    count: counts[pack]!,
    ids: new Uint8Array(packBytes[pack] === null ? 0 : counts[pack]! * idBytes),
    offsets: new Float64Array(packBytes[pack] === null ? 0 : counts[pack]!),
    packTrailer: null,
  }));
  const next = new Uint32Array(names.length);
  for (let rank = 0; rank < count; rank++) {
    const pack = view.getUint32(places[0] + rank * 8);
    const bytes = packBytes[pack] ?? null;
    if (bytes === null) continue;
    const word = view.getUint32(places[0] + rank * 8 + 4);
    const offset = word < 0x80000000 ? word : largeOffset(view, large[0], large[1], word - 0x80000000);
    if (offset < HEADER_BYTES || offset >= bytes - idBytes)
      throw new CorruptStore('A multi-pack index points outside of a pack.');
    const index = indexes[pack]!;
    const place = next[pack]!++;
    index.offsets[place] = offset;
    index.ids.set(file.subarray(lookup[0] + rank * idBytes, lookup[0] + (rank + 1) * idBytes), place * idBytes);
  }
  return new Map(names.flatMap((name, pack) => (packBytes[pack] === null ? [] : [[name, indexes[pack]!]])));
}

type Span = readonly [from: number, to: number];

/** The table of contents: where each chunk begins, and by the next one where it ends. */
function chunksOf(view: DataView, count: number): Map<string, Span> {
  if (count > MOST_CHUNKS || HEADER_BYTES + (count + 1) * CHUNK_ROW_BYTES > view.byteLength)
    throw new CorruptStore('A multi-pack index has more chunks than room.');
  const startOf = (row: number): number => {
    const at = HEADER_BYTES + row * CHUNK_ROW_BYTES + 4;
    return view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4);
  };
  const chunks = new Map<string, Span>();
  for (let row = 0; row < count; row++) {
    const [from, to] = [startOf(row), startOf(row + 1)];
    if (from > to || to > view.byteLength) throw new CorruptStore('A multi-pack index has a chunk outside of itself.');
    const at = HEADER_BYTES + row * CHUNK_ROW_BYTES;
    const name = String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(at + index)));
    chunks.set(name, [from, to]);
  }
  return chunks;
}

/** Names of packs: NUL ends each; those of version 1 end in `.idx`. A name is never a path. */
function namesOf(file: Uint8Array, span: Span | undefined, count: number): readonly string[] {
  if (!span || count > MOST_PACKS) throw new CorruptStore('A multi-pack index has no names of packs, or too many.');
  const names = Buffer.from(file.subarray(...span))
    .toString('latin1')
    .split('\0')
    .slice(0, count);
  if (names.length < count || names.some((name) => !/^pack-[\w.-]+\.(?:idx|pack)$/.test(name)))
    throw new CorruptStore('A multi-pack index names what is no pack.');
  return names.map((name) => name.replace(/\.idx$/, '.pack'));
}
