import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { showReport, verifyExport } from '../../src/audit/verifier/verify.js';
import { addSeconds, DAY_SECONDS, type Id } from '../../src/kernel/index.js';
import { everybodyIsPresent } from '../harness/always-present.js';
import type { SignedIn } from '../harness/index.js';
import { Muster } from '../harness/muster.js';
import { until } from '../audit/log-fixture.js';

/** A whole review, from its beginning to the files that leave the house, over HTTP. */

jest.setTimeout(120_000);

interface Made {
  readonly id: string;
}
interface Listed<Item> {
  readonly items: readonly Item[];
}

let muster: Muster;
let admin: SignedIn;
let analyst: SignedIn;
let custodian: SignedIn;
let backup: SignedIn;
let auditor: SignedIn;
let key: string;
let campaignId: string;

beforeAll(async () => {
  muster = await Muster.start();
  everybodyIsPresent(muster);
  admin = await muster.signInAs();
  analyst = await muster.signInAs('analyst');
  custodian = await muster.signInAs('custodian');
  backup = await muster.signInAs('custodian');
  auditor = await muster.signInAs('auditor');
  key = (await muster.visitor().call('GET', '/v1/audit/key')).bytes.toString().trim();
  campaignId = await reviewed();
});
afterAll(() => muster?.stop());

const at = () => `/v1/review-campaigns/${campaignId}`;
const settled = async (visitor: SignedIn['visitor'], state: string) =>
  until(async () => (await visitor.get<{ state: string }>(at())).state === state);

/** Four identities: two kept, one revoked, one excepted. */
async function reviewed(): Promise<string> {
  const engineer = await muster.signInAs('platform-engineer');
  const team = await admin.visitor.post<Made>('/v1/teams', { name: 'Payments' });
  for (const name of ['ledger-sync', 'payroll-bot', 'report-runner', 'vault-agent'])
    await engineer.visitor.post('/v1/identities', {
      ...{
        name,
        kind: 'service-account',
        environment: 'prod',
        teamId: team.id,
        purpose: '=SUM(1+1) “settles” paymènts',
      },
      ...{ criticality: 'low', dataClasses: [], privileged: false },
      ...{ primaryCustodianId: custodian.id, backupCustodianId: backup.id },
    });
  const { id } = await analyst.visitor.post<Made>('/v1/review-campaigns', {
    ...{ name: 'Quarterly', scope: { teamId: team.id }, managementId: admin.id, samplePercent: 50 },
    dueAt: addSeconds(new Date(), 14 * DAY_SECONDS).toISOString(),
  });
  campaignId = id;
  await settled(analyst.visitor, 'open');
  const { items } = await custodian.visitor.get<Listed<Made & { name: string }>>(
    `/v1/review-items?campaignId=${id}&limit=10`,
  );
  const [kept, alsoKept, revoked, excepted] = items.map((item) => item.id) as [string, string, string, string];
  for (const item of [kept, alsoKept]) {
    await custodian.visitor.get(`/v1/review-items/${item}`);
    const body = { decision: 'keep', reason: '=HYPERLINK("http://evil.example")' };
    await custodian.visitor.call('PUT', `/v1/review-items/${item}/decision`, body);
  }
  const body = { decision: 'revoke', reason: 'Nobody needs it.' };
  await custodian.visitor.call('PUT', `/v1/review-items/${revoked}/decision`, body);
  const { digest, count } = await custodian.visitor.get<{ digest: string; count: number }>(`${at()}/submission`);
  await custodian.visitor.post(`${at()}/submissions`, { digest, count });
  await analyst.visitor.post('/v1/review-exceptions', {
    ...{ itemId: excepted, reason: 'Goes in March.', ownerId: analyst.id },
    endsAt: addSeconds(new Date(), 30 * DAY_SECONDS).toISOString(),
  });
  const { items: samples } = await backup.visitor.get<Listed<{ itemId: Id<'reviewItem'> }>>(
    `/v1/review-samples?campaignId=${id}`,
  );
  for (const { itemId } of samples)
    await backup.visitor.call('PUT', `/v1/review-samples/${itemId}`, { verdict: 'agreed' });
  await until(async () => (await figures()).faults.length === 0);
  return id;
}

