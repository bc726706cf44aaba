import { plain, plainLines } from './plain-text.js';

/** How a cell is headed and what it shows. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | boolean | null | undefined;
}

const GAP = '  ';

/** Where a command writes: tables and sentences for people, one JSON value for programs. */
export class Output {
  constructor(
    private readonly write: (text: string) => void,
    readonly json: boolean,
  ) {}

  /** A sentence for people; programs do not see it. */
  say(text = ''): void {
    if (!this.json) this.write(`${plainLines(text)}\n`);
  }

  /** A value for programs; people get what `show` writes. */
  result(value: unknown, show: () => void): void {
    if (this.json) this.write(`${JSON.stringify(value)}\n`);
    else show();
  }

  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void {
    this.say(rows.length === 0 ? empty : renderTable(rows, columns));
  }

  /** Label and value, a line each; absent values are left out. */
  facts(facts: readonly (readonly [string, string | number | null | undefined])[]): void {
    const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== '');
    const width = Math.max(...shown.map(([label]) => label.length));
    for (const [label, value] of shown) this.say(`${label.padEnd(width)}${GAP}${plain(String(value))}`);
  }
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
