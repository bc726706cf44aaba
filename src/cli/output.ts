import { plain, plainLines } from './plain-text.js';

/** How a cell is headed and what it shows. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | boolean | null | undefined;
}

/** A stream that a command writes to, and what it is. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Characters in a line where somebody looks at it; undefined for files and pipes. */
  readonly width: number | undefined;
  readonly colour: boolean;
}

const GAP = '  ';
const DEFAULT_WIDTH = 80;
/** Narrower columns of text are not read any better. */
const MIN_ROOM = 20;

/** A stream of this process. No colour where nobody looks, nor where `NO_COLOR` is set (no-color.org). */
export function screenOf(stream: NodeJS.WriteStream, write: (text: string) => void): Screen {
  const terminal = stream.isTTY === true;
  const width = terminal ? stream.columns || DEFAULT_WIDTH : undefined;
  return { write, width, colour: terminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb' };
}

/** Escapes that are put around a whole line of our own, never around text from elsewhere alone. */
const INK = { good: '32', bad: '31', dim: '2', strong: '1' } as const;

/** Where a command writes: tables and sentences for people, one JSON value for programs. */
export class Output {
  constructor(
    private readonly screen: Screen,
    readonly json: boolean,
  ) {}

  /** A sentence for people; programs do not see it. */
  say(text = ''): void {
    if (!this.json) this.screen.write(`${plainLines(text)}\n`);
  }

  /** A sentence that stands out, where there is colour. */
  mark(ink: keyof typeof INK, text: string): void {
    if (this.json) return;
    const shown = plainLines(text);
    this.screen.write(this.screen.colour ? `\u001b[${INK[ink]}m${shown}\u001b[0m\n` : `${shown}\n`);
  }

  /** Sentences that begin further right, on each of their lines: they are broken between words where the screen ends. */
  paragraph(text: string, indent: number): void {
    const room = Math.max((this.screen.width ?? Infinity) - indent, MIN_ROOM);
    const lines = text.split('\n').flatMap((line) => brokenAt(plain(line), room));
    for (const line of lines) this.say(`${' '.repeat(indent)}${line}`);
  }

  /** A value for programs; people get what `show` writes. */
  result(value: unknown, show: () => void): void {
    if (this.json) this.screen.write(`${JSON.stringify(value)}\n`);
    else show();
  }

  /** Side by side where the screen is wide enough, else one below the other. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void {
    if (rows.length === 0) return this.say(empty);
    const [heading, ...lines] = renderTable(rows, columns).split('\n') as [string, ...string[]];
    const { width } = this.screen;
    if (width !== undefined && [heading, ...lines].some((line) => line.length > width))
      return this.say(renderBlocks(rows, columns));
    this.mark('dim', heading);
    this.say(lines.join('\n'));
  }

  /** Sentences after a word of ours, below which their further lines stay free. */
  hanging(before: string, text: string): void {
    const room = Math.max((this.screen.width ?? Infinity) - before.length, MIN_ROOM);
    const [first, ...rest] = brokenAt(plain(text), room);
    this.say(before + first!);
    for (const line of rest) this.say(' '.repeat(before.length) + line);
  }

  /** Label and value, which is broken between words where the screen ends; absent values are left out. */
  facts(facts: readonly (readonly [string, string | number | null | undefined])[]): void {
    const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
    const width = Math.max(...shown.map(([label]) => label.length));
    for (const [label, value] of shown) this.hanging(`${label.padEnd(width)}${GAP}`, String(value));
  }
}

/** Lines of at most so many characters, unless a word is longer. */
function brokenAt(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > room) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** One block a row, one line a column: for screens that a table would not fit. */
export function renderBlocks<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const width = Math.max(...columns.map(({ title }) => title.length));
  const block = (row: Row) =>
    columns.map(({ title, value }) => `${title.padEnd(width)}${GAP}${plain(String(value(row) ?? '–'))}`).join('\n');
  return rows.map(block).join('\n\n');
}

/** Columns padded to their widest cell, the last one ragged. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => plain(String(value(row) ?? '–'))));
  const table = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}
