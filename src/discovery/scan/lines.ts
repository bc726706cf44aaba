/** A place for people: both from 1. */
export interface Position {
  readonly line: number;
  /** In characters. */
  readonly column: number;
}

/** Where what is written from a place on ends, without the blanks and quotes behind it. */
export function endOf({ line, column }: Position, written: string): Position {
  const lines = written.replace(/(?<![\s"'`])[\s"'`]+$/, '').split('\n');
  const last = lines.at(-1)!.length;
  return lines.length === 1 ? { line, column: column + last } : { line: line + lines.length - 1, column: last + 1 };
}

const NEW_LINE = 0x0a;

/** Lines and columns of an object's places, counted on from the one asked for before: ask in their order. */
export class Lines {
  private at = 0;
  private line: number;
  /** Characters of the line that stand before what is here. */
  private before: number;
  private lineStart = 0;

  /** @param from of the object's first byte, where it is a part of something */
  constructor(
    private readonly bytes: Buffer,
    from: Position = { line: 1, column: 1 },
  ) {
    this.line = from.line;
    this.before = from.column - 1;
  }

  positionOf(place: number): Position {
    if (place < this.lineStart) throw new RangeError('Places are asked for in their order.');
    for (let next = this.nextLine(); next >= 0 && next < place; next = this.nextLine()) {
      this.line++;
      this.before = 0;
      this.lineStart = this.at = next + 1;
    }
    return { line: this.line, column: this.before + characters(this.bytes, this.lineStart, place) + 1 };
  }

  private nextLine(): number {
    return this.bytes.indexOf(NEW_LINE, this.at);
  }
}

/** Of UTF-8: bytes that go on with a character are none. */
function characters(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}
