import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttestationError, type Proof, type Spending } from '../../src/attestation/index.js';
import { type Id, idFrom } from '../../src/kernel/index.js';
import { CiIssuer, claimsOf, tokenOf } from '../harness/oidc-issuer.js';
import { elsewhere, federate, type Federation, newKeyName, openRoom, outcomeOf, type Room } from './room.js';

let room: Room;
let issuer: CiIssuer;
let home: Federation;

beforeAll(async () => {
  room = await openRoom();
  issuer = await CiIssuer.start();
  home = await federate(room, issuer, { provider: { algorithms: ['RS256', 'ES256'] } });
});
afterAll(async () => {
  await issuer.stop();
  await room.close();
});

function newCertificateId(): Id<'certificate'> {
  return idFrom('certificate', Date.now(), randomBytes(10));
}

async function joinToken(): Promise<{ readonly id: string; readonly token: string }> {
  const url = `/v1/identities/${home.identityId}/join-tokens`;
  const { status, body } = await room.ask('POST', url, { as: 'platform-engineer' });
  expect(status).toBe(201);
  return body;
}

async function joinProof(): Promise<Proof> {
  return room.attestation.prove({ kind: 'join-token', token: (await joinToken()).token }, elsewhere());
}

async function oidcProof(): Promise<Proof> {
  return room.attestation.prove({ kind: 'oidc', token: await tokenOf(issuer, room.clock.now()) }, elsewhere());
}

const KINDS = [
  ['a join token', joinProof],
  ['an OIDC token', oidcProof],
] as const;

/** Spends and binds as issuance does, in one transaction; null when nothing comes of it. */
function issue(proof: Proof, key: { spkiSha256: Buffer }, id: Id<'certificate'> | null = newCertificateId()) {
  return room.unitOfWork.run(async (tx): Promise<Spending> => {
    const spending = await room.attestation.spend(tx, proof, key);
    if (spending.outcome === 'first' && id !== null) await room.attestation.bind(tx, proof, id);
    return spending;
  });
}

async function told(work: Promise<unknown>): Promise<unknown> {
  return work.catch((error: unknown) => (error instanceof AttestationError ? error.code : error));
}

describe.each(KINDS)('%s', (_kind, prove) => {
  it('gives its one key the same certificate again, and any other key nothing (decision 10)', async () => {
    const [proof, key, certificateId] = [await prove(), newKeyName(), newCertificateId()];
    expect(await issue(proof, key, certificateId)).toEqual({ outcome: 'first' });
    expect(await issue(proof, key)).toEqual({ outcome: 'again', certificateId });
    expect(await told(issue(proof, newKeyName()))).toBe('attestation_refused');
    expect(await room.reasons()).toEqual(['token_replayed']);
    expect(await issue(proof, key)).toEqual({ outcome: 'again', certificateId });
  });

  it('is not used up by a transaction that did not commit', async () => {
    const proof = await prove();
    const failed = room.unitOfWork.run(async (tx) => {
      await room.attestation.spend(tx, proof, newKeyName());
      throw new Error('no certificate after all');
    });
    await expect(failed).rejects.toThrow('no certificate after all');
    expect(await issue(proof, newKeyName())).toEqual({ outcome: 'first' });
  });

  it('of 200 keys at once serves exactly one (P21)', async () => {
    const proof = await prove();
    const keys = Array.from({ length: 200 }, newKeyName);
    const outcomes = await Promise.all(keys.map((key) => told(issue(proof, key))));
    expect(outcomes.filter((outcome) => outcome === 'attestation_refused')).toHaveLength(199);
    expect(outcomes.filter((outcome) => (outcome as Spending).outcome === 'first')).toHaveLength(1);
    const { rows } = await room.superuser.query(
      'SELECT spki_sha256, certificate_id FROM muster.attestation_uses WHERE token_digest = $1',
      [proof.tokenDigest],
    );
    const winner = keys[outcomes.findIndex((outcome) => (outcome as Spending).outcome === 'first')]!;
    expect(rows).toEqual([{ spki_sha256: winner.spkiSha256, certificate_id: expect.stringMatching(/^crt_/) }]);
    await room.reasons();
  });

  it('of 50 retries with one key at once makes exactly one certificate', async () => {
    const [proof, key] = [await prove(), newKeyName()];
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => issue(proof, key)));
    expect(outcomes.filter(({ outcome }) => outcome === 'first')).toHaveLength(1);
    expect(new Set(outcomes.flatMap((one) => (one.outcome === 'again' ? [one.certificateId] : []))).size).toBe(1);
  });

  it('still serves its key after nothing came of the first time', async () => {
    const [proof, key] = [await prove(), newKeyName()];
    expect(await issue(proof, key, null)).toEqual({ outcome: 'first' });
    expect(await told(issue(proof, newKeyName(), null))).toBe('attestation_refused');
    expect(await issue(proof, key)).toEqual({ outcome: 'first' });
    await room.reasons();
  });

  it('of 20 retries at once after nothing came of the first time makes exactly one certificate', async () => {
    const [proof, key] = [await prove(), newKeyName()];
    await issue(proof, key, null);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => issue(proof, key)));
    expect(outcomes.filter(({ outcome }) => outcome === 'first')).toHaveLength(1);
  });

  it('is bound to no second certificate, by whoever writes', async () => {
    const [proof, key] = [await prove(), newKeyName()];
    await issue(proof, key);
    const again = room.unitOfWork.run((tx) => room.attestation.bind(tx, proof, newCertificateId()));
    await expect(again).rejects.toThrow('bound twice');
    const raw = room.superuser.query('UPDATE muster.attestation_uses SET certificate_id = $2 WHERE token_digest = $1', [
      proof.tokenDigest,
      newCertificateId(),
    ]);
    await expect(raw).rejects.toMatchObject({ constraint: 'attestation_uses_bound' });
  });
});

