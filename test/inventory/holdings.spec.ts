import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CredentialId } from '../../src/inventory/index.js';
import type { Id } from '../../src/kernel/index.js';
import { type Answer, type AnswerBody, openRoom, recordsBy, type Room } from './room.js';
import { identityRow, insertRow, newId } from './rows.js';

/** What identities hold: grants, keys of other systems, and the ledger of every credential. */

const DAY = 86_400;

let room: Room;
let people: Record<'ada' | 'eve' | 'cora' | 'carl' | 'vera', Id<'person'>>;

beforeAll(async () => {
  room = await openRoom();
  people = {
    ada: await room.person('ada', 'administrator'),
    eve: await room.person('eve', 'platform-engineer'),
    cora: await room.person('cora', 'custodian'),
    carl: await room.person('carl', 'custodian'),
    vera: await room.person('vera', 'custodian'),
  };
});
afterAll(() => room?.close());
afterEach(() => expect(room.failures.splice(0)).toEqual([]));

async function identity(changed: Readonly<Record<string, unknown>> = {}): Promise<Id<'identity'>> {
  const custodians = { primary_custodian_id: people.cora, backup_custodian_id: people.carl };
  const row = identityRow(room.teamId, { ...custodians, ...changed });
  await insertRow(room.superuser, 'muster.identities', row);
  return row.id;
}

async function retired(): Promise<Id<'identity'>> {
  const id = await identity();
  await room.ask('POST', `/v1/identities/${id}/retirement`, { as: 'eve', body: { reason: 'Over.' } });
  return id;
}

function post(as: string, url: string, body?: unknown): Promise<Answer> {
  return room.ask('POST', url, { as, ...(body !== undefined && { body }) });
}

const outcome = ({ status, body }: Answer) => [status, body?.code];

