import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Audit } from '../../src/audit/index.js';
import { Surroundings } from '../../src/inventory/index.js';
import { graphOf, MAX_NODES, type Part } from '../../src/inventory/reach/domain/graph.js';
import type { Actor, Id } from '../../src/kernel/index.js';
import { openRoom, recordsBy, type Room } from './room.js';
import { newId } from './rows.js';

/** What happened to an identity, and what stands around it. */

interface Entry {
  readonly index: number | null;
  readonly type: string;
  readonly actor: { readonly id: string; readonly name: string | null };
  readonly subject: string;
  readonly instance: string | null;
  readonly decision: { readonly effect: string; readonly reasons: readonly string[] };
}
interface Timeline {
  readonly items: readonly Entry[];
  readonly nextCursor: string | null;
}
interface Reach {
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    readonly name: string;
    readonly detail: string;
  }[];
  readonly edges: readonly { readonly from: string; readonly to: string; readonly words: string }[];
  readonly leftOut: readonly { readonly kind: string; readonly count: number }[];
}

let room: Room;
let people: Record<'ada' | 'eve' | 'cora' | 'carl', Id<'person'>>;
let made = 0;

beforeAll(async () => {
  room = await openRoom();
  people = {
    ada: await room.person('ada', 'administrator'),
    eve: await room.person('eve', 'platform-engineer'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function register(changed: Readonly<Record<string, unknown>> = {}) {
  const { body } = await room.ask('POST', '/v1/identities', {
    as: 'eve',
    body: {
      ...{ name: `bot-${++made}`, kind: 'bot', environment: 'test', teamId: room.teamId, purpose: 'Settles.' },
      ...{ primaryCustodianId: people.cora, backupCustodianId: people.carl, ...changed },
    },
  });
  return { id: body.id as Id<'identity'>, approvalId: body.approvalId, name: body.name };
}

async function timeline(id: string, query = ''): Promise<Timeline> {
  const { status, text } = await room.ask('GET', `/v1/identities/${id}/timeline?${query}`, { as: 'cora' });
  expect([status, text]).toEqual([200, text]);
  return JSON.parse(text) as Timeline;
}

const typesOf = ({ items }: Timeline) => items.map(({ type }) => type);
const post = (as: string, url: string, body?: unknown) =>
  room.ask('POST', url, { as, ...(body !== undefined && { body }) });

/** Puts what waits into the tree, as the sequencer does; no more than so many. */
async function sequence(most = 1_000): Promise<void> {
  await room.superuser.query(
    `WITH added AS (
       INSERT INTO audit.leaves (index, n, leaf_hash, type, actor, subject, at)
       SELECT (SELECT coalesce(max(index) + 1, 0) FROM audit.leaves) + row_number() OVER (ORDER BY r.n) - 1, r.n,
         sha256(r.leaf::bytea), j ->> 'type', j ->> 'actor', j ->> 'subject', (j ->> 'at')::timestamptz
       FROM audit.records r, LATERAL (SELECT r.leaf::jsonb AS j) AS parsed
       WHERE NOT EXISTS (SELECT FROM audit.leaves l WHERE l.n = r.n) ORDER BY r.n LIMIT $1 RETURNING index, n)
     INSERT INTO audit.batches (size, complete_to, seen_at) SELECT max(index) + 1, max(n), now() FROM added
     HAVING count(*) > 0`,
    [most],
  );
}

/** The identity itself, doing something. */
async function acts(id: Id<'identity'>, type: 'certificate.issued' | 'token.issued', subject: string): Promise<void> {
  const actor: Actor = {
    principal: {
      ...{ kind: 'workload', id, spiffeId: 'spiffe://muster.test/x' },
      credential: { kind: 'attestation', id: newId('receipt') },
    },
    requestId: newId('request'),
    decision: { effect: 'allow', reasons: ['kind:workload'], policy: 'builtin@1' },
  };
  await room.unitOfWork.run((tx) => new Audit(room.clock).append(tx, { type, actor, subject }));
}

async function holdCertificate(id: Id<'identity'>, changed: Readonly<Record<string, unknown>> = {}) {
  const certificate = newId('certificate');
  const until = new Date(room.clock.now().getTime() + 3_600_000);
  await room.superuser.query(
    `INSERT INTO muster.credentials (id, kind, identity_id, profile, authority_id, serial_number, spki_sha256,
       tbs_sha256, not_before, expires_at, revoked_at, revocation_reason)
     VALUES ($1, 'certificate', $2, 'svid', $3, $4, $5, $5, $6, $7, $8, $9)`,
    [
      ...[certificate, id, newId('authority'), randomBytes(8).toString('hex'), randomBytes(32)],
      ...[new Date(0), until, changed['revokedAt'] ?? null, changed['revokedAt'] ? 'superseded' : null],
    ],
  );
  return certificate;
}

describe('the timeline', () => {
  it('tells what was done to the identity and its grants, who did it and by which decision', async () => {
    const { id } = await register();
    const other = await register();
    const { body: grant } = await post('eve', `/v1/identities/${id}/grants`, {
      ...{ target: 'orders', scope: 'write', purpose: 'Sends.' },
    });
    await post('cora', `/v1/grants/${grant.id}/verification`);
    await post('ada', `/v1/identities/${id}/suspension`, { reason: 'A look.' });
    const told = await timeline(id);
    expect(typesOf(told)).toEqual(['identity.suspended', 'grant.verified', 'grant.added', 'identity.registered']);
    expect(told.items[0]).toMatchObject({
      index: null,
      actor: { id: people.ada, name: 'ada' },
      subject: id,
      instance: expect.stringMatching(/^ses_/) as unknown,
      decision: { effect: 'allow', reasons: ['role:administrator'] },
    });
    expect(JSON.stringify(told)).not.toContain('A look.');
    expect(typesOf(await timeline(other.id))).toEqual(['identity.registered']);
  });

  it('tells what the identity did itself, and what became of its certificates and approvals', async () => {
    const { id, approvalId, name } = await register({ privileged: true });
    await post('cora', `/v1/approvals/${approvalId}/decision`, { verdict: 'approve', reason: 'Looked at it.' });
    await post('eve', `/v1/identities/${id}/activation`);
    const certificate = await holdCertificate(id, { revokedAt: room.clock.now() });
    await acts(id, 'certificate.issued', certificate);
    const stranger = await holdCertificate((await register()).id, { revokedAt: room.clock.now() });
    for (const revoked of [certificate, stranger])
      await room.unitOfWork.run((tx) =>
        new Audit(room.clock).append(tx, { type: 'certificate.revoked', actor: administrator(), subject: revoked }),
      );
    const told = await timeline(id);
    expect(typesOf(told)).toEqual([
      ...['certificate.revoked', 'certificate.issued', 'identity.activated', 'approval.decided'],
      ...['identity.registered', 'approval.requested'],
    ]);
    expect(told.items[1]!.actor).toEqual({ id, name });
  });

  it('pages from the newest to the oldest, each once, while the sequencer takes them into the tree', async () => {
    const { id } = await register();
    for (let n = 0; n < 11; n++) await acts(id, 'token.issued', newId('token'));
    await sequence(7 + 1_000_000);
    for (let n = 0; n < 12; n++) await acts(id, 'token.issued', newId('token'));
    const whole = await timeline(id, 'limit=200');
    expect([whole.items.length, whole.nextCursor]).toEqual([24, null]);
    for (const limit of [1, 5, 12]) {
      const told: Entry[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: Timeline = await timeline(id, `limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
        told.push(...page.items);
        cursor = page.nextCursor;
        await acts(id, 'token.issued', newId('token'));
        await sequence(2);
      }
      const known = told.map(({ subject }) => subject);
      expect(known).toEqual([...new Set(known)]);
      expect(known.filter((subject) => whole.items.some((entry) => entry.subject === subject))).toEqual(
        whole.items.map(({ subject }) => subject),
      );
    }
    await sequence();
    const { items } = await timeline(id, 'limit=200');
    expect(items.map(({ index }) => index)).toEqual(items.map(({ index }) => index).sort((a, b) => b! - a!));
  });

  it.each([
    'cursor=bm90aGluZw',
    'cursor=WzEuNV0',
    'cursor=Wy0xXQ',
    'cursor=WzEsLTJd',
    'cursor=W10',
    'limit=0',
    'type=x',
  ])('refuses ?%s', async (query) => {
    const { id } = await register();
    expect((await room.ask('GET', `/v1/identities/${id}/timeline?${query}`, { as: 'cora' })).status).toBe(400);
  });

  it('is of nobody who is not there', async () => {
    const answer = await room.ask('GET', `/v1/identities/${newId('identity')}/timeline`, { as: 'cora' });
    expect([answer.status, answer.body.code]).toEqual([404, 'identity_not_found']);
  });
});

describe('the reach', () => {
  const reach = async (id: string): Promise<Reach> => {
    const { status, text } = await room.ask('GET', `/v1/identities/${id}/reach`, { as: 'cora' });
    expect([status, text]).toEqual([200, text]);
    return JSON.parse(text) as Reach;
  };

  it('shows team, custodians, what grants and keys open, where it was seen and what it holds; and is recorded', async () => {
    const { id, name } = await register();
    const point = await register({ kind: 'enforcement-point' });
    await post('eve', `/v1/identities/${id}/grants`, { target: 'orders', scope: 'write', purpose: 'Sends.' });
    await post('eve', `/v1/identities/${id}/grants`, { target: 'orders', scope: 'read', purpose: 'Reads.' });
    await post('eve', `/v1/identities/${id}/keys`, {
      ...{ system: 'broker.example', innerDigest: randomBytes(32).toString('hex'), lastFour: 'abcd' },
    });
    const certificate = await holdCertificate(id);
    await holdCertificate(id, { revokedAt: room.clock.now() });
    const at = room.clock.now();
    await room.unitOfWork.run((tx) =>
      room.inventory.recordUse(tx, [{ credentialId: certificate, pointId: point.id, at }]),
    );
    let seen!: Reach;
    const records = await recordsBy(room, async () => (seen = await reach(id)));
    expect(records).toMatchObject([
      { type: 'ledger.read', actor: people.cora, subject: id, images: [null, { lines: 2 }] },
    ]);
    expect(seen.nodes.map((node) => [node.kind, node.name])).toEqual([
      ...[
        ['identity', name],
        ['team', room.teamId],
        ['person', 'cora'],
        ['person', 'carl'],
        ['target', 'orders'],
      ],
      ['enforcement-point', point.name],
      ['credential', expect.stringMatching(/^certificate /)],
      ['credential', 'registered key …abcd'],
      ['system', 'broker.example'],
    ]);
    expect(seen.edges.map(({ words }) => words).sort()).toEqual(
      [
        ...['belongs to', 'answers for', 'is backup for'],
        ...['holds', 'holds', 'opens'],
        ...['may read (not verified, never used)', 'may write (not verified, never used)'],
        `was last seen ${at.toISOString()} at`,
      ].sort(),
    );
    expect(seen.leftOut).toEqual([]);
  });

  it('counts the credentials that it does not show', async () => {
    const { id } = await register();
    for (let n = 0; n < 62; n++) await holdCertificate(id);
    const { nodes, leftOut } = await reach(id);
    expect([nodes.filter(({ kind }) => kind === 'credential').length, leftOut]).toEqual([
      60,
      [{ kind: 'credential', count: 2 }],
    ]);
  });

  it('asks the rooms above through what they added, and nobody by name', async () => {
    const surroundings = new Surroundings();
    const part: Part = { node: { id: 'trs_1', kind: 'trust', name: 'repo:x', detail: null }, edges: [] };
    surroundings.add({ subjectsOf: async () => ['trs_1'], partsOf: async () => [part] });
    surroundings.add({ subjectsOf: async () => ['apr_1'], partsOf: async () => [] });
    const tx = undefined as never;
    expect(await surroundings.subjectsOf(tx, 'mid_1')).toEqual(['trs_1', 'apr_1']);
    expect(await surroundings.partsOf(tx, 'mid_1')).toEqual([part]);
  });
});

describe('a graph', () => {
  const part = (id: string, to?: string): Part => ({
    node: { id, kind: 'target', name: id, detail: null },
    edges: to === undefined ? [] : [{ from: id, to, words: 'leads to' }],
  });

  it('has no more nodes than can be read, no edge without its ends, and says what it leaves out', () => {
    const parts = Array.from({ length: MAX_NODES + 5 }, (_, n) => part(`n${n}`, `n${n + 1}`));
    const { nodes, edges, leftOut } = graphOf(parts, { credential: 3 });
    expect([nodes.length, edges.length]).toEqual([MAX_NODES, MAX_NODES - 1]);
    expect(leftOut).toEqual([
      { kind: 'target', count: 5 },
      { kind: 'credential', count: 3 },
    ]);
  });

  it('shows a node once, whatever mentions it, with every edge once', () => {
    const { nodes, edges } = graphOf([part('a', 'b'), part('b'), part('a', 'b'), part('b', 'a')]);
    expect([nodes.map(({ id }) => id), edges.map(({ from, to }) => from + to)]).toEqual([
      ['a', 'b'],
      ['ab', 'ba'],
    ]);
  });
});

function administrator(): Actor {
  return {
    principal: {
      ...{ kind: 'person', id: people.ada, sessionId: newId('session'), roles: ['administrator'], acr: 'loa1' },
      ...{ amr: [], proofs: {}, authenticatedAt: new Date(0) },
    },
    requestId: newId('request'),
    decision: { effect: 'allow', reasons: ['role:administrator'], policy: 'builtin@1' },
  };
}
