import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit, type AuditRecord, Refusals } from '../../src/audit/index.js';
import { Evidence } from '../../src/audit/evidence.service.js';
import { Exports } from '../../src/audit/exports.service.js';
import { LogReader } from '../../src/audit/log-reader.js';
import { Partitions } from '../../src/audit/partitions.js';
import type { Sequencer } from '../../src/audit/sequencer.js';
import { verifyExport } from '../../src/audit/verifier/verify.js';
import { leafHash, noteKeyText, parseCheckpoint, provesConsistency, provesInclusion } from '../../src/crypto/index.js';
import type { Actor, Role } from '../../src/kernel/index.js';
import { administrator, changeOf, id, LogFixture, onConnection } from './log-fixture.js';

/** For machines that do other things too. */

const withRoles = (...roles: Role[]): Actor => ({
  ...administrator,
  principal: { ...administrator.principal, roles } as Actor['principal'],
});

let log: LogFixture;
let sequencer: Sequencer;
let exports: Exports;
let evidence: Evidence;

beforeAll(async () => {
  log = await LogFixture.open();
  sequencer = log.sequencer();
  sequencer.start();
  const reader = new LogReader(log.dataSource);
  exports = new Exports(log.dataSource, log.unitOfWork, log.audit, log.checkpoints, log.identity, reader);
  evidence = new Evidence(log.dataSource, log.checkpoints, log.identity);
  const changes = Array.from({ length: 300 }, (_, i) => changeOf(i));
  // Of two trees the larger extends the smaller.
  await log.append(...changes.slice(0, 200));
  await log.settled(200);
  await log.append(...changes.slice(200));
  await log.settled(300);
});

afterAll(async () => {
  await sequencer.stop();
  await log.close();
});

const count = async (table: string): Promise<number> =>
  Number((await log.query<{ many: string }>(`SELECT count(*) AS many FROM audit.${table}`))[0]!.many);
const verified = (text: string) => verifyExport(Buffer.from(text), { key: noteKeyText(log.key) });

describe('a record', () => {
  it('is written with its change, or neither is', async () => {
    const before = await count('records');
    const failed = log.unitOfWork.run(async (tx) => {
      await log.audit.append(tx, changeOf(1));
      throw new Error('the change fails');
    });
    await expect(failed).rejects.toThrow('the change fails');
    expect(await count('records')).toBe(before);
    expect(await count('images')).toBe(before);
  });

  it('that cannot be written dooms the transaction, though its error be swallowed', async () => {
    await onConnection(log.database.superuserUrl, (client) =>
      client.query(`CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON audit.images FOR EACH ROW EXECUTE FUNCTION public.fail()`),
    );
    const change = log.unitOfWork.run(async (tx) => {
      await tx.query(`INSERT INTO muster.idempotency_keys (caller, route, key, body_digest, state, created_at, expires_at)
        VALUES ('a', 'b', 'c', sha256(''), 'running', now(), now() + interval '1 hour')`);
      await log.audit.append(tx, changeOf(1)).catch(() => undefined);
      await tx.query('SELECT 1');
    });
    await expect(change).rejects.toMatchObject({ code: '25P02' });
    expect(await log.query('SELECT key FROM muster.idempotency_keys')).toEqual([]);
    await onConnection(log.database.superuserUrl, (client) =>
      client.query('DROP TRIGGER fail ON audit.images; DROP FUNCTION public.fail()'),
    );
  });

  it('keeps its number above those of the locks it waited for: an effect follows its cause', async () => {
    const numbers: number[] = [];
    await Promise.all(
      Array.from({ length: 5 }, () =>
        log.unitOfWork.run(async (tx) => {
          await tx.query('SELECT pg_advisory_xact_lock(7)');
          numbers.push(...(await log.audit.appendAll(tx, [changeOf(1), changeOf(2)])));
        }),
      ),
    );
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  });

  const valid = changeOf(1);
  it.each<[string, Partial<AuditRecord>]>([
    ['an address for a subject', { subject: 'ada@example.com' }],
    ['a name for a subject', { subject: 'Ada Lovelace' }],
    ['a sentence for a reason', { actor: { ...administrator, decision: reasons('Ada asked for it') } }],
    ['an address for a reason', { actor: { ...administrator, decision: reasons('ada@example.com') } }],
    ['a leaf of more than 65,535 bytes', { actor: { ...administrator, decision: reasons(...words(600)) } }],
  ])('is refused with %s (AUD-5)', async (_name, change) => {
    const appended = log.append({ ...valid, ...change });
    await expect(appended).rejects.toMatchObject({ code: 'record_malformed' });
  });

  it('commits to equal images by different commitments', () => {
    const [one, other] = [log.audit.compose(valid), log.audit.compose(valid)].map(
      ({ leaf }) => (JSON.parse(leaf) as { commitment: string }).commitment,
    );
    expect(one).not.toBe(other);
  });

  function reasons(...given: string[]) {
    return { ...administrator.decision, reasons: given };
  }

  function words(many: number): string[] {
    return Array.from({ length: many }, () => 'r'.repeat(120));
  }
});

