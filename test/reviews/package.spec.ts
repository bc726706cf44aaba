import { describe, expect, it, jest } from '@jest/globals';
import { type Report, showReport, verifyExport } from '../../src/audit/verifier/verify.js';
import { LOG_KEY, seeded } from '../audit/export-fixture.js';
import { id } from '../audit/log-fixture.js';
import { type Rows, tiedOut, writePackage, type Written } from './package-fixture.js';

jest.setTimeout(120_000);

const key = LOG_KEY;
const verified = (text: string | Buffer) => verifyExport(Buffer.from(text), { key });
const codes = ({ problems }: Report) => problems.map(({ code }) => code);
const written = (how?: Written, rows: Rows = tiedOut()) => writePackage(rows, how);

describe('the package of a review', () => {
  it('is found whole, its numbers recomputed and acknowledged as they stand', async () => {
    const text = await written();
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    const report = verified(text);
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({
      verdict: 'ok',
      review: { id: id('campaign', 1), state: 'closed', figures: tiedOut().figures, acknowledged: true },
      receipt: { type: 'campaign.exported' },
    });
    expect(showReport(report)).toContain('population  8 = 5 keep + 1 reduce + 1 revoke + 1 excepted\n');
    expect(showReport(report)).toContain('It ties out.\n');
  });

  it('is found whole in several parts of the log too', async () => {
    const text = await written({ most: 3 });
    expect(text.match(/"checkpoint":/g)!.length).toBeGreaterThan(2);
    expect(verified(text)).toMatchObject({ verdict: 'ok', problems: [] });
  });

  it('is found whole where its reader may not see what the records hold, and says what could not be compared', async () => {
    const report = verified(await written({ withheld: true }));
    expect(report.problems).toEqual([]);
    expect(report.warnings.join()).toMatch(/withheld/);
  });

  it('of a review that goes on is found whole, and says that it does not tie out', async () => {
    const rows = tiedOut();
    const open = { ...rows.effects[0]!, state: 'applied', endedAt: null } as const;
    const effects = { ...rows.figures.effects, verified: 0, unverified: 1 };
    const report = verified(
      await written(
        { unacknowledged: true },
        { ...rows, effects: [open, ...rows.effects.slice(1)], figures: { ...rows.figures, effects } },
      ),
    );
    expect(report.problems).toEqual([]);
    expect(showReport(report)).toContain('It does not tie out yet.');
  });

  it('is found changed wherever one bit is, and located to the line', async () => {
    const text = Buffer.from(await written({ most: 6 }));
    const starts = [0, ...[...text.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1)];
    const random = seeded('package');
    const wrong: string[] = [];
    for (const [line, start] of starts.slice(0, -1).entries()) {
      const length = starts[line + 1]! - start;
      for (let tried = 0; tried < 4; tried += 1) {
        const bit = random.next().value % (length * 8);
        const changed = Buffer.from(text);
        changed[start + (bit >> 3)]! ^= 1 << (bit & 7);
        const report = verified(changed);
        const [first] = report.problems;
        // A newline that goes joins two lines.
        const near = first !== undefined && first.line >= line + 1 && first.line <= line + 2;
        if (report.verdict !== 'tampered' || !near)
          wrong.push(`line ${line + 1}, bit ${bit}: ${report.verdict} ${first?.line} ${codes(report).join()}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is found cut off after any line', async () => {
    const lines = (await written()).split('\n');
    for (let kept = 1; kept < lines.length - 1; kept += 1)
      expect([kept, verified(`${lines.slice(0, kept).join('\n')}\n`).verdict]).not.toEqual([kept, 'ok']);
  });
});

const changeItem = (rows: Rows, at: number, change: (item: Rows['items'][number]) => unknown): Rows => ({
  ...rows,
  items: rows.items.map((item, i) => (i === at ? (change(item) as typeof item) : item)),
});
const decided = (rows: Rows, at: number, changed: object) =>
  changeItem(rows, at, (item) => ({ ...item, decision: { ...item.decision, ...changed } }));

describe('whoever can write packages, and cannot rewrite the log, is found', () => {
  it.each<[string, (rows: Rows) => Rows, string, number | undefined]>([
    ['to have a revoke say keep', (rows) => decided(rows, 6, { kind: 'keep' }), 'decision_differs', 8],
    ['to have other words said', (rows) => decided(rows, 1, { reason: 'No idea.' }), 'decision_differs', 3],
    ['to have somebody else decide', (rows) => decided(rows, 0, { by: id('person', 99) }), 'decision_differs', 2],
    [
      'to have longer looked at it',
      (rows) => changeItem(rows, 0, (item) => ({ ...item, secondsSpent: 600 })),
      'decision_differs',
      2,
    ],
    [
      'to take a decision back',
      (rows) => changeItem(rows, 2, (item) => ({ ...item, state: 'open', decision: null, submissionId: null })),
      'decision_unrecorded',
      4,
    ],
    [
      'to decide what nobody did',
      (rows) =>
        changeItem(rows, 7, () => ({ ...rows.items[7], ...{ state: 'submitted', decision: rows.items[0]!.decision } })),
      'decision_unrecorded',
      9,
    ],
    [
      'to show other evidence',
      (rows) => ({ ...rows, evidence: new Map([...rows.evidence, [rows.items[3]!.id, '{}']]) }),
      'evidence_changed',
      5,
    ],
    ['to leave an item out', (rows) => ({ ...rows, items: rows.items.slice(0, -1) }), 'population_differs', undefined],
    [
      'to turn two items round',
      (rows) => ({ ...rows, items: [rows.items[1]!, rows.items[0]!, ...rows.items.slice(2)] }),
      'population_differs',
      undefined,
    ],
    [
      'to have an effect verified that nobody saw',
      (rows) => ({ ...rows, effects: rows.effects.map((effect) => ({ ...effect, state: 'verified' })) }),
      'unrecorded',
      undefined,
    ],
    ['to leave an effect out', (rows) => ({ ...rows, effects: rows.effects.slice(1) }), 'figures_differ', 1],
    ['to leave an exception out', (rows) => ({ ...rows, exceptions: [] }), 'figures_differ', 1],
    ['to leave the sample out', (rows) => ({ ...rows, samples: [] }), 'sample_missing', undefined],
    [
      'to sample something else',
      (rows) => {
        const spared = rows.items.find((item) => item.id !== rows.samples[0]!.itemId)!;
        return { ...rows, samples: [{ ...rows.samples[0]!, itemId: spared.id }] };
      },
      'sample_differs',
      undefined,
    ],
    ['to leave the submission out', (rows) => ({ ...rows, submissions: [] }), 'submission_differs', undefined],
    [
      'to have better figures',
      (rows) => ({ ...rows, figures: { ...rows.figures, quality: { ...rows.figures.quality, opened: 7 } } }),
      'figures_differ',
      1,
    ],
    [
      'to rename the review',
      (rows) => ({ ...rows, campaign: { ...rows.campaign, name: 'Another' } }),
      'campaign_differs',
      1,
    ],
    [
      'to have it acknowledged by somebody else',
      (rows) => ({ ...rows, campaign: { ...rows.campaign, acknowledgedBy: id('person', 99) } }),
      'campaign_differs',
      1,
    ],
  ])('%s', async (_name, told, code, line) => {
    const report = verified(await written({ told }));
    expect(report.verdict).toBe('tampered');
    expect(codes(report)).toContain(code);
    const found = report.problems.find((problem) => problem.code === code)!;
    if (line !== undefined) expect(found.line).toBe(line);
  });

  it('to change a line, its sum with it, after the export was recorded', async () => {
    const text = await written();
    const other = await written({ told: (rows) => ({ ...rows, exceptions: [...rows.exceptions].reverse() }) });
    const [, mine] = /"exceptions":\[\n([^\]]*)\]/.exec(text)!;
    const [, theirs] = /"exceptions":\[\n([^\]]*)\]/.exec(other)!;
    expect(mine).not.toBe(theirs);
    expect(codes(verified(text.replace(mine!, theirs!)))).toEqual(['section_changed']);
  });

  it('to have closed what does not tie out', async () => {
    const rows = tiedOut();
    const effects = { ...rows.figures.effects, excepted: 0, failed: 1 };
    const exceptions = { ...rows.figures.exceptions, effects: 0 };
    const forced = {
      ...rows,
      exceptions: rows.exceptions.slice(0, 1),
      figures: { ...rows.figures, effects, exceptions },
    };
    expect(codes(verified(await written({}, forced)))).toEqual(['does_not_tie_out']);
  });
});
