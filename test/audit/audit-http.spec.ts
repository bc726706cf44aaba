import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { verifyExport } from '../../src/audit/verifier/verify.js';
import {
  openNote,
  parseCheckpoint,
  parseNoteKey,
  provesConsistency,
  provesInclusion,
  leafHash,
} from '../../src/crypto/index.js';
import type { SignedIn } from '../harness/index.js';
import { Muster } from '../harness/muster.js';
import { until } from './log-fixture.js';

/** For machines that do other things too. */

interface Listed {
  readonly items: readonly {
    readonly index: number;
    readonly type: string;
    readonly subject: string;
    readonly leaf: string;
  }[];
  readonly nextCursor: string | null;
}
interface Proved {
  readonly leaf: string;
  readonly proof: { readonly size: number; readonly hashes: readonly string[]; readonly checkpoint: string };
}

let muster: Muster;
let administrator: SignedIn;
let auditor: SignedIn;
let custodian: SignedIn;

const decoded = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'base64'));
const text = async (path: string) => (await muster.visitor().call('GET', path)).bytes.toString();
/** The checkpoint as anyone may read it, its signature verified. */
const checkpoint = async () =>
  parseCheckpoint(openNote(await text('/v1/audit/checkpoint'), parseNoteKey((await text('/v1/audit/key')).trim())));

beforeAll(async () => {
  muster = await Muster.start();
  administrator = await muster.signInAs();
  auditor = await muster.signInAs('auditor');
  custodian = await muster.signInAs('custodian');
  await administrator.visitor.post('/v1/teams', { name: 'Payments' });
  await until(async () => (await list('type=team.created')).items.length === 1 && (await checkpoint()).size > 5);
}, 120_000);

afterAll(() => muster.stop());

const list = (query: string) => auditor.visitor.get<Listed>(`/v1/audit/records?${query}`);

describe('the log over HTTP', () => {
  it('lists what happened, newest first, page by page', async () => {
    const whole = await list('limit=200');
    const paged: number[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`limit=3${cursor}`);
      paged.push(...page.items.map(({ index }) => index));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(paged).toEqual(whole.items.map(({ index }) => index));
    expect(paged).toEqual(Array.from({ length: paged.length }, (_, i) => paged.length - 1 - i));
  });

  it('finds what concerns one subject or was done by one actor', async () => {
    const { items } = await list(`subject=${auditor.id}&type=person.invited`);
    expect(items).toHaveLength(1);
    expect((await list(`actor=${administrator.id}`)).items.length).toBeGreaterThan(2);
    expect((await list('from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z')).items).toEqual([]);
  });

  it('holds no name and no address in what it lists (AUD-5)', async () => {
    const { items } = await list('limit=200');
    expect(JSON.stringify(items)).not.toMatch(/example\.com|Ada Administrator|Payments/);
  });

  it('proves an entry against the signed checkpoint that comes with it', async () => {
    const { leaf, proof } = await auditor.visitor.get<Proved>('/v1/audit/records/2');
    const key = parseNoteKey((await text('/v1/audit/key')).trim());
    const { size, root } = parseCheckpoint(openNote(proof.checkpoint, key));
    expect(provesInclusion(2, size, leafHash(Buffer.from(leaf)), decoded(proof.hashes), root)).toBe(true);
  });

  it('proves inclusion at any size, and that the log only grows', async () => {
    const before = await checkpoint();
    await administrator.visitor.post('/v1/teams', { name: 'Settlement' });
    await until(async () => (await checkpoint()).size > before.size);
    const after = await checkpoint();
    const proof = await custodian.visitor.get<{ hashes: string[] }>(
      `/v1/audit/proofs/consistency?from=${before.size}&to=${after.size}`,
    );
    expect(provesConsistency(before.size, after.size, before.root, after.root, decoded(proof.hashes))).toBe(true);
    const { leaf } = await auditor.visitor.get<Proved>('/v1/audit/records/1');
    const inclusion = await custodian.visitor.get<{ hashes: string[] }>(
      `/v1/audit/proofs/inclusion?index=1&size=${before.size}`,
    );
    const hash = leafHash(Buffer.from(leaf));
    expect(provesInclusion(1, before.size, hash, decoded(inclusion.hashes), before.root)).toBe(true);
  });

  it('gives an auditor a file that verifies offline, and records that it did', async () => {
    const { size } = await checkpoint();
    const reply = await auditor.visitor.call('POST', '/v1/audit/exports', { pinnedSize: size });
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    const report = verifyExport(reply.bytes, { key: (await text('/v1/audit/key')).trim() });
    expect(report.problems).toEqual([]);
    expect(report.entries.length).toBeGreaterThanOrEqual(size);
    expect(report.entries.every(({ images }) => images === 'verified')).toBe(true);
    const [recorded] = (await list('type=audit.exported')).items;
    expect(recorded).toMatchObject({ index: report.receipt!.index, subject: 'log' });
  });

  it.each([
    ['a type that does not exist', '/v1/audit/records?type=team.eaten', 400],
    ['an index that is none', '/v1/audit/records/first', 400],
    ['a negative index', '/v1/audit/records/-1', 400],
    ['an index beyond the log', '/v1/audit/records/100000', 404],
    ['a cursor of another list', '/v1/audit/records?cursor=eyJhIjoxfQ', 400],
    ['an instant that is none', '/v1/audit/records?from=yesterday', 400],
    ['a parameter it does not know', '/v1/audit/records?subjekt=x', 400],
    ['a proof without an index', '/v1/audit/proofs/inclusion', 400],
    ['a proof beyond the log', '/v1/audit/proofs/inclusion?index=100000', 400],
    ['sizes out of order', '/v1/audit/proofs/consistency?from=3&to=2', 400],
  ])('refuses %s with a clear answer', async (_name, path, status) => {
    const reply = await auditor.visitor.call<{ code: string; detail: string }>('GET', path);
    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
  });

  it.each([
    ['a range beyond the log', { from: 100000 }, 400],
    ['a checkpoint never published', { pinnedSize: 100000 }, 404],
    ['a fraction', { from: 0.5 }, 400],
    ['a member it does not know', { until: 4 }, 400],
  ])('refuses an export of %s', async (_name, body, status) => {
    expect((await auditor.visitor.call('POST', '/v1/audit/exports', body)).status).toBe(status);
  });

  it('is exported to auditors and administrators alone, and a refusal is recorded', async () => {
    expect((await custodian.visitor.call('POST', '/v1/audit/exports', {})).status).toBe(403);
    expect((await custodian.visitor.call('GET', '/v1/audit/records')).status).toBe(403);
    expect((await muster.visitor().call('GET', '/v1/audit/records')).status).toBe(401);
    await until(async () => (await list(`type=access.denied&actor=${custodian.id}`)).items.length === 2);
  });
});
