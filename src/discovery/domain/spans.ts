/** Parts of a text. Which of them meet another part is answered without looking at each: an attacker writes as many as he likes. */
export class Spans<Item> {
  private readonly items: readonly Item[];
  private readonly starts: Float64Array;
  /** How far what begins no later reaches. */
  private readonly reach: Float64Array;

  constructor(
    items: readonly Item[],
    startOf: (item: Item) => number,
    private readonly endOf: (item: Item) => number,
  ) {
    this.items = [...items].sort((a, b) => startOf(a) - startOf(b));
    this.starts = Float64Array.from(this.items, startOf);
    let reached = -Infinity;
    this.reach = Float64Array.from(this.items, (item) => (reached = Math.max(reached, endOf(item))));
  }

  /** Those that share more than an edge with a part. */
  meeting(from: number, to: number): Item[] {
    const found: Item[] = [];
    for (let index = after(this.reach, from); index < this.items.length && this.starts[index]! < to; index++)
      if (this.endOf(this.items[index]!) > from) found.push(this.items[index]!);
    return found;
  }

  /** Whether any does; places are whole numbers. */
  meets(from: number, to: number): boolean {
    const begun = after(this.starts, to - 1);
    return begun > 0 && this.reach[begun - 1]! > from;
  }

  /** Whether one of them begins no later than a part, and ends no earlier. */
  hasAround(from: number, to: number): boolean {
    const begun = after(this.starts, from);
    return begun > 0 && this.reach[begun - 1]! >= to;
  }
}

/** The first index whose number is greater; they ascend. */
function after(numbers: Float64Array, than: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! > than) high = middle;
    else low = middle + 1;
  }
  return low;
}
