/** So many times fewer are searched for one by one. */
const FEW = 16;
/** Ids that are turned to this machine's order of bytes together. */
const AT_ONCE = 4096;

/**
 * Ids of objects by their first eight bytes, ascending. Two of a million share these with a chance of one in thirty million.
 */
export class IdSet {
  private constructor(
    readonly upper: Uint32Array,
    readonly lower: Uint32Array,
  ) {}

  static readonly none = new IdSet(new Uint32Array(0), new Uint32Array(0));

  /**
   * @param ids ascending, one after the other
   * @param idBytes a multiple of four
   */
  static of(ids: Uint8Array, idBytes: number): IdSet {
    const count = ids.length / idBytes;
    const upper = new Uint32Array(count);
    const lower = new Uint32Array(count);
    const turned = Buffer.alloc(AT_ONCE * idBytes);
    const words = new Uint32Array(turned.buffer, turned.byteOffset, turned.length / 4);
    for (let from = 0; from < count; from += AT_ONCE) {
      turned.set(ids.subarray(from * idBytes, (from + AT_ONCE) * idBytes));
      turned.swap32();
      const to = Math.min(from + AT_ONCE, count);
      for (let index = from, word = 0; index < to; index++, word += idBytes / 4) {
        upper[index] = words[word]!;
        lower[index] = words[word + 1]!;
      }
    }
    return new IdSet(upper, lower);
  }

  static ofHex(ids: readonly string[]): IdSet {
    return IdSet.of(
      Buffer.from(
        [...ids]
          .sort()
          .map((id) => id.slice(0, 16))
          .join(''),
        'hex',
      ),
      8,
    );
  }

  /** @throws RangeError where they do not ascend: a file that somebody else wrote */
  static fromBytes(bytes: Uint8Array): IdSet {
    const set = IdSet.of(bytes.subarray(0, bytes.length - (bytes.length % 8)), 8);
    for (let index = 1; index < set.upper.length; index++)
      if (set.compare(index - 1, set.upper[index]!, set.lower[index]!) > 0) throw new RangeError('Ids do not ascend.');
    return set;
  }

  get size(): number {
    return this.upper.length;
  }

  toBytes(): Uint8Array {
    const bytes = Buffer.allocUnsafe(this.size * 8);
    for (let index = 0; index < this.size; index++) {
      bytes.writeUInt32BE(this.upper[index]!, index * 8);
      bytes.writeUInt32BE(this.lower[index]!, index * 8 + 4);
    }
    return bytes;
  }

  has(upper: number, lower: number): boolean {
    let low = 0;
    let high = this.size - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const order = this.compare(middle, upper, lower);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  hasHex(id: string): boolean {
    return this.has(parseInt(id.slice(0, 8), 16), parseInt(id.slice(8, 16), 16));
  }

  /** Which of these are not in `other`: 1 by index. */
  notIn(other: IdSet): Uint8Array {
    const missing = new Uint8Array(this.size);
    if (other.size === 0) return missing.fill(1);
    if (this.size * FEW < other.size)
      return missing.map((_, index) => (other.has(this.upper[index]!, this.lower[index]!) ? 0 : 1));
    let at = 0;
    for (let index = 0; index < this.size; index++) {
      const upper = this.upper[index]!;
      const lower = this.lower[index]!;
      while (at < other.size && other.compare(at, upper, lower) < 0) at++;
      missing[index] = at < other.size && other.compare(at, upper, lower) === 0 ? 0 : 1;
    }
    return missing;
  }

  with(other: IdSet): IdSet {
    if (this.size === 0) return other;
    if (other.size * FEW < this.size && !other.notIn(this).includes(1)) return this;
    const upper = new Uint32Array(this.size + other.size);
    const lower = new Uint32Array(this.size + other.size);
    let count = 0;
    let mine = 0;
    let theirs = 0;
    while (mine < this.size || theirs < other.size) {
      const order =
        mine === this.size
          ? 1
          : theirs === other.size
            ? -1
            : this.compare(mine, other.upper[theirs]!, other.lower[theirs]!);
      upper[count] = order <= 0 ? this.upper[mine]! : other.upper[theirs]!;
      lower[count] = order <= 0 ? this.lower[mine]! : other.lower[theirs]!;
      if (order <= 0) mine++;
      if (order >= 0) theirs++;
      count++;
    }
    return new IdSet(upper.slice(0, count), lower.slice(0, count));
  }

  private compare(index: number, upper: number, lower: number): number {
    return this.upper[index]! - upper || this.lower[index]! - lower;
  }
}
