import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isSignedBy, parseCertificate, parseCrl, parsePublicKey, verifyPath } from '../../src/crypto/index.js';
import { RevocationLists } from '../../src/issuance/index.js';
import { insertPerson } from '../inventory/rows.js';
import { type House, openHouse, type Replica } from './house.js';

describe('revoking certificates', () => {
  let house: House;
  let replica: Replica;
  let lists: RevocationLists;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
    lists = replica.get(RevocationLists);
  }, 120_000);

  afterAll(() => house.close());

  const revoke = (id: string, reason = 'key-compromise', as = 'analyst') =>
    replica.call.ask('POST', `/v1/certificates/${id}/revocation`, { as: as as 'analyst', body: { reason } });
  const issuing = async () => {
    const { body } = await replica.call.ask('GET', '/v1/authorities', { as: 'auditor' });
    return body.items.find(({ kind }) => kind === 'issuing')!;
  };
  const served = async () => replica.call.ask('GET', `/v1/crl/${(await issuing()).id}.crl`);

  it('ends a certificate for good, with its reason in ledger and log', async () => {
    const { id } = await replica.call.enrol((await house.identity()).id);
    const { status, body } = await revoke(id);
    expect({ status, body }).toMatchObject({ status: 200, body: { id, revocationReason: 'key-compromise' } });
    const read = await replica.call.ask('GET', `/v1/certificates/${id}`, { as: 'auditor' });
    expect(read.body.revokedAt).toBe(body.revokedAt);
    const record = (await house.records(id)).at(-1);
    expect(record).toMatchObject({
      type: 'certificate.revoked',
      after: { reason: 'key-compromise', revokedAt: body.revokedAt },
    });
  });

  it('changes nothing when asked again, and records nothing', async () => {
    const { id } = await replica.call.enrol((await house.identity()).id);
    const first = await revoke(id);
    const again = await revoke(id, 'superseded');
    expect(again.body).toEqual(first.body);
    expect((await house.records(id)).filter(({ type }) => type === 'certificate.revoked')).toHaveLength(1);
  });

  it('revokes once when asked concurrently', async () => {
    const { id } = await replica.call.enrol((await house.identity()).id);
    const answers = await Promise.all(Array.from({ length: 6 }, () => revoke(id)));
    expect(new Set(answers.map(({ body }) => body.revokedAt)).size).toBe(1);
    expect((await house.records(id)).filter(({ type }) => type === 'certificate.revoked')).toHaveLength(1);
  });

  it('is for its own custodians and for those who run or watch the estate', async () => {
    const mine = await replica.call.enrol((await house.identity()).id);
    expect((await revoke(mine.id, 'Odd.', 'custodian')).status).toBe(200);
    const strangers = await house.identity({
      primary_custodian_id: await insertPerson(house.superuser),
      backup_custodian_id: await insertPerson(house.superuser),
    });
    const theirs = await replica.call.enrol(strangers.id);
    const answer = await revoke(theirs.id, 'Odd.', 'custodian');
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 403, code: 'not_its_custodian' });
    expect((await revoke(theirs.id, 'Odd.', 'auditor')).status).toBe(403);
    expect((await revoke(theirs.id, 'Odd.', 'platform-engineer')).status).toBe(200);
  });

  it.each([
    ['crt_00000000000000000000000000000000', 404, 'certificate_not_found'],
    ['crt_1', 400, 'request_invalid'],
  ])('answers %s with a clear refusal', async (id, status, code) => {
    const answer = await revoke(id);
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
  });

  it('reaches what was recorded and never answered: that counts as issued (ISS-7)', async () => {
    const identity = await house.identity();
    house.signer.instead = () => Promise.reject(new Error('lost'));
    await expect(replica.call.enrol(identity.id)).rejects.toThrow();
    house.signer.instead = undefined;
    house.failures.length = 0;
    const { rows } = await house.superuser.query<{ id: string }>(
      'SELECT id FROM muster.credentials WHERE identity_id = $1',
      [identity.id],
    );
    expect((await revoke(rows[0]!.id)).status).toBe(200);
    await lists.publishDue();
    const { rows: serials } = await house.superuser.query<{ serial: string }>(
      `SELECT encode(serial, 'hex') AS serial FROM muster.intents WHERE credential_id = $1`,
      [rows[0]!.id],
    );
    expect(parseCrl((await served()).bytes).revoked.has(serials[0]!.serial)).toBe(true);
  });

  it('asks for a new list soon after', async () => {
    const { id } = await replica.call.enrol((await house.identity()).id);
    const before = replica.jobs.enqueued.length;
    await revoke(id);
    while (!replica.jobs.enqueued.slice(before).includes('issuance.publish-lists')) await sleep(20);
  });

  describe('its list', () => {
    it('is DER signed by the issuing authority, good for ten minutes at most (RFC 5280 §5.1)', async () => {
      await lists.publishDue();
      const answer = await served();
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/pkix-crl', 'cache-control': 'public, max-age=30' },
      });
      const list = parseCrl(answer.bytes);
      const authority = parseCertificate((await issuing()).certificate);
      expect(isSignedBy(list, parsePublicKey(authority.spki))).toBe(true);
      expect((list.nextUpdate.getTime() - list.thisUpdate.getTime()) / 1000).toBeLessThanOrEqual(600);
    });

    it('makes a verifier that demands it refuse the revoked certificate, and no other', async () => {
      const [good, bad] = [
        await replica.call.enrol((await house.identity()).id),
        await replica.call.enrol((await house.identity()).id),
      ];
      await revoke(bad.id);
      await lists.publishDue();
      const list = (await served()).bytes;
      const verdict = (pem: string) =>
        verifyPath({
          leaf: parseCertificate(pem),
          intermediates: [parseCertificate(good.answer.chain[0]!)],
          roots: [parseCertificate(replica.call.root)],
          at: new Date(),
          usage: 'client',
          crls: [list],
        });
      expect(verdict(good.answer.certificate)).toMatchObject({ ok: true });
      expect(verdict(bad.answer.certificate)).toMatchObject({ ok: false, code: 'certificate_revoked' });
    });

    it('repeats a reason of RFC 5280 §5.3.1, and no words of people', async () => {
      const [one, two] = [
        await replica.call.enrol((await house.identity()).id),
        await replica.call.enrol((await house.identity()).id),
      ];
      await revoke(one.id, 'key-compromise');
      await revoke(two.id, 'It was seen where it should not be.');
      await lists.publishDue();
      const list = parseCrl((await served()).bytes);
      expect(list.revoked.get(one.answer.serialNumber)).toMatchObject({ reasonCode: 1 });
      expect(list.revoked.get(two.answer.serialNumber)?.reasonCode).toBeUndefined();
      expect((await served()).bytes.includes('seen where')).toBe(false);
    });

    it('gets a higher number each time (RFC 5280 §5.2.3), and each is in the log', async () => {
      const numbers: bigint[] = [];
      for (let round = 0; round < 3; round += 1) {
        house.clock.advance(41);
        await lists.publishDue();
        numbers.push(parseCrl((await served()).bytes).number!);
      }
      house.clock.advance(-123);
      expect(numbers[0]! < numbers[1]! && numbers[1]! < numbers[2]!).toBe(true);
      const { rows } = await house.superuser.query<{ lists: string; records: string }>(
        `SELECT (SELECT count(*) FROM muster.crls) AS lists,
           (SELECT count(*) FROM audit.records WHERE leaf::jsonb ->> 'type' = 'crl.published') AS records`,
      );
      expect(rows[0]!.lists).toBe(rows[0]!.records);
    });

    it('is not made anew while it is young and nothing was revoked', async () => {
      house.clock.advance(200);
      await lists.publishDue();
      const before = parseCrl((await served()).bytes).number;
      await lists.publishDue();
      expect(parseCrl((await served()).bytes).number).toBe(before);
      house.clock.advance(-200);
    });

    it('is made anew when the signature of the latest was lost', async () => {
      house.clock.advance(100);
      await lists.publishDue();
      await house.superuser.query(
        'UPDATE muster.crls SET der = NULL WHERE number = (SELECT max(number) FROM muster.crls)',
      );
      house.clock.advance(6);
      const before = parseCrl((await served()).bytes).number!;
      await lists.publishDue();
      expect(parseCrl((await served()).bytes).number! > before + 1n).toBe(true);
      house.clock.advance(-106);
    });

    it('is made once when two replicas find it due together', async () => {
      const other = await house.replica();
      house.clock.advance(300);
      const { rows: before } = await house.superuser.query<{ n: number }>('SELECT count(*)::int AS n FROM muster.crls');
      await Promise.all([lists.publishDue(), other.get(RevocationLists).publishDue()]);
      const { rows: after } = await house.superuser.query<{ n: number }>('SELECT count(*)::int AS n FROM muster.crls');
      house.clock.advance(-300);
      expect(after[0]!.n - before[0]!.n).toBe(1);
    });

    it.each([
      ['aut_00000000000000000000000000000000.crl', 404, 'crl_not_found'],
      ['aut_1.crl', 400, 'request_invalid'],
      ['..%2fsecrets', 400, 'request_invalid'],
    ])('of %s is refused clearly', async (file, status, code) => {
      const answer = await replica.call.ask('GET', `/v1/crl/${file}`);
      expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    });
  });

  it('meets nothing that nobody foresaw', () => expect(house.failures).toEqual([]));
});