describe('the application’s role', () => {
  const tables = ['records', 'images', 'leaves', 'tile_hashes', 'batches', 'checkpoints'];

  it.each(tables)('can change, delete or empty nothing in audit.%s', async (table) => {
    for (const statement of [
      `UPDATE audit.${table} SET ${table === 'records' || table === 'images' ? 'n = n' : table === 'checkpoints' || table === 'batches' ? 'size = size' : 'index = index'}`,
      `DELETE FROM audit.${table}`,
      `TRUNCATE audit.${table} CASCADE`,
    ])
      await expect(log.query(statement)).rejects.toMatchObject({ driverError: { code: '42501' } });
  });

  it('cannot reach around to a month’s partition, nor set the numbers back', async () => {
    const [partition] = await log.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit.images'::regclass LIMIT 1`,
    );
    for (const statement of [
      `DELETE FROM ${partition!.name}`,
      `DROP TABLE ${partition!.name}`,
      `SELECT setval('audit.record_numbers', 1)`,
      `ALTER TABLE audit.records DISABLE TRIGGER append_only`,
    ])
      await expect(log.query(statement)).rejects.toMatchObject({ driverError: { code: '42501' } });
  });

  it('shares that with the owner, and with a superuser who does not go out of their way', async () => {
    for (const url of [log.database.ownerUrl, log.database.superuserUrl])
      await onConnection(url, async (client) => {
        await expect(client.query('UPDATE audit.records SET leaf = leaf')).rejects.toThrow('only ever appended to');
        await expect(client.query('DELETE FROM audit.images')).rejects.toThrow('only ever appended to');
        await expect(client.query('TRUNCATE audit.leaves CASCADE')).rejects.toThrow('only ever appended to');
        await client.query(`SET session_replication_role = 'replica'`).catch(() => undefined);
        await expect(client.query('DELETE FROM audit.batches')).rejects.toThrow('only ever appended to');
      });
  });

  it('cannot give an index twice, nor leave one out', async () => {
    const columns = `(index, n, leaf_hash, type, actor, subject, at)`;
    const leaf = (index: number, n: number) =>
      log.query(`INSERT INTO audit.leaves ${columns} VALUES ($1, $2, sha256(''), 'a', 'b', 'c', now())`, [index, n]);
    await expect(leaf(299, 1)).rejects.toMatchObject({
      driverError: { constraint: expect.stringMatching(/leaves_(pk|once)/) },
    });
    await expect(leaf(9_999, 10_000_000)).rejects.toMatchObject({
      driverError: { code: expect.stringMatching(/^23/) },
    });
    const [unused] = await log.query<{ n: string }>(
      `INSERT INTO audit.records (leaf) VALUES ('not an envelope') RETURNING n`,
    );
    await expect(leaf(100_000, Number(unused!.n))).rejects.toMatchObject({
      driverError: { constraint: 'leaves_gapless' },
    });
  });
});

