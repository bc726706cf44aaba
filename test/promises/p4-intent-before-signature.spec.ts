import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { parseCertificate, parseCrl } from '../../src/crypto/index.js';
import { RevocationLists } from '../../src/issuance/index.js';
import { cloneDatabase, type TestDatabase } from '../harness/index.js';
import { type Home, newHome, ServiceProcess } from '../harness/service-process.js';
import { identityRow, insertPerson, insertRow, insertTeam, newId } from '../inventory/rows.js';
import { csrFor, type Held, heldFrom, newKey } from '../issuance/caller.js';
import { type House, type MadeIdentity, openHouse, type Replica } from '../issuance/house.js';

/** Everything that must be committed by the time a signature is asked for. */
const RECORDED = `
  SELECT i.kind, c.id IS NOT NULL AS ledger, r.id IS NOT NULL AS receipt,
    EXISTS (SELECT FROM audit.records a WHERE a.leaf::jsonb ->> 'subject' = i.credential_id
      AND a.leaf::jsonb ->> 'type' IN ('certificate.issued', 'token.issued')) AS log
  FROM muster.intents i
  LEFT JOIN muster.credentials c ON c.id = i.credential_id
  LEFT JOIN muster.receipts r ON r.id = i.receipt_id
  WHERE i.id = $1`;

describe('P4: no signature by an authority without a record stored before it', () => {
  let house: House;
  let replica: Replica;
  let identity: MadeIdentity;
  let held: Held;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
    identity = await house.identity();
    await house.grant(identity.id, 'orders', 'orders:place');
    held = await replica.call.enrol(identity.id);
  }, 120_000);

  afterAll(() => house.close());

  /** What another connection sees of an intent at the moment its signature is asked for; nothing is signed then. */
  async function atSignature(act: () => Promise<unknown>): Promise<unknown[]> {
    const seen: unknown[] = [];
    house.signer.instead = async () => {
      const id = house.signer.asked.at(-1);
      seen.push(...(await house.superuser.query<object>(RECORDED, [id])).rows);
      throw new Error('The signer died.');
    };
    await act();
    house.signer.instead = undefined;
    house.failures.length = 0;
    return seen;
  }

  const whole = { ledger: true, receipt: true, log: true };

  it.each<[string, string, () => Promise<unknown>]>([
    [
      'a certificate',
      'certificate',
      async () => replica.call.certificate(await replica.call.joinToken(identity.id), csrFor(newKey())),
    ],
    [
      'a renewed certificate',
      'certificate',
      async () => replica.call.ask('POST', '/v1/certificates/renewal', { with: held, body: { csr: csrFor(newKey()) } }),
    ],
    [
      'an access token',
      'token',
      async () =>
        replica.call.ask('POST', '/v1/token', {
          with: held,
          form: { grant_type: 'client_credentials', audience: 'orders' },
        }),
    ],
  ])(
    'shows intent, ledger, receipt and log of %s to everybody when its signature is asked for',
    async (_what, kind, act) => {
      expect(await atSignature(act)).toEqual([{ kind, ...whole }]);
    },
  );

  it('signs nothing that is not committed', async () => {
    const writer = new Client({ connectionString: house.database.appUrl });
    await writer.connect();
    const { rows } = await writer.query<Record<string, unknown>>(
      'SELECT * FROM muster.intents WHERE credential_id = $1',
      [held.id],
    );
    const first = rows[0]!;
    const row: Record<string, unknown> = { ...first, id: newId('intent'), repeats: first['id'] };
    delete row['recorded_at'];
    await writer.query('BEGIN');
    await insertRow(writer, 'muster.intents', row);
    await expect(house.signer.signIntents([row['id'] as string])).rejects.toMatchObject({ code: 'intent_unknown' });
    await writer.query('COMMIT');
    await expect(house.signer.signIntents([row['id'] as string])).resolves.toHaveLength(1);
    await writer.end();
  });

  it('asks for no signature when the record cannot be written', async () => {
    await house.superuser.query(`
      CREATE FUNCTION audit.full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON audit.records FOR EACH ROW EXECUTE FUNCTION audit.full_disk()`);
    const token = 'SELECT count(*)::int AS n FROM muster.intents';
    const before = (await house.superuser.query<{ n: number }>(token)).rows[0]!.n;
    const asked = house.signer.asked.length;
    const answer = await replica.call.ask('POST', '/v1/certificates/renewal', {
      with: held,
      body: { csr: csrFor(newKey()) },
    });
    await house.superuser.query('DROP TRIGGER full_disk ON audit.records; DROP FUNCTION audit.full_disk()');
    house.failures.length = 0;
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.bytes.toString()).not.toContain('BEGIN CERTIFICATE');
    expect(house.signer.asked.length).toBe(asked);
    expect((await house.superuser.query<{ n: number }>(token)).rows[0]!.n).toBe(before);
  });

  it('has the exact bytes of every certificate and list that anybody was ever given', async () => {
    const given: string[] = [held.answer.certificate];
    const token = await replica.call.joinToken(identity.id);
    const key = newKey();
    for (let round = 0; round < 3; round += 1) {
      const again = await replica.call.certificate(token, csrFor(key));
      given.push(again.body.certificate);
      const renewed = await replica.call.ask('POST', '/v1/certificates/renewal', {
        with: heldFrom(key, again),
        body: { csr: csrFor(newKey()) },
      });
      given.push(renewed.body.certificate);
    }
    given.push(replica.service.chain.slice(0, replica.service.chain.indexOf('-----END') + 25));
    const { rows } = await house.superuser.query<{ tbs: Buffer }>(
      `SELECT tbs FROM muster.intents WHERE kind = 'certificate'`,
    );
    const recorded = new Set(rows.map(({ tbs }) => digest(tbs)));
    expect(given.map((pem) => recorded.has(digest(parseCertificate(pem).tbs)))).toEqual(given.map(() => true));

    await replica.get(RevocationLists).publishDue();
    const { body } = await replica.call.ask('GET', '/v1/authorities', { as: 'auditor' });
    const { id } = body.items.find(({ kind }) => kind === 'issuing')!;
    const list = parseCrl((await replica.call.ask('GET', `/v1/crl/${id}.crl`)).bytes);
    const { rows: lists } = await house.superuser.query<{ tbs: Buffer }>('SELECT tbs FROM muster.crls');
    expect(lists.some(({ tbs }) => tbs.equals(list.tbs))).toBe(true);
  });
});

