/** A header of a tar (POSIX.1-2001 ustar, with the extensions of pax and GNU), as far as a scan asks. */
export interface TarHeader {
  readonly name: string;
  /** Of what follows, in bytes. */
  readonly size: number;
  readonly type: 'file' | 'link' | 'symlink' | 'folder' | 'pax' | 'long-name' | 'long-link' | 'other';
  readonly target: string;
}

export const BLOCK = 512;
/** What tells the name of the next entry is no longer than this. */
const MOST_EXTENSION_BYTES = 1024 * 1024;

const TYPES: Readonly<Record<string, TarHeader['type']>> = {
  ...{ '\0': 'file', '0': 'file', '7': 'file', '1': 'link', '2': 'symlink', '5': 'folder' },
  ...{ x: 'pax', L: 'long-name', K: 'long-link' },
};

/** A tar that is none, or ends too soon. */
export class CorruptTar extends Error {}

/**
 * @returns null for a block of zeros, with which an archive ends
 * @throws CorruptTar
 */
export function readHeader(block: Buffer): TarHeader | null {
  if (block.length < BLOCK) throw new CorruptTar('A tar ends within a header.');
  const sum = octal(block, 148, 8);
  let added = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) added += block[at]!;
  if (sum !== added) {
    if (block.every((byte) => byte === 0)) return null;
    throw new CorruptTar('A header of a tar has another checksum.');
  }
  const letter = String.fromCharCode(block[156]!);
  // Holes in a file are told before its content, in blocks that nothing else announces.
  if (letter === 'S') throw new CorruptTar('A tar holds a file with holes.');
  const isUstar = block.toString('latin1', 257, 262) === 'ustar';
  const prefix = isUstar && block[263] === 0x30 ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    // Nothing follows what only names something, whatever size it tells.
    size: '1256'.includes(letter) ? 0 : number(block, 124, 12),
    type: TYPES[letter] ?? 'other',
    target: text(block, 157, 100),
  };
}

/** Bytes that an entry's content takes, with what fills its last block. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** What extensions say of the entry after them. */
export class Extensions {
  private name: string | undefined;
  private target: string | undefined;
  private size: number | undefined;

  /** Whether a header announces something about the next entry, and how long that is. */
  static isOne({ type, size }: TarHeader): boolean {
    if (type !== 'pax' && type !== 'long-name' && type !== 'long-link') return false;
    if (size > MOST_EXTENSION_BYTES) throw new CorruptTar('A name in a tar is longer than names are.');
    return true;
  }

  take(type: TarHeader['type'], content: Buffer): void {
    if (type === 'long-name') this.name = text(content, 0, content.length);
    else if (type === 'long-link') this.target = text(content, 0, content.length);
    else for (const [key, value] of paxRecords(content)) this.takeRecord(key, value);
  }

  /** The header with all that was said of it; the next begins anew. */
  applied(header: TarHeader): TarHeader {
    const { name, target, size } = this;
    this.name = this.target = this.size = undefined;
    return {
      ...header,
      name: name ?? header.name,
      target: target ?? header.target,
      size: header.type === 'file' ? (size ?? header.size) : header.size,
    };
  }

  private takeRecord(key: string, value: string): void {
    if (key === 'path') this.name = value;
    else if (key === 'linkpath') this.target = value;
    else if (key === 'size') {
      if (!/^\d{1,15}$/.test(value)) throw new CorruptTar('A size in a tar is none.');
      this.size = Number(value);
    }
  }
}

/** `<length> <key>=<value>\n`, the length being that of all of it. */
function* paxRecords(content: Buffer): Iterable<readonly [key: string, value: string]> {
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const digits = space < 0 || space - at > 8 ? '' : content.toString('latin1', at, space);
    const length = Number(digits);
    if (!/^\d+$/.test(digits) || length <= space - at + 1 || at + length > content.length) return;
    const record = content.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals > 0) yield [record.slice(0, equals), record.slice(equals + 1)];
    at += length;
  }
}

/** Octal digits, or from 8 GB on bits behind a set first one (GNU). */
function number(block: Buffer, at: number, length: number): number {
  if ((block[at]! & 0x80) === 0) return octal(block, at, length);
  let value = block[at]! & 0x7f;
  for (let index = at + 1; index < at + length; index++) value = value * 256 + block[index]!;
  if (!Number.isSafeInteger(value)) throw new CorruptTar('A size in a tar is none.');
  return value;
}

function octal(block: Buffer, at: number, length: number): number {
  const digits = text(block, at, length).trim();
  if (!/^[0-7]*$/.test(digits)) throw new CorruptTar('A number in a tar is none.');
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function text(block: Buffer, at: number, length: number): string {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? length : end);
}
