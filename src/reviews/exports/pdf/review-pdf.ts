import { PassThrough, type Readable } from 'node:stream';
import type { Quality } from '../../closing/domain/figures.js';
import { flagsOf } from '../../closing/domain/quality.js';
import { isStale } from '../../closing/domain/closing.js';
import { inRuns } from '../domain/behind.js';
import {
  askedInWords,
  attestedInWords,
  type Report,
  scopeInWords,
  seenInWords,
  type Some,
  waitingInWords,
} from '../domain/report.js';
import { type Cell, type Column, PAGE, Paper } from './paper.js';
import { typeface } from './typeface.js';

const RUNS = 12;

/** Writes a report for people to read. The library is loaded when the first one is asked for: starting does not pay for it. */
export async function reviewPdf(report: Report): Promise<Readable> {
  const [{ default: PDFDocument }, face] = await Promise.all([import('pdfkit'), typeface()]);
  const { campaign, at } = report;
  const doc = new PDFDocument({
    ...PAGE,
    bufferPages: true,
    pdfVersion: '1.7',
    subset: 'PDF/UA' as never,
    tagged: true,
    lang: 'en',
    displayTitle: true,
    font: face.regular as unknown as string,
    info: { Title: `Access review: ${campaign.name}`, Author: 'Muster', Subject: campaign.id, CreationDate: at },
  });
  const out = doc.pipe(new PassThrough());
  new ReviewPdf(new Paper(doc, face), report).write();
  return out;
}

class ReviewPdf {
  constructor(
    private readonly paper: Paper,
    private readonly report: Report,
  ) {}

  write(): void {
    const { paper, report } = this;
    this.cover();
    this.arithmetic();
    this.decisions();
    this.effects();
    this.exceptions();
    this.secondLooks();
    this.quality();
    this.foundation();
    this.evidence();
    this.proof();
    const { campaign, standing, behind } = report;
    const entries = [...new Set(Object.values(behind).flat())].sort((one, other) => one - other);
    const digest = standing.digest.toString('hex');
    paper.finish(
      `${campaign.id} · figures SHA-256 ${digest.slice(0, 32)}… · log entries ${inRuns(entries, 4) || 'none'}`,
    );
  }

  private cover(): void {
    const { paper, report } = this;
    const { campaign, standing } = report;
    paper.title('Access review', campaign.name);
    paper.verdict(this.verdictInWords(), standing.faults.length === 0 && campaign.state !== 'cancelled');
    paper.facts([
      ['Scope', scopeInWords(campaign.scope, (id) => this.name(id), report.teamName)],
      ['Frozen', campaign.frozenAt ? `${when(campaign.frozenAt)}: ${campaign.population} identities` : 'Nothing was'],
      ['Due', when(campaign.dueAt)],
      ['Run by', this.name(campaign.ownerId)],
      ['Management', this.name(campaign.managementId)],
      ['Acknowledged', this.acknowledgement()],
      [campaign.state === 'cancelled' ? 'Cancelled' : 'Closed', this.ending()],
      ['Second look at', `${campaign.samplePercent} in a hundred keeps of each submission`],
      ['Report of', when(report.at)],
    ]);
  }

  private verdictInWords(): string {
    const { campaign, standing } = this.report;
    if (campaign.state === 'cancelled') return 'Cancelled. What was decided stands; what was not is owed no more.';
    if (standing.faults.length > 0) return 'It does not tie out yet. What is missing stands below.';
    if (campaign.state === 'closed') return 'It ties out, is acknowledged by management, and is closed.';
    return 'It ties out, and is not closed yet.';
  }

  private acknowledgement(): string {
    const { campaign, standing } = this.report;
    if (campaign.acknowledgedBy === null || campaign.acknowledgedAt === null) return 'Not yet';
    const stale = isStale(campaign, standing) ? ' — something has changed since: to be acknowledged again' : '';
    return `By ${this.name(campaign.acknowledgedBy)}, ${when(campaign.acknowledgedAt)}, with a passkey${stale}`;
  }

