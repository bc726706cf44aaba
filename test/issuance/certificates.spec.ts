import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csrFor, newKey } from './caller.js';
import { type House, openHouse, type Replica } from './house.js';

const ISSUING_DAYS = 365;
const DAY_SECONDS = 86_400;

describe('issuing certificates', () => {
  let house: House;
  let replica: Replica;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
  }, 120_000);

  afterAll(() => house.close());

  const ttlOf = (body: { notBefore: string; expiresAt: string }) =>
    (Date.parse(body.expiresAt) - Date.parse(body.notBefore)) / 1000 - 30;

  it('gives a proved identity a certificate for one hour that names it and nothing else', async () => {
    const identity = await house.identity();
    const { answer } = await replica.call.enrol(identity.id);
    const leaf = new X509Certificate(answer.certificate);
    expect(answer).toMatchObject({ identityId: identity.id, spiffeId: identity.spiffeId });
    expect(Math.abs(answer.renewAfterSeconds - 2400)).toBeLessThan(30);
    expect(leaf.subjectAltName).toBe(`URI:${identity.spiffeId}`);
    expect(leaf.serialNumber.toLowerCase()).toBe(answer.serialNumber);
    expect(ttlOf(answer)).toBe(3600);
    expect(leaf.ca).toBe(false);
  });

  it('answers a chain that Node verifies up to the root, without the root in it', async () => {
    const { answer } = await replica.call.enrol((await house.identity()).id);
    const [issuing, ...more] = answer.chain.map((pem) => new X509Certificate(pem));
    const root = new X509Certificate(replica.call.root);
    expect(more).toEqual([]);
    expect(new X509Certificate(answer.certificate).verify(issuing!.publicKey)).toBe(true);
    expect(issuing!.verify(root.publicKey)).toBe(true);
    expect(issuing!.fingerprint256).not.toBe(root.fingerprint256);
  });

  it('records intent, ledger, receipt and log together, the log naming the identity as who acted', async () => {
    const identity = await house.identity();
    const { answer } = await replica.call.enrol(identity.id);
    const { rows } = await house.superuser.query(
      `SELECT i.kind, c.serial_number, r.kind AS source FROM muster.intents i
       JOIN muster.credentials c ON c.id = i.credential_id JOIN muster.receipts r ON r.id = i.receipt_id
       WHERE i.credential_id = $1`,
      [answer.id],
    );
    expect(rows).toEqual([{ kind: 'certificate', serial_number: answer.serialNumber, source: 'join-token' }]);
    const [record] = await house.records(answer.id);
    expect(record).toMatchObject({
      type: 'certificate.issued',
      actor: identity.id,
      after: { receiptId: answer.receiptId, serialNumber: answer.serialNumber },
    });
  });

  it('shows the receipt to people, and records that it was read (ATT-4, P2)', async () => {
    const identity = await house.identity();
    const { id } = await replica.call.enrol(identity.id);
    const { status, body } = await replica.call.ask('GET', `/v1/certificates/${id}/receipt`, { as: 'auditor' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        credentialId: id,
        source: { kind: 'join-token' },
        claims: { kind: 'join-token' },
        decision: { profile: 'workload', ttlSeconds: 3600 },
      },
    });
    expect((await house.records(body.id)).map(({ type }) => type)).toEqual(['receipt.read']);
  });

  it('keeps the claims of a receipt sealed in the database (P9)', async () => {
    const { answer } = await replica.call.enrol((await house.identity()).id);
    const { rows } = await house.superuser.query<{ claims: Buffer }>(
      'SELECT claims FROM muster.receipts WHERE id = $1',
      [answer.receiptId],
    );
    expect(rows[0]!.claims.includes('join-token')).toBe(false);
  });

  describe('lives as long as the least of', () => {
    it('the lifetime asked for', async () => {
      const { answer } = await replica.call.enrol((await house.identity()).id, { ttlSeconds: 300 });
      expect(ttlOf(answer)).toBe(300);
    });

    it('the profile’s cap', async () => {
      const { answer } = await replica.call.enrol((await house.identity()).id, { ttlSeconds: 7 * DAY_SECONDS });
      expect(ttlOf(answer)).toBe(DAY_SECONDS);
    });

    it('the identity’s standing: 15 minutes while its hand-over is overdue (ISS-6)', async () => {
      const identity = await house.identity();
      await overdueBy(house, identity.id, 60);
      const { answer } = await replica.call.enrol(identity.id);
      expect(ttlOf(answer)).toBe(900);
    });

    it('the issuing authority’s own', async () => {
      const identity = await house.identity();
      const token = await replica.call.joinToken(identity.id);
      const left = 600;
      const { rows } = await house.superuser.query<{ seconds: number }>(
        `SELECT extract(epoch FROM not_after - now())::float8 AS seconds FROM muster.authorities WHERE kind = 'issuing'`,
      );
      expect(rows[0]!.seconds / DAY_SECONDS).toBeGreaterThan(ISSUING_DAYS - 1);
      await house.superuser.query(
        `UPDATE muster.authorities SET not_after = now() + interval '${left} seconds' WHERE kind = 'issuing'`,
      );
      const { body } = await replica.call.certificate(token, csrFor(newKey()));
      await house.superuser.query(
        `UPDATE muster.authorities SET not_after = now() + interval '365 days' WHERE kind = 'issuing'`,
      );
      expect(ttlOf(body)).toBeLessThanOrEqual(left);
    });
  });

  describe('refuses a proved identity with its reason, and records it:', () => {
    it.each([
      ['suspended', 'identity_suspended'],
      ['retired', 'identity_retired'],
    ])('%s', async (status, code) => {
      const identity = await house.identity();
      const token = await replica.call.joinToken(identity.id);
      await house.superuser.query('UPDATE muster.identities SET status = $2, version = 2 WHERE id = $1', [
        identity.id,
        status,
      ]);
      const answer = await replica.call.certificate(token, csrFor(newKey()));
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code });
      expect(await refusalsOf(identity.id)).toEqual([code]);
    });

    it('pending', async () => {
      const identity = await house.identity({ status: 'pending' });
      const answer = await replica.call.certificate(await replica.call.joinToken(identity.id), csrFor(newKey()));
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'identity_pending' });
    });

    it('hand-over overdue beyond its days of grace', async () => {
      const identity = await house.identity();
      await overdueBy(house, identity.id, 8 * DAY_SECONDS);
      const answer = await replica.call.certificate(await replica.call.joinToken(identity.id), csrFor(newKey()));
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'handover_overdue' });
      expect(await refusalsOf(identity.id)).toEqual(['handover_overdue']);
    });

    it('support expired', async () => {
      const identity = await house.identity({ support_expires_at: new Date(Date.now() - 1000) });
      const answer = await replica.call.certificate(await replica.call.joinToken(identity.id), csrFor(newKey()));
      expect(answer.body.code).toBe('support_expired');
    });

    it('and uses the join token up for none of it', async () => {
      const identity = await house.identity();
      const token = await replica.call.joinToken(identity.id);
      const set = (status: string, version: number) =>
        house.superuser.query('UPDATE muster.identities SET status = $2, version = $3 WHERE id = $1', [
          identity.id,
          status,
          version,
        ]);
      await set('suspended', 2);
      expect((await replica.call.certificate(token, csrFor(newKey()))).status).toBe(403);
      await set('active', 3);
      expect((await replica.call.certificate(token, csrFor(newKey()))).status).toBe(201);
    });

    const refusalsOf = async (id: string) =>
      (await house.records(id)).filter(({ type }) => type === 'certificate.refused').map(({ after }) => after!['code']);
  });

  describe('takes of a CSR only the key, and names that are given anyway:', () => {
    it('its own SPIFFE ID', async () => {
      const identity = await house.identity();
      const { answer } = await replica.call.enrol(identity.id, {}, { uris: [identity.spiffeId] });
      expect(new X509Certificate(answer.certificate).subjectAltName).toBe(`URI:${identity.spiffeId}`);
    });

    it('a DNS name that the profile allows', async () => {
      const identity = await house.identity();
      const { answer } = await replica.call.enrol(identity.id, { profile: 'server' }, { dnsNames: ['localhost'] });
      expect(new X509Certificate(answer.certificate).subjectAltName).toBe(`URI:${identity.spiffeId}, DNS:localhost`);
    });

    it.each([
      ['another SPIFFE ID', {}, { uris: ['spiffe://muster.test/production/payments/other'] }, 403, 'name_mismatch'],
      ['a URI of another kind', {}, { uris: ['https://localhost/'] }, 403, 'name_mismatch'],
      ['a DNS name without a profile for it', {}, { dnsNames: ['localhost'] }, 403, 'dns_name_refused'],
      [
        'a DNS name outside the profile',
        { profile: 'server' },
        { dnsNames: ['bank.example'] },
        403,
        'dns_name_refused',
      ],
      ['a look-alike suffix', { profile: 'server' }, { dnsNames: ['evil-localhost'] }, 403, 'dns_name_refused'],
      ['a wildcard', { profile: 'server' }, { dnsNames: ['*.localhost'] }, 403, 'dns_name_refused'],
      ['an unknown profile', { profile: 'nonsense' }, {}, 404, 'profile_not_found'],
      ['the service’s own profile', { profile: 'service' }, {}, 404, 'profile_not_found'],
      ['the token profile', { profile: 'access-token' }, {}, 404, 'profile_not_found'],
    ])('not %s', async (_what, more, names, status, code) => {
      const identity = await house.identity();
      const token = await replica.call.joinToken(identity.id);
      const answer = await replica.call.certificate(token, csrFor(newKey(), names), more);
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    });
  });

  it('lets nothing be issued that nobody foresaw', () => expect(house.failures).toEqual([]));
});

/** As if its backup had left, and nobody had followed until so many seconds after the clock ran out. */
async function overdueBy(house: House, id: string, seconds: number): Promise<void> {
  await house.superuser.query(`SET session_replication_role = 'replica'`);
  await house.superuser.query(
    `UPDATE muster.identities SET departed_custodian_id = backup_custodian_id, backup_custodian_id = NULL,
       handover_due_at = $2, version = version + 1 WHERE id = $1`,
    [id, new Date(Date.now() - seconds * 1000)],
  );
  await house.superuser.query(`SET session_replication_role = 'origin'`);
}
