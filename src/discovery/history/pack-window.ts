import { readSync } from 'node:fs';
import type { Engine } from '../scan/engine.js';

/** After a jump little is read, for the next will jump too (served packs); along a family, more each time. */
const AFTER_JUMP_BYTES = 16 * 1024;
const MOST_BYTES = 256 * 1024;
/** Gaps are read over where they are smaller than a read of its own costs. */
const NEAR_BYTES = 16 * 1024;

/** The part of a pack that lies in the scanner's memory: read where entries are wanted, straight to where they are inflated. */
export class PackWindow {
  private at: number;
  private room = MOST_BYTES;
  private from = 0;
  private to = 0;
  private ahead = AFTER_JUMP_BYTES;

  constructor(
    private readonly engine: Engine,
    private readonly fd: number,
  ) {
    this.at = engine.reserve(this.room);
  }

  /**
   * Reads a part of the pack, unless it is there already.
   *
   * @returns its place in the scanner's memory, until the next call; or -1 where the file ends before it does
   */
  read(offset: number, length: number): number {
    if (offset < this.from || offset + length > this.to) this.load(offset, length);
    return offset + length <= this.to ? this.at + offset - this.from : -1;
  }

  private load(offset: number, length: number): void {
    const goesOn = offset >= this.from && offset <= this.to + NEAR_BYTES;
    this.ahead = goesOn ? Math.min(this.ahead * 2, MOST_BYTES) : AFTER_JUMP_BYTES;
    const wanted = Math.max(length, this.ahead);
    if (wanted > this.room) {
      this.room = wanted * 2;
      this.at = this.engine.reserve(this.room);
    }
    const target = new Uint8Array(this.engine.exports.memory.buffer, this.at, wanted);
    this.from = offset;
    this.to = offset + readSync(this.fd, target, 0, wanted, offset);
  }
}