describe('P4: a service killed between intent and signature', () => {
  let database: TestDatabase;
  let home: Home;
  let superuser: Client;

  beforeAll(async () => {
    database = await cloneDatabase();
    home = await newHome();
    superuser = new Client({ connectionString: database.superuserUrl });
    await superuser.connect();
  }, 120_000);

  afterAll(async () => {
    await superuser.end();
    await database.drop();
    await home.remove();
  });

  const start = async () => {
    const service = await ServiceProcess.start(home, {
      DATABASE_URL: database.appUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      DATABASE_SIGNER_URL: database.signerUrl,
    });
    await service.ready();
    return service;
  };

  it('leaves a row that counts as issued: the retry gets that very certificate, and it can be revoked', async () => {
    const doomed = await start();
    await doomed.crashAt('issue:3');
    const identityId = await makeIdentity(superuser);
    const administrator = await doomed.cast.administrator();
    const { token } = await administrator.visitor.post<{ token: string }>(`/v1/identities/${identityId}/join-tokens`);
    const body = { attestation: { kind: 'join-token', token }, csr: csrFor(newKey()) };
    await expect(doomed.visitor().call('POST', '/v1/certificates', body)).rejects.toThrow();
    expect(await doomed.ended()).toMatchObject({ signal: 'SIGKILL' });
    const { rows } = await superuser.query<{ id: string; serial_number: string }>(
      'SELECT id, serial_number FROM muster.credentials WHERE identity_id = $1',
      [identityId],
    );
    expect(rows).toHaveLength(1);

    const risen = await start();
    const retried = await risen.visitor().post<{ id: string; serialNumber: string }>('/v1/certificates', body);
    expect([retried.id, retried.serialNumber]).toEqual([rows[0]!.id, rows[0]!.serial_number]);
    const people = risen.visitor({ token: administrator.token });
    const revoked = await people.post<{ revokedAt: string }>(`/v1/certificates/${retried.id}/revocation`, {
      reason: 'superseded',
    });
    expect(revoked.revokedAt).toBeTruthy();
    await risen.stop();
  }, 180_000);
});

async function makeIdentity(superuser: Client): Promise<string> {
  const [primary, backup] = [await insertPerson(superuser), await insertPerson(superuser)];
  const row = identityRow(await insertTeam(superuser), {
    primary_custodian_id: primary,
    backup_custodian_id: backup,
  });
  const spiffeId = row.spiffe_id.replace('muster.test', 'muster.local');
  await insertRow(superuser, 'muster.identities', { ...row, spiffe_id: spiffeId });
  return row.id;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