  private ending(): string {
    const { endedAt, endedBy, endReason } = this.report.campaign;
    if (endedAt === null || endedBy === null) return 'Not yet';
    return `By ${this.name(endedBy)}, ${when(endedAt)}${endReason === null ? '' : `: ${endReason}`}`;
  }

  private arithmetic(): void {
    const { paper, report } = this;
    const { figures, faults } = report.standing;
    const { population, items, effects } = figures;
    const { behind } = report;
    paper.heading('Does it tie out?');
    paper.paragraph('Every identity of the frozen population is counted once: decided, or excepted on purpose.');
    const row = (what: string, count: number, entries: readonly number[], bold = false): Cell[] => [
      { text: what, bold },
      { text: String(count), bold },
      { text: inRuns(entries, RUNS) || '—', tone: 'quiet' },
    ];
    const left = items.open + items.staged;
    const sum = items.keep + items.reduce + items.revoke + items.excepted;
    const columns: Column[] = [
      { title: 'What', share: 42 },
      { title: 'Identities', share: 14, align: 'right' },
      { title: 'Entries of the log behind it', share: 44 },
    ];
    paper.table(columns, [
      row('Population, as frozen', population, behind.population, true),
      row('Kept', items.keep, behind.decisions),
      row('Reduced', items.reduce, behind.decisions),
      row('Revoked', items.revoke, behind.decisions),
      row('Excepted', items.excepted, behind.exceptions),
      ...(left > 0 ? [row('Neither decided nor submitted', left, [])] : []),
      row(left === 0 && sum === population ? 'Accounted for: equal to the population' : 'Accounted for', sum, [], true),
    ]);
    paper.paragraph('Everything that a decision asked for is seen to be so, attested, or excepted.');
    const asked: readonly (readonly [string, number, readonly number[]])[] = [
      ['Verified on the target', effects.verified, behind.effectsVerified],
      ['Attested by a named owner, not verified', effects.attested, behind.effectsAttested],
      ['Excepted', effects.excepted, behind.exceptions],
      ['Not yet verified', effects.unverified, []],
      ['Waiting to be attested', effects.unattested, []],
      ['Failed', effects.failed, []],
      ['Asked for and not planned', effects.missing, []],
    ];
    const shown = asked.filter(([, count], i) => i < 3 || count > 0);
    paper.table(
      [columns[0]!, { ...columns[1]!, title: 'Effects' }, columns[2]!],
      shown.map((one) => row(...one)),
    );
    for (const { words } of faults) paper.paragraph(words, 'bad');
  }

  private decisions(): void {
    const { paper, report } = this;
    const { custodians } = report.standing.figures;
    if (report.decidedBy.total === 0) return;
    paper.heading('Who decided');
    paper.table(
      [
        { title: 'Custodian', share: 34 },
        ...['Kept', 'Reduced', 'Revoked', 'Together'].map((title) => ({ title, share: 11, align: 'right' as const })),
        { title: 'Median time', share: 11, align: 'right' },
        { title: 'Opened', share: 11, align: 'right' },
      ],
      report.decidedBy.things.map(({ personId, keep, reduce, revoke }) => {
        const own = custodians.find((one) => one.personId === personId);
        const numbers = [keep, reduce, revoke, keep + reduce + revoke].map((count) => ({ text: String(count) }));
        return [
          { text: this.name(personId) },
          ...numbers,
          { text: own ? `${own.medianSeconds} s` : '—' },
          { text: own ? share(own.opened, own.decided) : '—' },
        ];
      }),
    );
    this.rest(report.decidedBy, 'custodians');
  }

