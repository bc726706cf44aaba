import type { Engine } from '../scan/engine.js';

/** What the inner loops read and write past an object's end, and read before it. */
const SPARE_BYTES = 48;
const BEFORE_BYTES = 16;
const LEAST_BYTES = 128;
const LEAST_SLAB_BYTES = 1024 * 1024;
const MOST_SLAB_BYTES = 32 * 1024 * 1024;
/** Cut up by sizes, of which each may have its turn, memory would come to many times what is alive at any time. */
const MOST_CUT_BYTES = 160 * 1024 * 1024;
/** Sizes of blocks are four to a doubling: a fifth is wasted at most. */
const STEPS = 4;
/** Larger sizes that are tried before more memory is taken: up to four times. */
const LARGER_STEPS = 8;

/** Where an object lies in the scanner's memory. */
export interface Block {
  readonly at: number;
  readonly size: number;
}

/** Memory that blocks are cut from, from its beginning on. */
interface Slab {
  readonly at: number;
  readonly bytes: number;
  cut: number;
}

/** Room for objects in the scanner's memory, by sizes; what is given back is taken again. One a thread. */
export class ObjectHeap {
  private readonly free: Block[][] = [];
  private readonly slabs: Slab[] = [];
  private cutBytes = 0;

  constructor(private readonly engine: Engine) {}

  /** Room for an object: memory before and behind it is free as far as the inner loops look. Views of it may be detached by this. */
  take(length: number): Block {
    const size = sizeClass(length + BEFORE_BYTES + SPARE_BYTES);
    for (let larger = size; larger <= size + LARGER_STEPS; larger++) {
      const block = this.free[larger]?.pop();
      if (block) return block;
    }
    return { at: this.cut(bytesOf(size)) + BEFORE_BYTES, size };
  }

  give(block: Block): void {
    (this.free[block.size] ??= []).push(block);
  }

  /** Whether it is time to give back everything, and have it cut anew. */
  get isCutUp(): boolean {
    return this.cutBytes > MOST_CUT_BYTES;
  }

  /** Takes back all blocks, whoever has them. */
  clear(): void {
    this.free.length = 0;
    this.cutBytes = 0;
    for (const slab of this.slabs) slab.cut = 0;
  }

  private cut(length: number): number {
    this.cutBytes += length;
    const slab = this.slabs.find(({ bytes, cut }) => cut + length <= bytes) ?? this.grow(length);
    const at = slab.at + slab.cut;
    slab.cut += length;
    return at;
  }

  /** By as much as there is. */
  private grow(length: number): Slab {
    const reserved = this.slabs.reduce((sum, { bytes }) => sum + bytes, LEAST_SLAB_BYTES);
    const bytes = Math.max(length, Math.min(reserved, MOST_SLAB_BYTES));
    const slab = { at: this.engine.reserve(bytes), bytes, cut: 0 };
    this.slabs.push(slab);
    return slab;
  }
}

function sizeClass(length: number): number {
  return Math.max(0, Math.ceil(STEPS * Math.log2(length / LEAST_BYTES)));
}

function bytesOf(size: number): number {
  return (Math.ceil(LEAST_BYTES * 2 ** (size / STEPS)) + 15) & ~15;
}