describe('reading', () => {
  it('pages through the log, newest first, by type, subject, actor and instant', async () => {
    const first = await evidence.list({ type: 'team.changed', subject: id('team', 3) }, 300, 5);
    expect(first.map(({ index }) => index)).toEqual([297, 290, 283, 276, 269, 262]);
    expect(await evidence.list({ actor: id('person', 9) }, undefined, 5)).toEqual([]);
    expect(await evidence.list({ to: new Date('2020-01-01') }, undefined, 5)).toEqual([]);
    expect(await evidence.list({ from: new Date('2020-01-01') }, 3, 5)).toHaveLength(3);
  });

  it('proves an entry to be in the signed tree', async () => {
    const { entry, proof, checkpoint } = await evidence.get(123);
    expect(parseCheckpoint(checkpoint.note.slice(0, checkpoint.note.indexOf('\n\n') + 1)).root).toEqual(
      checkpoint.root,
    );
    expect(provesInclusion(123, checkpoint.size, leafHash(Buffer.from(entry.leaf)), proof, checkpoint.root)).toBe(true);
    await expect(evidence.get(1_000_000)).rejects.toMatchObject({ code: 'record_not_found' });
  });

  it('proves that a larger tree extends a smaller one', async () => {
    const [smaller, larger] = await log.query<{ size: string; root: Buffer }>(
      'SELECT size, root FROM audit.checkpoints ORDER BY size LIMIT 2',
    );
    const [from, to] = [Number(smaller!.size), Number(larger!.size)];
    const { hashes } = await evidence.proveConsistency(from, to);
    expect(provesConsistency(from, to, smaller!.root, larger!.root, hashes)).toBe(true);
  });

  it.each([
    ['an index beyond the size', () => evidence.proveInclusion(10, 10)],
    ['a size beyond the log', () => evidence.proveInclusion(10, 1_000_000)],
    ['sizes out of order', () => evidence.proveConsistency(10, 9)],
    ['an empty tree', () => evidence.proveConsistency(0, 9)],
  ])('proves nothing for %s', async (_name, prove) => {
    await expect(prove()).rejects.toMatchObject({ code: 'proof_range_invalid' });
  });
});

describe('an export', () => {
  it('verifies offline, its own record included, and shows its reader the images', async () => {
    const report = verified(await exports.export(withRoles('auditor'), { from: 250, to: 270 }));
    expect(report.problems).toEqual([]);
    expect(report.entries.map(({ index, images }) => [index, images])).toEqual(
      Array.from({ length: 20 }, (_, i) => [250 + i, 'verified']),
    );
    expect(report.receipt).toMatchObject({ type: 'audit.exported', actor: id('person', 1), images: 'verified' });
  });

  it('of one subject holds what concerns it, and proves the log to extend the checkpoint its reader holds', async () => {
    const subject = id('team', 5);
    const report = verified(await exports.export(administrator, { subject, pinnedSize: 300 }));
    expect(report).toMatchObject({ verdict: 'ok', selection: { subject } });
    expect(new Set(report.entries.map((entry) => entry.subject))).toEqual(new Set([subject]));
  });

  it('names images as withheld from whoever may not see them', async () => {
    const text = await exports.export(withRoles('analyst', 'custodian', 'platform-engineer'), { from: 0, to: 10 });
    expect(text).not.toContain('purpose');
    expect(verified(text).entries.every(({ images }) => images === 'withheld')).toBe(true);
  });

  it('is recorded before any image is read: when it cannot be, nothing leaves (P2)', async () => {
    const before = await count('records');
    const sealed = new Exports(
      log.dataSource,
      log.unitOfWork,
      new Audit({ now: () => new Date(NaN) }),
      log.checkpoints,
      log.identity,
      new LogReader(log.dataSource),
    );
    await expect(sealed.export(administrator, { from: 0, to: 10 })).rejects.toThrow();
    expect(await count('records')).toBe(before);
  });

  it('takes what concerns several subjects in parts, under one record of the caller’s own (P2)', async () => {
    const subjects = [id('team', 2), id('team', 4)];
    const places = await exports.placesOf(subjects);
    expect(new Set(places.map(({ subject }) => subject))).toEqual(new Set(subjects));
    expect(places.map(({ index }) => index)).toEqual(places.map(({ index }) => index).sort((a, b) => a - b));
    const before = await count('records');
    const parts: string[] = [];
    const taken = await exports.take(administrator, places, (entries) => {
      return { type: 'campaign.exported', subject: id('campaign', 1), after: { log: entries } };
    });
    expect(await count('records')).toBe(before + 1);
    for await (const part of taken) parts.push(part);
    expect(parts).toHaveLength(1);
    const file = JSON.parse(parts[0]!) as { entries: { index: number }[]; receipt: { leaf: { type: string } } };
    expect(file.entries.map(({ index }) => index)).toEqual(places.map(({ index }) => index));
    expect(file.receipt.leaf.type).toBe('campaign.exported');
  });

  it('shows entries that are no envelope as they are, and still verifies', async () => {
    const report = verified(await exports.export(administrator, {}));
    expect(report.problems.filter(({ code }) => code !== 'images_changed')).toEqual([]);
    expect(report.entries.map(({ type }) => type)).toContain('malformed');
  });

  it.each([
    ['a range that ends before it starts', { from: 10, to: 9 }, 'export_range_invalid'],
    ['a range beyond the log', { from: 1_000_000 }, 'export_range_invalid'],
    ['a checkpoint that was never published', { pinnedSize: 1_000_000 }, 'checkpoint_not_found'],
  ])('refuses %s, and records nothing', async (_name, request, code) => {
    const before = await count('records');
    await expect(exports.export(administrator, request)).rejects.toMatchObject({ code });
    expect(await count('records')).toBe(before);
  });
});