  private effects(): void {
    const { paper, report } = this;
    const { verified, attested, unfinished } = report;
    if (verified.total + attested.total + unfinished.total === 0) return;
    const columns = (title: string): Column[] => [
      { title: 'Identity', share: 24 },
      { title: 'What was decided', share: 34 },
      { title, share: 28 },
      { title: 'When', share: 14 },
    ];
    if (verified.total > 0) {
      paper.heading('Verified on the target');
      paper.paragraph('After each of these, the target itself was looked at: not the ticket.');
      paper.table(
        columns('How it was seen'),
        verified.things.map((one) => [
          { text: one.identityName },
          { text: askedInWords(one) },
          { text: seenInWords(one) },
          { text: day(one.effect.endedAt) },
        ]),
      );
      this.rest(verified, 'effects');
    }
    if (attested.total > 0) {
      paper.heading('Attested, not verified');
      paper.paragraph(
        'Muster has no way to look at these systems. A named owner gave their word, and it counts as no more.',
      );
      paper.table(
        columns('Whose word, and which'),
        attested.things.map((one) => [
          { text: one.identityName },
          { text: askedInWords(one) },
          { text: `${this.name(one.effect.endedBy ?? '—')}: ${attestedInWords(one)}` },
          { text: day(one.effect.endedAt) },
        ]),
      );
      this.rest(attested, 'effects');
    }
    if (unfinished.total > 0) {
      paper.heading('Neither verified nor attested');
      paper.table(
        columns('Why not'),
        unfinished.things.map((one) => [
          { text: one.identityName },
          { text: askedInWords(one) },
          { text: waitingInWords(one), tone: one.exceptionId === null ? ('bad' as const) : ('plain' as const) },
          { text: '—' },
        ]),
      );
      this.rest(unfinished, 'effects');
    }
  }

  private exceptions(): void {
    const { paper, report } = this;
    if (report.exceptions.total === 0) return;
    paper.heading('Exceptions');
    paper.paragraph('Each has somebody who answers for it, and an end.');
    paper.table(
      [
        { title: 'Identity', share: 24 },
        { title: 'Instead of', share: 14 },
        { title: 'Why', share: 32 },
        { title: 'Owner', share: 18 },
        { title: 'Ends', share: 12 },
      ],
      report.exceptions.things.map(({ identityName, of, reason, ownerId, endsAt }) => [
        { text: identityName },
        { text: of === 'identity' ? 'a decision' : of === 'effect' ? 'an effect' : 'a second look' },
        { text: reason },
        { text: this.name(ownerId) },
        { text: day(endsAt) },
      ]),
    );
    this.rest(report.exceptions, 'exceptions');
  }

  private secondLooks(): void {
    const { paper, report } = this;
    const { open, agreed, disagreed } = report.standing.figures.samples;
    if (open + agreed + disagreed === 0) return;
    paper.heading('Second looks');
    const entries = inRuns(report.behind.samples, RUNS);
    paper.paragraph(
      `Somebody who had no part in them looked again at ${agreed + disagreed} of ${open + agreed + disagreed} keeps that ` +
        `lots were drawn for: ${agreed} agreed, ${disagreed} disagreed${entries === '' ? '.' : ` (log entries ${entries}).`}`,
    );
    if (report.disagreements.total === 0) return;
    const settled = { effect: 'Taken away after all', exception: 'Excepted' };
    paper.table(
      [
        { title: 'Identity', share: 26 },
        { title: 'Why not right', share: 34 },
        { title: 'By', share: 20 },
        { title: 'What became of it', share: 20 },
      ],
      report.disagreements.things.map(({ name, reason, decidedBy, resolution }) => [
        { text: name },
        { text: reason ?? '—' },
        { text: decidedBy === null ? '—' : this.name(decidedBy) },
        {
          text: resolution === null ? 'Nothing yet' : settled[resolution],
          tone: resolution === null ? 'bad' : 'plain',
        },
      ]),
    );
    this.rest(report.disagreements, 'disagreements');
  }

  private quality(): void {
    const { paper, report } = this;
    const { quality, custodians } = report.standing.figures;
    if (quality.decided === 0) return;
    paper.heading('How the decisions came about');
    paper.paragraph(qualityInWords(quality));
    for (const { words } of flagsOf(quality)) paper.paragraph(`Over all: ${words}`, 'bad');
    if (custodians.length < 2) return;
    for (const one of custodians.slice(0, RUNS))
      for (const { words } of flagsOf(one)) paper.paragraph(`${this.name(one.personId)}: ${words}`, 'bad');
  }

