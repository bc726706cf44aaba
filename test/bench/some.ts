import { createHash } from 'node:crypto';

export const DIGITS = '0123456789';
export const SMALL = 'abcdefghijklmnopqrstuvwxyz';
export const LARGE = SMALL.toUpperCase();
export const BASE62 = DIGITS + LARGE + SMALL;
export const BASE64URL = `${BASE62}_-`;
export const HEX = '0123456789abcdef';

/** Chance that is the same in every run. */
export class Some {
  private block = Buffer.alloc(0);
  private count = 0;

  constructor(private readonly seed: string) {}

  number(below: number): number {
    if (this.block.length < 4)
      this.block = createHash('sha512')
        .update(`${this.seed} ${this.count++}`)
        .digest();
    const number = this.block.readUInt32LE(0);
    this.block = this.block.subarray(4);
    return number % below;
  }

  of(alphabet: string, length: number): string {
    return Array.from({ length }, () => alphabet[this.number(alphabet.length)]).join('');
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.number(256)));
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.number(items.length)]!;
  }

  uuid(): string {
    const hex = this.of(HEX, 30);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-a${hex.slice(15, 18)}-${hex.slice(18)}`;
  }
}

/** Of the vendors' check digits: six letters of base 62. */
export function inBase62(value: number): string {
  let text = '';
  for (let rest = value; text.length < 6; rest = Math.floor(rest / 62)) text = BASE62[rest % 62]! + text;
  return text;
}
