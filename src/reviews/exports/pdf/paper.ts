import type PDFDocument from 'pdfkit';
import type { Typeface } from './typeface.js';

type Document = InstanceType<typeof PDFDocument>;
type Element = PDFKit.PDFStructureElement;

/** One column of a table; widths are shares of the page. */
export interface Column {
  readonly title: string;
  readonly share: number;
  readonly align?: 'left' | 'right';
}

export type Tone = 'plain' | 'quiet' | 'good' | 'bad';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  readonly bold?: boolean;
}

const MARGIN = 56;
const FOOT = 64;
const BODY = 9.5;
const LEADING = 2.2;
const PAD = 4.5;
const INK = { plain: '#1f2328', quiet: '#57606a', good: '#116329', bad: '#a40e26' } as const;
const ACCENT = '#0b4f6c';
const RULE = '#d0d7de';
const SHADE = '#f3f6f8';
/** Stands for a character that the typeface lacks. */
const MISSING = '□';

/** A sheet after the other: headings, paragraphs, facts and tables, each tagged as what it is (PDF/UA). */
export class Paper {
  /** Whether something could not be written as it is. */
  spoiled = false;
  private readonly root: Element;

  constructor(
    private readonly doc: Document,
    face: Typeface,
  ) {
    doc.registerFont('regular', face.regular);
    doc.registerFont('bold', face.bold);
    this.root = doc.struct('Document');
    doc.addStructure(this.root);
  }

  private get width(): number {
    return this.doc.page.width - 2 * MARGIN;
  }

  private get bottom(): number {
    return this.doc.page.height - FOOT;
  }

  /** What opens the report. */
  title(kicker: string, text: string): void {
    const { doc } = this;
    doc.y = MARGIN + 6;
    this.artifact(() => doc.rect(0, 0, doc.page.width, 14).fill(ACCENT));
    this.write('P', kicker.toUpperCase(), { size: 9, font: 'bold', color: ACCENT });
    doc.y += 4;
    this.write('H1', text, { size: 25, font: 'bold' });
    doc.y += 6;
  }

  heading(text: string): void {
    this.need(150);
    this.doc.y += 14;
    this.write('H2', text, { size: 14, font: 'bold', color: ACCENT });
    this.doc.y += 4;
  }

  paragraph(text: string, tone: Tone = 'plain'): void {
    this.write('P', text, { color: INK[tone] });
    this.doc.y += 5;
  }

  /** A sentence that must not be overlooked. */
  verdict(text: string, good: boolean): void {
    const { doc } = this;
    this.use('bold', 12);
    const height = doc.heightOfString(this.legible(text), { width: this.width - 28 }) + 18;
    this.need(height + 8);
    const top = doc.y;
    this.artifact(() => {
      doc.rect(MARGIN, top, this.width, height).fill(good ? '#e6f4ea' : '#fdecee');
      doc.rect(MARGIN, top, 4, height).fill(good ? INK.good : INK.bad);
    });
    doc.y = top + 9;
    this.write('P', text, { size: 12, font: 'bold', color: good ? INK.good : INK.bad, indent: 14 });
    doc.y = top + height + 8;
  }

