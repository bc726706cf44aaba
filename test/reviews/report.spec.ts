import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { reviewPdf } from '../../src/reviews/exports/pdf/review-pdf.js';
import { reportOf } from './report-fixture.js';

async function bytesOf(...[changed]: Parameters<typeof reportOf>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of await reviewPdf(reportOf(changed))) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

describe('the report of a review', () => {
  it('is a PDF that says what it is, in which language, and what each part of it is (PDF/UA)', async () => {
    const pdf = await bytesOf();
    const text = pdf.toString('latin1');
    if (process.env.KEEP_REPORT) writeFileSync(process.env.KEEP_REPORT, pdf);
    expect(text.startsWith('%PDF-1.7')).toBe(true);
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
    for (const said of ['/Lang (en)', '/DisplayDocTitle true', '/Marked true', '/StructTreeRoot'])
      expect([said, text.includes(said)]).toEqual([said, true]);
    for (const type of ['H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD'])
      expect([type, text.includes(`/S /${type}\n`)]).toEqual([type, true]);
  });
});
