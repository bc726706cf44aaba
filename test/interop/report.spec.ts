import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { reviewPdf } from '../../src/reviews/exports/pdf/review-pdf.js';
import { reportOf } from '../reviews/report-fixture.js';
import { Judge } from './judge.js';

jest.setTimeout(120_000);

const POPPLER = 'apt-get install -y poppler-utils';
const pdftotext = new Judge('pdftotext', POPPLER);
const pdfinfo = new Judge('pdfinfo', POPPLER);
const pdffonts = new Judge('pdffonts', POPPLER);

let folder: string;
let file: string;
let text: string;

beforeAll(async () => {
  await pdftotext.introduce('poppler', ['-v']);
  folder = await mkdtemp(path.join(tmpdir(), 'muster-report-'));
  file = path.join(folder, 'report.pdf');
  await writeFile(file, await reviewPdf(reportOf()));
  text = (await pdftotext.hear(['-layout', file, '-'])).said;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the report of a review, read by poppler', () => {
  it('opens without a complaint, and is tagged, titled and of a language', async () => {
    const { status, said } = await pdfinfo.hear([file]);
    expect(status).toBe(0);
    expect(said).toMatch(/Title: +Access review: Quarterly review of production/);
    expect(said).toMatch(/Tagged: +yes/);
    expect(said).not.toMatch(/error|warning/i);
  });

  it('says who acknowledged what, what it adds up to, and which entries of the log stand behind it', () => {
    expect(text).toMatch(/It ties out, is acknowledged by management, and is closed\./);
    expect(text).toMatch(/Population, as frozen +8 +41/);
    expect(text).toMatch(/Attested by a named owner, not verified +1 +66/);
    expect(text).toMatch(/By Ada Lovelace, 2026-11-20 15:00 UTC, with a passkey/);
  });

  it('writes names in Latin, Greek, Cyrillic and Vietnamese as they are, and says which it cannot write', () => {
    for (const name of ['Łukasz Żółć', 'Ἀριστοτέλης Παπαδόπουλος', 'Nguyễn Thị Hồng'])
      expect(text.normalize('NFC')).toContain(name.normalize('NFC'));
    expect(text).toMatch(/□□□ \(per_/);
    expect(text).toContain('□ stands for a character that this report’s typeface lacks');
  });

  it('numbers its pages, each with the review and the digest of its figures', () => {
    const pages = text.split('\f').filter((page) => page.trim() !== '');
    expect(pages.length).toBeGreaterThan(2);
    for (const [i, page] of pages.entries()) {
      expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
      expect(page).toMatch(/cmp_[0-9a-f]{32} · figures SHA-256 [0-9a-f]{32}…/);
    }
  });

  it('is tagged in the order in which it is read, tables row by row', async () => {
    const { said } = await pdfinfo.hear(['-struct-text', file]);
    expect(said).toMatch(/H1[\s\S]*Quarterly review of production[\s\S]*Table[\s\S]*TR[\s\S]*TH[\s\S]*H2/);
  });

  it('brings its typeface along, as far as it is used', async () => {
    const { said } = await pdffonts.hear([file]);
    expect(said.match(/SourceSans3-\w+ +CID TrueType +Identity-H +yes yes yes/g)).toHaveLength(2);
    expect(said).not.toMatch(/Helvetica/);
  });
});