describe('a join token', () => {
  it('is shown once and stored as a digest', async () => {
    const { id, token } = await joinToken();
    expect(token).toMatch(/^mjt_[A-Za-z0-9_-]{43}$/);
    const { rows } = await room.superuser.query<{ text: string }>(
      'SELECT j::text AS text FROM muster.join_tokens j WHERE id = $1',
      [id],
    );
    expect(rows[0]!.text).not.toContain(token);
    const records = await room.superuser.query<{ leaf: string; images: string }>(
      `SELECT r.leaf, i.images FROM audit.records r JOIN audit.images i USING (n) ORDER BY n DESC LIMIT 1`,
    );
    expect(JSON.parse(records.rows[0]!.leaf)).toMatchObject({ type: 'join-token.created', subject: home.identityId });
    expect(JSON.stringify(records.rows[0])).not.toContain(token);
  });

  it('lives ten minutes', async () => {
    const { token } = await joinToken();
    room.clock.advance(599);
    expect(await outcomeOf(room, { kind: 'join-token', token }, elsewhere())).toBe(home.identityId);
    room.clock.advance(2);
    expect(await outcomeOf(room, { kind: 'join-token', token }, elsewhere())).toBe('attestation_refused');
    expect(await room.reasons()).toEqual(['join_token_expired']);
  });

  it('that expires between proof and use is refused', async () => {
    const proof = await joinProof();
    room.clock.advance(601);
    expect(await told(issue(proof, newKeyName()))).toBe('attestation_refused');
    expect(await room.reasons()).toEqual(['join_token_expired']);
  });

  it.each([
    ['in another form', 'hello', 'join_token_malformed'],
    ['of a session', `mst_${'a'.repeat(43)}`, 'join_token_malformed'],
    ['that nobody made', `mjt_${'a'.repeat(43)}`, 'join_token_unknown'],
  ])('%s is refused', async (_what, token, reason) => {
    expect(await outcomeOf(room, { kind: 'join-token', token }, elsewhere())).toBe('attestation_refused');
    expect(await room.reasons()).toEqual([reason]);
  });

  it('is not for another identity', async () => {
    const { token } = await joinToken();
    const other = await room.identity();
    expect(await outcomeOf(room, { kind: 'join-token', token, identity: other.id }, elsewhere())).toBe(
      'attestation_refused',
    );
    expect(await room.reasons()).toEqual(['identity_mismatch']);
  });

  it('is made for nobody unknown or retired', async () => {
    const unknown = 'mid_0192f0c1a2b37c4d8e5f60718293a4b5';
    const first = await room.ask('POST', `/v1/identities/${unknown}/join-tokens`);
    expect([first.status, first.body.code]).toEqual([404, 'identity_not_found']);
    const { id } = await room.identity();
    await room.superuser.query(
      `UPDATE muster.identities SET status = 'retired', version = version + 1, status_reason = 'over' WHERE id = $1`,
      [id],
    );
    const second = await room.ask('POST', `/v1/identities/${id}/join-tokens`);
    expect([second.status, second.body.code]).toEqual([409, 'identity_retired']);
  });

  it.each(['analyst', 'auditor', 'custodian'] as const)('is not made by a %s', async (as) => {
    expect((await room.ask('POST', `/v1/identities/${home.identityId}/join-tokens`, { as })).status).toBe(403);
  });
});

