import { describe, expect, it } from '@jest/globals';
import { csvHead, csvLine, type ItemRow } from './csv.js';

const ROW: ItemRow = {
  ...{ position: 1, id: 'rvi_1', identityId: 'mid_1', name: 'ledger-sync', environment: 'prod', privileged: false },
  ...{ state: 'submitted', decision: 'keep', grants: null, reason: null, decidedBy: 'per_1', submissionId: 'rsb_1' },
  ...{
    submittedAt: new Date('2026-11-20T15:00:00.000Z'),
    reviewerId: 'per_1',
    opened: true,
    secondsSpent: 12,
    inBulk: false,
  },
  ...{ effects: null, exceptionOwner: null, exceptionEndsAt: null, exceptionReason: null, secondLook: null },
  ...{ secondLookBy: null, evidenceDigest: 'ab' },
};
const line = (changed: Partial<ItemRow>) => csvLine({ ...ROW, ...changed }, () => 'Łukasz Żółć');
const reason = (text: string) => line({ reason: text }).split(',')[7];

describe('the table of a review', () => {
  it('begins with a byte order mark and one title a column', () => {
    const head = csvHead();
    expect(head.startsWith('\uFEFF"No.",')).toBe(true);
    expect(head.split(',')).toHaveLength(line({}).split(',').length);
    expect([head, line({})].every((text) => text.endsWith('\r\n'))).toBe(true);
  });

  it('names people, and says in words what is yes or no', () => {
    expect(line({})).toContain('"Łukasz Żółć"');
    expect(line({})).toContain(',no,');
  });

  it('quotes what has quotation marks, commas or lines in it (RFC 4180 §2)', () => {
    expect(line({ reason: 'a "b", c\r\nd' })).toContain('"a ""b"", c\r\nd"');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1'])('lets no spreadsheet compute %j', (text) => {
    expect(line({ reason: text })).toContain(`"'${text}"`);
  });

  it('leaves what is no formula as it is', () => {
    for (const text of ['a=1', 'Needed until 2027-01-01', '1 + 1']) expect(reason(text)).toBe(`"${text}"`);
  });
});