describe('grants (INV-4)', () => {
  const GRANT = { target: 'https://orders.example', scope: 'orders:read', purpose: 'Reads what it settles.' };
  const add = (id: string, as = 'eve', changed: object = {}) =>
    post(as, `/v1/identities/${id}/grants`, { ...GRANT, ...changed });
  const idOf = (grant: Answer) => grant.body.id as Id<'grant'>;
  const verify = (grant: Answer, as: string) => post(as, `/v1/grants/${grant.body.id}/verification`);
  const list = async (id: string, query = '') =>
    (await room.ask('GET', `/v1/identities/${id}/grants${query}`, { as: 'vera' })).body;

  it('are added unverified, and count once somebody else has verified them', async () => {
    const id = await identity();
    const verified = () => room.unitOfWork.run((tx) => room.inventory.verifiedGrants(tx, id));
    let grant!: Answer;
    const added = await recordsBy(room, async () => (grant = await add(id)));
    expect(grant.body).toMatchObject({
      ...GRANT,
      identityId: id,
      addedBy: people.eve,
      verifiedAt: null,
      verifierId: null,
    });
    expect(added).toMatchObject([{ type: 'grant.added', subject: id, images: [null, { id: grant.body.id }] }]);
    expect(await verified()).toEqual([]);
    const records = await recordsBy(room, async () => expect((await verify(grant, 'cora')).status).toBe(200));
    expect(records).toMatchObject([
      { type: 'grant.verified', images: [{ verifier_id: null }, { verifier_id: people.cora }] },
    ]);
    expect(await verified()).toMatchObject([{ id: grant.body.id, verifierId: people.cora }]);
  });

  it('are never verified by whoever added them', async () => {
    const id = await identity();
    expect(outcome(await verify(await add(id, 'cora'), 'cora'))).toEqual([403, 'self_verification']);
    expect(outcome(await verify(await add(id, 'ada', { scope: 'b' }), 'ada'))).toEqual([403, 'self_verification']);
    expect(outcome(await add(id, 'cora', { scope: 'c', verifierId: people.cora }))).toEqual([403, 'self_verification']);
    const statement = 'UPDATE muster.grants SET verifier_id = added_by, verified_at = now() WHERE identity_id = $1';
    await expect(room.superuser.query(statement, [id])).rejects.toMatchObject({
      constraint: 'grants_not_self_verified',
    });
  });

  it('are verified by the one who was asked, else by a custodian of the identity or an administrator', async () => {
    const id = await identity();
    const asked = await add(id, 'eve', { verifierId: people.vera });
    expect(outcome(await verify(asked, 'ada'))).toEqual([403, 'not_the_verifier']);
    expect((await verify(asked, 'vera')).status).toBe(200);
    const open = await add(id, 'eve', { scope: 'b' });
    expect(outcome(await verify(open, 'vera'))).toEqual([403, 'not_its_custodian']);
    expect((await verify(open, 'ada')).status).toBe(200);
  });

  it.each([
    ['a custodian of another identity', 'vera', {}, [403, 'not_its_custodian']],
    ['nobody’s verifier', 'eve', { verifierId: `per_${'0'.repeat(32)}` }, [409, 'custodian_not_live']],
    ['no scope', 'eve', { scope: '' }, [400, 'request_invalid']],
  ] as const)('are refused from or with %s', async (_name, as, changed, result) => {
    expect(outcome(await add(await identity(), as, changed))).toEqual(result);
  });

  it('are held once for a target and scope, and not at all by the retired', async () => {
    const id = await identity();
    const first = await add(id);
    expect(outcome(await add(id))).toEqual([409, 'grant_exists']);
    const removal = await recordsBy(room, () => room.ask('DELETE', `/v1/grants/${first.body.id}`, { as: 'cora' }));
    expect(removal).toMatchObject([
      { type: 'grant.removed', images: [{ removed_by: null }, { removed_by: people.cora }] },
    ]);
    expect(outcome(await room.ask('DELETE', `/v1/grants/${first.body.id}`, { as: 'cora' }))).toEqual([
      404,
      'grant_not_found',
    ]);
    expect((await add(id)).status).toBe(201);
    expect(outcome(await add(await retired()))).toEqual([409, 'identity_retired']);
  });

  it('are flagged when they are not used, with the smaller set that would do', async () => {
    const id = await identity();
    const [used, unused] = [await add(id), await add(id, 'eve', { scope: 'orders:cancel' })];
    const credential = await certificate(id);
    room.clock.advance(60 * DAY);
    await room.unitOfWork.run((tx) =>
      room.inventory.recordUse(tx, [{ credentialId: credential, grantId: idOf(used), at: room.clock.now() }]),
    );
    room.clock.advance(31 * DAY);
    const held = await list(id);
    expect(held.proposal).toEqual({ keep: [used.body.id], remove: [unused.body.id] });
    const flagged = held.items.filter(({ unused }) => unused).map(({ id: grantId }) => grantId);
    expect(flagged).toEqual([unused.body.id]);
    expect((await list(id, '?unusedAfterDays=92')).proposal.remove).toEqual([]);
  });

  it('are not used by the credential of another identity', async () => {
    const grant = await add(await identity());
    const foreign = await certificate(await identity());
    await room.unitOfWork.run((tx) =>
      room.inventory.recordUse(tx, [{ credentialId: foreign, grantId: idOf(grant), at: room.clock.now() }]),
    );
    expect((await list(grant.body.identityId)).items[0]!.lastUsedAt).toBeNull();
  });
});

/** A certificate in the ledger, an hour long. */
async function certificate(identityId: Id<'identity'>, lifeSeconds = 3600): Promise<Id<'certificate'>> {
  const id = newId('certificate');
  const notBefore = room.clock.now();
  await room.unitOfWork.run((tx) =>
    room.inventory.recordCredential(tx, {
      kind: 'certificate',
      id,
      identityId,
      profile: 'workload',
      authorityId: newId('authority'),
      serialNumber: randomBytes(16).toString('hex'),
      spkiSha256: randomBytes(32),
      tbsSha256: randomBytes(32),
      receiptId: newId('receipt'),
      notBefore,
      expiresAt: new Date(notBefore.getTime() + lifeSeconds * 1000),
    }),
  );
  return id;
}

async function tokenFor(identityId: Id<'identity'>, boundTo: Id<'certificate'>): Promise<Id<'token'>> {
  const id = newId('token');
  const notBefore = room.clock.now();
  await room.unitOfWork.run((tx) =>
    room.inventory.recordCredential(tx, {
      kind: 'token',
      id,
      identityId,
      profile: 'access-token',
      boundTo,
      receiptId: null,
      notBefore,
      expiresAt: new Date(notBefore.getTime() + 300_000),
    }),
  );
  return id;
}