describe('a refusal', () => {
  const denied = { effect: 'deny', reasons: ['role:none'], policy: 'builtin@1' } as const;
  const newest = async () => (await evidence.list({ type: 'access.denied' }, undefined, 1))[0];

  it('of a proved caller is recorded, keeping only ids of what they asked for', async () => {
    const refusals = new Refusals(log.unitOfWork, log.audit);
    const resource = { id: id('identity', 4), name: 'ada@example.com' };
    const { principal } = administrator;
    await refusals.refused({ principal, action: 'identity.retire', resource }, denied, id('request', 2));
    await log.settled(await count('records'));
    expect(await newest()).toMatchObject({ subject: id('identity', 4), actor: id('person', 1) });
    const [row] = await log.query<{ images: string }>('SELECT images FROM audit.images ORDER BY n DESC LIMIT 1');
    expect(row!.images).toBe(`[null,{"action":"identity.retire","resource":{"id":"${id('identity', 4)}"}}]`);
  });

  it('of a stranger is not', async () => {
    const before = await count('records');
    const refusals = new Refusals(log.unitOfWork, log.audit);
    const question = { principal: { kind: 'anonymous' }, action: 'identity.retire', resource: {} } as const;
    await refusals.refused(question, denied, id('request', 3));
    expect(await count('records')).toBe(before);
  });
});

describe('partitions', () => {
  it('stand ready for six months, and are made again when one is missing', async () => {
    const partitions = new Partitions(log.dataSource);
    expect(await partitions.make()).toBe(0);
    const months = await log.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit.images'::regclass ORDER BY 1`,
    );
    expect(months).toHaveLength(8);
    await onConnection(log.database.ownerUrl, (client) => client.query(`DROP TABLE ${months[5]!.name}`));
    expect(await partitions.make()).toBe(1);
  });

  it('keep an image of any instant, the default one catching the rest', async () => {
    const audit = new Audit({ now: () => new Date('2001-02-03T04:05:06.789Z') });
    await log.unitOfWork.run((tx) => audit.append(tx, changeOf(1)));
    const [row] = await log.query<{ place: string; retention: string }>(
      `SELECT tableoid::regclass::text AS place, retention FROM audit.images WHERE at < '2002-01-01'`,
    );
    expect(row).toEqual({ place: 'audit.images_rest', retention: 'six-years' });
  });
});