const figures = () => admin.visitor.get<{ faults: unknown[]; digest: string }>(`${at()}/figures`);
const exported = (format: string, by: SignedIn = analyst) => by.visitor.call('POST', `${at()}/exports`, { format });

describe('a review that is still open', () => {
  it('leaves the house as a package that proves itself, and does so for an auditor with every image', async () => {
    const reply = await exported('json', auditor);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json/);
    const report = verifyExport(reply.bytes, { key });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ verdict: 'ok', warnings: [], receipt: { type: 'campaign.exported' } });
    expect(report.review).toMatchObject({
      figures: { population: 4, items: { keep: 2, revoke: 1, excepted: 1 }, samples: { agreed: 1 } },
    });
  });

  it('withholds images from its owner who may not see them, and says so', async () => {
    const report = verifyExport((await exported('json')).bytes, { key });
    expect(report.problems).toEqual([]);
    expect(report.warnings.join()).toMatch(/withheld/);
  });

  it.each(['custodian', 'backup', 'other analyst'])('does not leave the house by a %s', async (who) => {
    const by = { custodian, backup }[who] ?? (await muster.signInAs('analyst'));
    for (const format of ['csv', 'json', 'pdf']) expect((await exported(format, by)).status).toBe(403);
  });
});

describe('a review that is closed', () => {
  beforeAll(async () => {
    await admin.visitor.post(`${at()}/acknowledgement`, { digest: (await figures()).digest });
    await analyst.visitor.post(`${at()}/close`);
  });

  it('leaves the house with its acknowledgement and its close, right after it', async () => {
    const report = verifyExport((await exported('json', auditor)).bytes, { key });
    expect(report.problems).toEqual([]);
    expect(report.review).toMatchObject({ state: 'closed', acknowledged: true });
    const types = report.entries.map(({ type }) => type);
    for (const type of [
      'campaign.created',
      'campaign.started',
      'review.submitted',
      'campaign.acknowledged',
      'campaign.closed',
    ])
      expect(types).toContain(type);
    expect(showReport(report)).toContain('It ties out.');
  });

  it('says nothing of people in its package but their ids', async () => {
    const text = (await exported('json', auditor)).bytes.toString();
    expect(text).toContain(custodian.id);
    expect(text).not.toMatch(/example\.com|Ada Administrator|custodian [0-9a-f]{8}/);
  });

  it('is found changed where one character is', async () => {
    const { bytes } = await exported('json', auditor);
    const text = bytes.toString();
    const changed = text.replace('"decision":"revoke"', '"decision":"reduce"');
    const line = text.slice(0, text.indexOf('"decision":"revoke"')).split('\n').length;
    expect(verifyExport(Buffer.from(changed), { key })).toMatchObject({ verdict: 'tampered', problems: [{ line }] });
  });

  it('is a table that no spreadsheet takes for a program', async () => {
    const reply = await exported('csv');
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.headers['content-disposition']).toBe(`attachment; filename="muster-review-${campaignId}.csv"`);
    const text = reply.bytes.toString();
    expect(text.startsWith('\uFEFF"No.","Identity"')).toBe(true);
    const lines = text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(5);
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
    expect(lines.filter((line) => /"custodian [0-9a-f]{8}"/.test(line)).length).toBeGreaterThan(2);
  });

  it('is a report that a person reads', async () => {
    const reply = await exported('pdf');
    expect(reply.headers['content-type']).toBe('application/pdf');
    expect(reply.bytes.subarray(0, 8).toString()).toBe('%PDF-1.7');
    expect(reply.bytes.length).toBeGreaterThan(10_000);
  });
});