describe('keys of other systems (INV-7)', () => {
  const digest = () => randomBytes(32).toString('hex');
  const register = (id: string, changed: object = {}, as = 'eve') =>
    post(as, `/v1/identities/${id}/keys`, { system: 'stripe', innerDigest: digest(), lastFour: 'x9Z_', ...changed });

  it('are kept by a keyed fingerprint, the digest they were registered with nowhere', async () => {
    const id = await identity();
    const innerDigest = digest();
    let key!: Answer;
    const records = await recordsBy(room, async () => (key = await register(id, { innerDigest })));
    expect(key.body).toMatchObject({ identityId: id, system: 'stripe', lastFour: 'x9Z_', expiresAt: null });
    expect(records).toMatchObject([{ type: 'key.registered', subject: id }]);
    const { rows } = await room.superuser.query<{ fingerprint: Buffer }>(
      'SELECT fingerprint FROM muster.credentials WHERE id = $1',
      [key.body.id],
    );
    expect(rows[0]!.fingerprint).toHaveLength(32);
    expect(rows[0]!.fingerprint.toString('hex')).not.toBe(innerDigest);
    expect(JSON.stringify([key.body, records])).not.toContain(innerDigest);
    expect((await room.ask('GET', `/v1/identities/${id}/keys`, { as: 'vera' })).body.items).toEqual([key.body]);
  });

  it('are registered once; the second attempt names the first, until that is removed', async () => {
    const [first, second] = [await identity(), await identity()];
    const innerDigest = digest();
    const key = await register(first, { innerDigest });
    const again = await register(second, { innerDigest });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'key_registered', keyId: key.body.id, identityId: first },
    });
    expect(again.text).not.toContain(innerDigest);
    const records = await recordsBy(room, () => room.ask('DELETE', `/v1/keys/${key.body.id}`, { as: 'eve' }));
    expect(records).toMatchObject([{ type: 'key.removed', images: [{ revoked_at: null }, {}] }]);
    expect(outcome(await room.ask('DELETE', `/v1/keys/${key.body.id}`, { as: 'eve' }))).toEqual([404, 'key_not_found']);
    expect((await register(second, { innerDigest })).status).toBe(201);
  });

  it.each([
    ['a digest in capitals', { innerDigest: 'A'.repeat(64) }, [400, 'request_invalid']],
    ['a short digest', { innerDigest: 'ab' }, [400, 'request_invalid']],
    ['the secret itself beside it', { secret: 'sk_live_1' }, [400, 'request_invalid']],
    ['five last characters', { lastFour: 'abcde' }, [400, 'request_invalid']],
    ['an end that has passed', { expiresAt: '2020-01-01T00:00:00Z' }, [400, 'key_expired']],
  ])('are refused with %s', async (_name, changed, result) => {
    expect(outcome(await register(await identity(), changed))).toEqual(result);
  });

  it('are not registered for the retired, nor by custodians', async () => {
    expect(outcome(await register(await retired()))).toEqual([409, 'identity_retired']);
    expect(outcome(await register(await identity(), {}, 'cora'))).toEqual([403, 'forbidden']);
  });
});