describe('permission is never cached (decision 5)', () => {
  async function change(kind: 'trusts' | 'providers', body: object): Promise<void> {
    const url = `/v1/${kind}/${kind === 'trusts' ? home.trustId : home.providerId}`;
    const { version } = (await room.ask('GET', url)).body;
    expect((await room.ask('PATCH', url, { version, body })).status).toBe(200);
  }

  it.each([
    ['a trust that was narrowed', 'trusts', { maxTtlSeconds: 600 }, { maxTtlSeconds: null }, 'trust_changed'],
    ['a trust that was paused', 'trusts', { status: 'paused' }, { status: 'active' }, 'trust_changed'],
    ['a provider that changed', 'providers', { clockSkewSeconds: 0 }, { clockSkewSeconds: 30 }, 'provider_changed'],
    ['a provider that was paused', 'providers', { status: 'paused' }, { status: 'active' }, 'provider_changed'],
  ] as const)('%s after the proof spends nothing', async (_what, kind, body, back, reason) => {
    const proof = await oidcProof();
    await change(kind, body);
    expect(await told(issue(proof, newKeyName()))).toBe('attestation_refused');
    expect(await room.reasons()).toEqual([reason]);
    await change(kind, back);
  });

  it.each(['trusts', 'providers'] as const)('a change in %s waits for an issuance that is under way', async (kind) => {
    const proof = await oidcProof();
    const id = kind === 'trusts' ? home.trustId : home.providerId;
    const seize = () => room.superuser.query(`SELECT FROM muster.${kind} WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, [id]);
    await room.unitOfWork.run(async (tx) => {
      await room.attestation.spend(tx, proof, newKeyName());
      await expect(seize()).rejects.toMatchObject({ code: '55P03' });
    });
    await expect(seize()).resolves.toBeDefined();
  });
});

describe('a stolen token', () => {
  it('is known again when its ECDSA signature is given the other value of s', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = { kid: 'ec', alg: 'ES256', ...pair };
    await issuer.publish([issuer.key, key]);
    room.clock.advance(31);
    const token = await issuer.sign(claimsOf(await tokenOf(issuer, room.clock.now())), key);
    const [proof, owner] = [await room.attestation.prove({ kind: 'oidc', token }, elsewhere()), newKeyName()];
    await issue(proof, owner);
    const other = await room.attestation.prove({ kind: 'oidc', token: withOtherS(token) }, elsewhere());
    expect(other.tokenDigest).toEqual(proof.tokenDigest);
    expect(await told(issue(other, newKeyName()))).toBe('attestation_refused');
    expect(await room.reasons()).toEqual(['token_replayed']);
  });
});

const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function withOtherS(token: string): string {
  const dot = token.lastIndexOf('.') + 1;
  const signature = Buffer.from(token.slice(dot), 'base64url');
  const s = P256_ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  const other = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
  return token.slice(0, dot) + other.toString('base64url');
}

describe('used tokens', () => {
  it('are remembered for two hours after they died, then forgotten with their join tokens', async () => {
    const [oidc, join] = [await oidcProof(), await joinProof()];
    await issue(oidc, newKeyName());
    await issue(join, newKeyName());
    const count = async () =>
      (
        await room.superuser.query('SELECT FROM muster.attestation_uses WHERE token_digest IN ($1, $2)', [
          oidc.tokenDigest,
          join.tokenDigest,
        ])
      ).rowCount;
    room.clock.advance(2 * 3600);
    await room.jobs.forget();
    expect(await count()).toBe(2);
    room.clock.advance(15 * 60);
    await room.jobs.forget();
    expect(await count()).toBe(0);
    expect(
      (await room.superuser.query('SELECT FROM muster.join_tokens WHERE id = $1', [join.joinTokenId])).rowCount,
    ).toBe(0);
  });
});
