import type { Engine } from '../scan/engine.js';

/** What the inner loops read and write past an object's end, and read before it. */
const SPARE_BYTES = 48;
const BEFORE_BYTES = 16;
const LEAST_BYTES = 128;
const SLAB_BYTES = 1024 * 1024;
/** Sizes of blocks are four to a doubling: a fifth is wasted at most. */
const STEPS = 4;
/** Larger sizes that are tried before more memory is taken: up to four times. */
const LARGER_STEPS = 8;

/** Where an object lies in the scanner's memory. */
export interface Block {
  readonly at: number;
  readonly size: number;
}

/** Room for objects in the scanner's memory, by sizes; what is given back is taken again. One a thread. */
export class ObjectHeap {
  private readonly free: Block[][] = [];
  private slabAt = 0;
  private slabEnd = 0;

  constructor(private readonly engine: Engine) {}

  /** Room for an object: memory before and behind it is free as far as the inner loops look. Views of it may be detached by this. */
  take(length: number): Block {
    const size = sizeClass(length + BEFORE_BYTES + SPARE_BYTES);
    for (let larger = size; larger <= size + LARGER_STEPS; larger++) {
      const block = this.free[larger]?.pop();
      if (block) return block;
    }
    return { at: this.carve(bytesOf(size)) + BEFORE_BYTES, size };
  }

  give(block: Block): void {
    (this.free[block.size] ??= []).push(block);
  }

  private carve(length: number): number {
    if (length > SLAB_BYTES / 4) return this.engine.reserve(length);
    if (this.slabAt + length > this.slabEnd) {
      this.slabAt = this.engine.reserve(SLAB_BYTES);
      this.slabEnd = this.slabAt + SLAB_BYTES;
    }
    const block = this.slabAt;
    this.slabAt += length;
    return block;
  }
}

function sizeClass(length: number): number {
  return Math.max(0, Math.ceil(STEPS * Math.log2(length / LEAST_BYTES)));
}

function bytesOf(size: number): number {
  return (Math.ceil(LEAST_BYTES * 2 ** (size / STEPS)) + 15) & ~15;
}
