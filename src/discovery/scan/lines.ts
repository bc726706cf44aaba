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

/**
 * Lines and columns of an object's places. Each is counted on from the one asked for before, so that all of them together take as
 * long as reading the object once, be it one line; from its beginning where it stands in an earlier line.
 */
export class Lines {
  private line = 0;
  /** Where the line of the last place begins. */
  lineStart = 0;
  /** Characters of the line that stand before the object's part of it. */
  private ahead = 0;
  /** Where the line ends, if it does. */
  private lineEnd = 0;
  /** Up to where characters of the line are counted, and how many they are. */
  private counted = { to: 0, characters: 0 };

  /** @param from of the object's first byte, where it is a part of something */
  constructor(private readonly from: Position = { line: 1, column: 1 }) {}

  /** @param bytes of the object, wherever they lie by now */
  positionOf(bytes: Buffer, place: number): Position {
    if (this.line === 0 || place < this.lineStart) this.begin(bytes, this.from.line, 0, this.from.column - 1);
    while (this.lineEnd < place) this.begin(bytes, this.line + 1, this.lineEnd + 1, 0);
    if (place < this.counted.to) this.counted = { to: this.lineStart, characters: 0 };
    const { to, characters: known } = this.counted;
    this.counted = { to: place, characters: known + characters(bytes, to, place) };
    return { line: this.line, column: this.ahead + this.counted.characters + 1 };
  }

  private begin(bytes: Buffer, line: number, lineStart: number, ahead: number): void {
    const end = bytes.indexOf(NEW_LINE, lineStart);
    this.line = line;
    this.lineStart = lineStart;
    this.ahead = ahead;
    this.lineEnd = end < 0 ? Infinity : end;
    this.counted = { to: lineStart, characters: 0 };
  }
}

/** Of UTF-8: bytes that go on with a character are none. */
function characters(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}
