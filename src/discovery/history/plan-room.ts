import type { Engine } from '../scan/engine.js';

type Numbers = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Room in the scanner's memory for the arrays that a plan is made from; it is borrowed, and free again afterwards. */
export class PlanRoom {
  private constructor(private readonly engine: Engine) {}

  static borrow<Plan>(engine: Engine, make: (room: PlanRoom) => Plan): Plan {
    return engine.borrowing(() => make(new PlanRoom(engine)));
  }

  get exports(): Engine['exports'] {
    return this.engine.exports;
  }

  /** @returns the place of so many bytes, noughts */
  noughts(bytes: number): number {
    return this.filled(this.engine.reserve(bytes), bytes, 0);
  }

  /** Has room again that was used for something else. @returns its place */
  filled(at: number, bytes: number, byte: number): number {
    this.engine.memory.fill(byte, at, at + bytes);
    return at;
  }

  /** @returns the place of so many bytes, whatever they are */
  any(bytes: number): number {
    return this.engine.reserve(bytes);
  }

  /** @returns the place of a copy */
  put(numbers: Numbers): number {
    const at = this.engine.reserve(numbers.byteLength);
    this.replace(at, numbers);
    return at;
  }

  replace(at: number, numbers: Numbers): void {
    this.engine.memory.set(bytesOf(numbers), at);
  }

  /** Copies what lies at a place into memory that threads share. */
  take<Kind extends Numbers>(at: number, target: Kind): Kind {
    bytesOf(target).set(this.engine.memory.subarray(at, at + target.byteLength));
    return target;
  }

  /** A view of a part of it, until more room is asked for. */
  bytes(at: number, length: number): Uint8Array {
    return this.engine.memory.subarray(at, at + length);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Numbers): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