  /** Names beside what they are: two columns without lines. */
  facts(rows: readonly (readonly [string, string])[]): void {
    const columns: readonly Column[] = [
      { title: 'What', share: 26 },
      { title: 'Is', share: 74 },
    ];
    const table = this.open('Table');
    for (const [name, value] of rows)
      this.row(table, columns, [{ text: name, tone: 'quiet' }, { text: value }], { heads: 1, pad: 2.4, rule: false });
    table.end();
    this.doc.y += 6;
  }

  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
    const table = this.open('Table');
    const head = () =>
      this.row(
        table,
        columns,
        columns.map(({ title }) => ({ text: title, bold: true })),
        { heads: columns.length, pad: PAD, rule: true, shaded: true },
      );
    this.need(60);
    head();
    for (const cells of rows) {
      if (this.doc.y + this.heightOf(columns, cells, PAD) > this.bottom) {
        this.turn();
        head();
      }
      this.row(table, columns, cells, { heads: 1, pad: PAD, rule: true });
    }
    table.end();
    this.doc.y += 8;
  }

  /** Writes below every page what says which report it is of, and ends the document. */
  finish(footer: string): void {
    const { doc } = this;
    this.root.end();
    const { start, count } = doc.bufferedPageRange();
    for (let page = start; page < start + count; page += 1) {
      doc.switchToPage(page);
      const { bottom } = doc.page.margins;
      doc.page.margins.bottom = 0;
      this.artifact(() => {
        const y = doc.page.height - 42;
        doc
          .moveTo(MARGIN, y - 6)
          .lineTo(doc.page.width - MARGIN, y - 6)
          .lineWidth(0.5)
          .stroke(RULE);
        this.use('regular', 7.5);
        doc.fillColor(INK.quiet).text(this.legible(footer), MARGIN, y, { width: this.width - 70, lineGap: 1 });
        doc.text(`Page ${page + 1} of ${count}`, MARGIN, y, { width: this.width, align: 'right' });
      }, 'Pagination');
      doc.page.margins.bottom = bottom;
    }
    doc.end();
  }

  private row(
    table: Element,
    columns: readonly Column[],
    cells: readonly Cell[],
    how: { heads: number; pad: number; rule: boolean; shaded?: boolean },
  ): void {
    const { doc } = this;
    const height = this.heightOf(columns, cells, how.pad);
    if (doc.y + height > this.bottom) this.turn();
    const top = doc.y;
    if (how.shaded) this.artifact(() => doc.rect(MARGIN, top, this.width, height).fill(SHADE));
    const row = doc.struct('TR');
    table.add(row);
    let x = MARGIN;
    for (const [i, { share, align = 'left' }] of columns.entries()) {
      const { text, tone = 'plain', bold = false } = cells[i] ?? { text: '' };
      const width = (this.width * share) / 100;
      const left = x;
      const draw = () => {
        this.use(bold ? 'bold' : 'regular', BODY);
        doc.fillColor(INK[tone]).text(this.legible(text), left + 3, top + how.pad, {
          width: width - (align === 'right' ? 16 : 8),
          align,
          lineGap: LEADING,
        });
      };
      const isHead = i < how.heads;
      const scope = how.heads === columns.length ? 'Column' : 'Row';
      row.add(doc.struct(isHead ? 'TH' : 'TD', isHead ? ({ scope } as object) : {}, draw));
      x += width;
    }
    row.end();
    doc.y = top + height;
    doc.x = MARGIN;
    if (how.rule)
      this.artifact(() =>
        doc
          .moveTo(MARGIN, doc.y)
          .lineTo(MARGIN + this.width, doc.y)
          .lineWidth(0.5)
          .stroke(RULE),
      );
  }

  private heightOf(columns: readonly Column[], cells: readonly Cell[], pad: number): number {
    const heights = columns.map(({ share, align }, i) => {
      this.use(cells[i]?.bold ? 'bold' : 'regular', BODY);
      const width = (this.width * share) / 100 - (align === 'right' ? 16 : 8);
      return this.doc.heightOfString(this.legible(cells[i]?.text ?? ''), { width, lineGap: LEADING });
    });
    return Math.max(...heights, BODY) + 2 * pad;
  }

  private write(
    type: string,
    text: string,
    how: { size?: number; font?: string; color?: string; indent?: number },
  ): void {
    const { doc } = this;
    const { size = BODY + 0.5, font = 'regular', color = INK.plain, indent = 0 } = how;
    const options = { width: this.width - 2 * indent, lineGap: LEADING };
    this.use(font, size);
    const words = this.legible(text);
    this.need(Math.min(doc.heightOfString(words, options), 300));
    this.root.add(
      doc.struct(type, {}, () => {
        this.use(font, size);
        doc.fillColor(color).text(words, MARGIN + indent, doc.y, options);
      }),
    );
    doc.x = MARGIN;
  }

  private open(type: string): Element {
    const element = this.doc.struct(type);
    this.root.add(element);
    return element;
  }

  /** Begins a new page where so much does not fit on this one. */
  private need(height: number): void {
    if (this.doc.y + height > this.bottom) this.turn();
  }

  private turn(): void {
    this.doc.addPage();
    this.doc.y = MARGIN;
  }

  private artifact(draw: () => void, type = 'Layout'): void {
    this.doc.markContent('Artifact', { type } as PDFKit.Mixins.MarkingOptions);
    draw();
    this.doc.endMarkedContent();
  }

  private use(font: string, size: number): void {
    this.doc.font(font).fontSize(size);
  }

  /** The text as the typeface can write it; what it cannot is shown to be missing, never left out. */
  private legible(text: string): string {
    const { font } = (this.doc as unknown as { _font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } } })
      ._font;
    return Array.from(text.replace(/\s+/gu, ' '), (character) => {
      if (font.hasGlyphForCodePoint(character.codePointAt(0)!)) return character;
      this.spoiled = true;
      return MISSING;
    }).join('');
  }
}

/** Where paper begins. */
export const PAGE = { size: 'A4', margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: 30 } } as const;