  private foundation(): void {
    const { paper, report } = this;
    const { foundation } = report;
    paper.heading('Why this often');
    if (!foundation) {
      paper.paragraph('Begun by hand: no schedule, and so no risk analysis, stands behind it.');
      return;
    }
    const { title, everyDays, justification, approverId, approvedAt, expiresAt, id } = foundation;
    paper.paragraph(`Every ${everyDays} days, by the targeted risk analysis “${title}” (PCI DSS 12.3.1).`);
    paper.facts([
      ['Why that is enough', justification],
      ['Approved', approverId === null ? 'No' : `By ${this.name(approverId)}, ${approvedAt ? when(approvedAt) : '—'}`],
      ['Holds until', when(expiresAt)],
      ['Analysis', id],
    ]);
  }

  private evidence(): void {
    const { dataGate } = this.report.campaign;
    if (!dataGate || dataGate.length === 0) return;
    this.paper.heading('What the evidence did not show');
    this.paper.table(
      [
        { title: 'What', share: 82 },
        { title: 'Identities', share: 18, align: 'right' },
      ],
      dataGate.map(({ words, count }) => [{ text: words }, { text: String(count) }]),
    );
  }

  private proof(): void {
    const { paper, report } = this;
    const { campaign, standing, behind } = report;
    paper.heading('How to check this');
    paper.paragraph(
      'Export the review as JSON and run “muster audit verify FILE”, or “node verify.js FILE”, on any machine: it recomputes every ' +
        'number of this report from what the package holds, and proves each entry named here to be in the signed log.',
    );
    const entries = (indexes: readonly number[]) => inRuns(indexes, RUNS) || 'none';
    paper.facts([
      ['Review', campaign.id],
      ['Population SHA-256', campaign.populationDigest?.toString('hex') ?? '—'],
      ['Figures SHA-256', standing.digest.toString('hex')],
      ['Acknowledged SHA-256', campaign.acknowledgedDigest?.toString('hex') ?? '—'],
      ['Log: frozen', entries(behind.population)],
      ['Log: decisions', entries(behind.decisions)],
      ['Log: verified', entries(behind.effectsVerified)],
      ['Log: attested', entries(behind.effectsAttested)],
      ['Log: exceptions', entries(behind.exceptions)],
      ['Log: second looks', entries(behind.samples)],
      ['Log: acknowledged', entries(behind.acknowledgement)],
      ['Log: closed', entries(behind.closing)],
    ]);
    if (paper.spoiled)
      paper.paragraph(
        '□ stands for a character that this report’s typeface lacks; the CSV export has it as it is.',
        'quiet',
      );
  }

  private rest<Thing>({ things, total }: Some<Thing>, what: string): void {
    if (total > things.length)
      this.paper.paragraph(
        `And ${total - things.length} more ${what}: all of them are in the CSV and JSON exports.`,
        'quiet',
      );
  }

  /** Somebody's name; with their id where the typeface cannot write all of it. */
  private name(id: string): string {
    const name = this.report.names.get(id);
    if (name === undefined) return id;
    return UNWRITTEN.test(name) ? `${name} (${id})` : name;
  }
}

/** Whatever is of no script that the typeface has. */
const UNWRITTEN = /[^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]/u;

function qualityInWords(quality: Quality): string {
  const { decided, keeps, opened, medianSeconds, p90Seconds, bulkKeeps } = quality;
  return (
    `${decided} decisions. Half of them took at most ${medianSeconds} seconds each, nine in ten at most ${p90Seconds}. The evidence of ` +
    `${opened} (${share(opened, decided)}) was opened by whoever decided. ${bulkKeeps} of ${keeps} keeps were made in bulk.`
  );
}

function share(part: number, whole: number): string {
  return whole === 0 ? '—' : `${Math.round((part * 100) / whole)} %`;
}

function when(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function day(at: Date | null): string {
  return at === null ? '—' : at.toISOString().slice(0, 10);
}