describe('the ledger (INV-7)', () => {
  const ledger = async (query: string) => {
    const { status, body } = await room.ask('GET', `/v1/ledger?${query}`, { as: 'vera' });
    expect(status).toBe(200);
    return body;
  };
  const idsIn = (page: AnswerBody) => page.items.map(({ id }) => id);
  const revoke = (id: CredentialId, reason = 'key-compromise') =>
    room.unitOfWork.run((tx) => room.inventory.revokeCredential(tx, id, reason, room.clock.now()));

  it('shows holder, custodians, expiry, last use and receipt of whatever is valid now, the first to end first', async () => {
    const id = await identity();
    const key = await post('eve', `/v1/identities/${id}/keys`, { system: 'stripe', innerDigest: 'ab'.repeat(32) });
    const [long, short] = [await certificate(id), await certificate(id, 600)];
    const page = await ledger(`identityId=${id}`);
    expect(idsIn(page)).toEqual([short, long, key.body.id]);
    expect(page.items[0]).toMatchObject({
      kind: 'certificate',
      identityId: id,
      primaryCustodianId: people.cora,
      backupCustodianId: people.carl,
      revokedAt: null,
      lastUsedAt: null,
      receiptId: expect.stringMatching(/^rcp_/) as unknown,
    });
    expect(page.items[2]).toMatchObject({ kind: 'registered-key', system: 'stripe', expiresAt: null });
    room.clock.advance(600);
    expect(idsIn(await ledger(`identityId=${id}`))).toEqual([long, key.body.id]);
  });

  it('narrows by kind and custodian', async () => {
    const owner = await room.person('olga', 'custodian');
    const id = await identity({ primary_custodian_id: owner });
    const cert = await certificate(id);
    const token = await tokenFor(id, cert);
    expect(idsIn(await ledger(`custodianId=${owner}`))).toEqual([token, cert]);
    expect(idsIn(await ledger(`custodianId=${owner}&kind=token`))).toEqual([token]);
  });

  it('says the same of a custodian who answers for thousands, though it is read another way', async () => {
    const owner = await room.person('otto', 'custodian');
    const [own, other] = [await identity({ primary_custodian_id: owner }), await identity()];
    const held = [await certificate(own), await certificate(own, 600)];
    await certificate(other);
    const asked = async () => [
      idsIn(await ledger(`custodianId=${owner}`)),
      idsIn(await ledger(`custodianId=${owner}&state=all`)),
      idsIn(await ledger(`custodianId=${owner}&limit=1`)),
      idsIn(await ledger(`custodianId=${owner}&kind=token`)),
    ];
    const before = await asked();
    expect(before[0]).toEqual(held.toReversed());
    await room.superuser.query(
      `INSERT INTO muster.identities (id, spiffe_id, name, kind, environment, team_id, purpose, criticality, data_classes,
         privileged, status, status_by, primary_custodian_id, backup_custodian_id, requested_by, authors, version, created_at, changed_at)
       SELECT 'mid_' || md5('otto' || n), spiffe_id || '-' || n, name || '-' || n, kind, environment, team_id, purpose,
         criticality, data_classes, privileged, status, status_by, primary_custodian_id, backup_custodian_id,
         requested_by, authors, 1, created_at, changed_at
       FROM muster.identities, generate_series(1, 2000) AS n WHERE id = $1`,
      [own],
    );
    expect(await asked()).toEqual(before);
  });

  it('pages to the microsecond, through keys without an end as well', async () => {
    const id = await identity();
    for (let count = 0; count < 3; count += 1) {
      await certificate(id);
      await post('eve', `/v1/identities/${id}/keys`, { system: 's', innerDigest: randomBytes(32).toString('hex') });
    }
    const whole = idsIn(await ledger(`identityId=${id}`));
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await ledger(`identityId=${id}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...idsIn(page));
      cursor = page.nextCursor;
    }
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(6);
    const all = idsIn(await ledger(`identityId=${id}&state=all&limit=200`));
    expect(all).toEqual([...whole].reverse());
  });

  it('answers for any instant, and for all there ever was', async () => {
    const id = await identity();
    const cert = await certificate(id);
    const before = room.clock.now().toISOString();
    room.clock.advance(60);
    await revoke(cert);
    expect(idsIn(await ledger(`identityId=${id}`))).toEqual([]);
    expect(idsIn(await ledger(`identityId=${id}&validAt=${before}`))).toEqual([cert]);
    expect(idsIn(await ledger(`identityId=${id}&validAt=2020-01-01T00:00:00Z`))).toEqual([]);
    const [line] = (await ledger(`identityId=${id}&state=all`)).items;
    expect(line).toMatchObject({ id: cert, revocationReason: 'key-compromise' });
  });

  it('records who read which part of it', async () => {
    const id = await identity();
    const [record] = await recordsBy(room, () => ledger(`identityId=${id}&kind=token`));
    expect(record).toMatchObject({ type: 'ledger.read', actor: people.vera, subject: id });
    const [whole] = await recordsBy(room, () => ledger('limit=1'));
    expect(whole!.subject).toBe('ledger');
  });

  it('refuses a cursor that was made up', async () => {
    const cursor = Buffer.from(JSON.stringify([`now()`, newId('token')])).toString('base64url');
    expect(outcome(await room.ask('GET', `/v1/ledger?cursor=${cursor}`, { as: 'vera' }))).toEqual([
      400,
      'cursor_invalid',
    ]);
    expect(outcome(await room.ask('GET', '/v1/ledger?state=all&validAt=2020-01-01T00:00:00Z', { as: 'vera' }))).toEqual(
      [400, 'request_invalid'],
    );
  });

  it('ends a certificate with the tokens bound to it, once', async () => {
    const id = await identity();
    const cert = await certificate(id);
    const token = await tokenFor(id, cert);
    const ended = await revoke(cert);
    expect(ended.map((one) => one.id).sort()).toEqual([cert, token]);
    expect(ended[0]).toMatchObject({ identityId: id, reason: 'key-compromise', revokedAt: room.clock.now() });
    expect(await revoke(cert, 'superseded')).toEqual([]);
    await expect(revoke(newId('certificate'))).rejects.toMatchObject({ code: 'credential_not_found' });
    await expect(
      room.superuser.query('UPDATE muster.credentials SET revoked_at = NULL, revocation_reason = NULL WHERE id = $1', [
        cert,
      ]),
    ).rejects.toMatchObject({ constraint: 'credentials_revocation_final' });
  });

  it('ends everything issued to an identity when that is retired, in one record; foreign keys stay until removed', async () => {
    const id = await identity();
    const innerDigest = randomBytes(32).toString('hex');
    const key = await post('eve', `/v1/identities/${id}/keys`, { system: 'stripe', innerDigest });
    const cert = await certificate(id);
    const token = await tokenFor(id, cert);
    const records = await recordsBy(room, () =>
      post('eve', `/v1/identities/${id}/retirement`, { reason: 'Replaced.' }),
    );
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ type: 'identity.retired', images: [{}, { ended_credentials: [cert, token] }] });
    expect(idsIn(await ledger(`identityId=${id}`))).toEqual([key.body.id]);
  });

  it('lists for CRL and feed what must not be honoured though it looks valid', async () => {
    const [id, other] = [await identity(), await identity()];
    const cert = await certificate(id);
    await certificate(other);
    await revoke(cert);
    await post('ada', `/v1/identities/${other}/suspension`, { reason: 'Odd calls.' });
    const lists = () =>
      room.unitOfWork.read(async (tx) => ({
        revoked: (await room.inventory.listRevoked(tx, room.clock.now())).map((one) => one.id),
        stopped: (await room.inventory.listStopped(tx, room.clock.now())).map((one) => one.identityId),
      }));
    const now = await lists();
    expect(now.revoked).toContain(cert);
    expect(now.stopped).toContain(other);
    room.clock.advance(3600);
    const later = await lists();
    expect(later.revoked).not.toContain(cert);
    expect(later.stopped).not.toContain(other);
  });

  it('notes the latest use, never one that has not come yet, and no version moves', async () => {
    const id = await identity();
    const cert = await certificate(id);
    const now = room.clock.now();
    const use = (seconds: number) => ({ credentialId: cert, at: new Date(now.getTime() + seconds * 1000) });
    const unknown = { credentialId: newId('token'), at: now };
    const note = (...uses: { credentialId: CredentialId; at: Date }[]) =>
      room.unitOfWork.run((tx) => room.inventory.recordUse(tx, uses));
    expect(await recordsBy(room, () => note(use(-50)))).toEqual([]);
    expect(await note(use(-20), use(-30), unknown)).toEqual([cert]);
    await note(use(-40));
    const line = async () => (await ledger(`identityId=${id}`)).items[0]!.lastUsedAt;
    expect(await line()).toBe(use(-20).at.toISOString());
    await note(use(9000));
    expect(await line()).toBe(now.toISOString());
    expect((await room.inventory.getIdentity(id)).version).toBe(1);
  });
});

describe('issuing (decision 5)', () => {
  it('holds the identity as it is until the issuing transaction ends: a suspension waits for it', async () => {
    const id = await identity();
    const order: string[] = [];
    let suspension!: Promise<unknown>;
    await room.unitOfWork.run(async (tx) => {
      const { identity: held, facts } = await room.inventory.lockForIssuance(tx, id);
      expect([held.version, facts.status, facts.primaryLive, facts.backupLive]).toEqual([1, 'active', true, true]);
      suspension = post('ada', `/v1/identities/${id}/suspension`, { reason: 'Now.' }).then(() =>
        order.push('suspended'),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push('issued');
    });
    await suspension;
    expect(order).toEqual(['issued', 'suspended']);
    const { facts } = await room.unitOfWork.run((tx) => room.inventory.lockForIssuance(tx, id));
    expect(facts.status).toBe('suspended');
  });

  it('finds an identity by its SPIFFE ID', async () => {
    const id = await identity();
    const { spiffeId } = await room.inventory.getIdentity(id);
    expect((await room.inventory.findBySpiffeId(spiffeId))?.id).toBe(id);
    expect(await room.inventory.findBySpiffeId(`${spiffeId}x`)).toBeUndefined();
  });
});
