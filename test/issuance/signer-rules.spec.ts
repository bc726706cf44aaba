import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { type CertificateTemplate, encodeTbs, parseCertificate, serialFrom, SpiffeId } from '../../src/crypto/index.js';
import { type AccessTokenClaims, signingInput } from '../../src/issuance/domain/access-token.js';
import { referenceTo } from '../../src/issuance/domain/leaf.js';
import type { Id } from '../../src/kernel/index.js';
import { insertRow, newId } from '../inventory/rows.js';
import { type House, type MadeIdentity, openHouse, PUBLIC_URL, type Replica } from './house.js';

const WORKLOAD = 'prf_00000000000070008000000000000001';
const SERVER = 'prf_00000000000070008000000000000002';
const SERVICE = 'prf_00000000000070008000000000000003';
const TOKEN = 'prf_00000000000070008000000000000004';

type Row = Record<string, unknown>;

/** The signer as a compromised web process meets it: rows are written as the application's own role. */
describe('the signer', () => {
  let house: House;
  let replica: Replica;
  let app: Client;
  let identity: MadeIdentity;
  let other: MadeIdentity;
  let authority: { id: string; certificate: Buffer };
  let root: { id: string; certificate: Buffer };
  let keyId: Id<'signingKey'>;
  let receiptId: string;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
    app = new Client({ connectionString: house.database.appUrl });
    await app.connect();
    [identity, other] = [await house.identity(), await house.identity()];
    const { answer } = await replica.call.enrol(identity.id);
    receiptId = answer.receiptId;
    const { rows } = await app.query<{ id: string; kind: string; certificate: Buffer }>(
      'SELECT id, kind, certificate FROM muster.authorities',
    );
    authority = rows.find(({ kind }) => kind === 'issuing')!;
    root = rows.find(({ kind }) => kind === 'root')!;
    keyId = (await app.query<{ id: Id<'signingKey'> }>('SELECT id FROM muster.signing_keys')).rows[0]!.id;
  }, 120_000);

  afterAll(async () => {
    await app.end();
    await house.close();
  });

  const spkiDer = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
  const second = (offset: number) => new Date((Math.floor(Date.now() / 1000) + offset) * 1000);

  const templateOf = (changed: object = {}): CertificateTemplate => ({
    kind: 'x509-svid',
    spiffeId: SpiffeId.parse(identity.spiffeId),
    dnsNames: [],
    serial: serialFrom(randomBytes(16)),
    spkiDer,
    notBefore: second(-30),
    notAfter: second(3600),
    issuer: referenceTo(parseCertificate(authority.certificate)),
    ...changed,
  });

  const certificateRow = (template: object = {}, row: Row = {}): Row => {
    const made = templateOf(template);
    return {
      id: newId('intent'),
      kind: 'certificate',
      credential_id: newId('certificate'),
      identity_id: identity.id,
      authority_id: authority.id,
      profile_id: WORKLOAD,
      profile_version: 1,
      tbs: encodeTbs(made),
      spki: spkiDer,
      serial: made.serial,
      not_before: made.notBefore,
      not_after: made.notAfter,
      receipt_id: receiptId,
      ...row,
    };
  };

  const tokenRow = (
    changed: Partial<Record<keyof AccessTokenClaims, unknown>> = {},
    row: Row = {},
    kid = keyId,
  ): Row => {
    const iat = Math.floor(Date.now() / 1000);
    const jti = newId('token');
    const claims = {
      iss: PUBLIC_URL,
      sub: identity.spiffeId,
      client_id: identity.id,
      aud: 'orders',
      scope: 'place',
      iat,
      exp: iat + 300,
      jti,
      grants: [],
      cnf: { 'x5t#S256': randomBytes(32).toString('base64url') },
      ...changed,
    } as AccessTokenClaims;
    return {
      id: newId('intent'),
      kind: 'token',
      credential_id: jti,
      identity_id: identity.id,
      signing_key_id: keyId,
      profile_id: TOKEN,
      profile_version: 1,
      tbs: signingInput(kid, claims),
      not_before: new Date(claims.iat * 1000),
      not_after: new Date(claims.exp * 1000),
      receipt_id: receiptId,
      ...row,
    };
  };

  const signed = async (row: Row): Promise<string> => {
    await insertRow(app, 'muster.intents', row);
    try {
      await house.signer.signIntents([row['id'] as string]);
      return 'signed';
    } catch (error) {
      return (error as { code: string; message: string }).code === 'intent_refused'
        ? (error as Error).message.replace(/^.*?: /, '')
        : String((error as { code?: string }).code ?? error);
    }
  };

  it('signs a certificate and a token as recorded', async () => {
    expect(await signed(certificateRow())).toBe('signed');
    expect(await signed(tokenRow())).toBe('signed');
  });

  it.each<[string, () => Row, string]>([
    [
      'names another identity',
      () => certificateRow({ spiffeId: SpiffeId.parse(other.spiffeId) }),
      'its name is not the identity’s.',
    ],
    [
      'names another trust domain',
      () => certificateRow({ spiffeId: SpiffeId.parse('spiffe://elsewhere/a') }),
      'trust_domain_wrong.',
    ],
    [
      'lives longer than its profile allows',
      () => certificateRow({ notAfter: second(86_400 + 2) }),
      'lifetime_too_long.',
    ],
    [
      'was made for later',
      () => certificateRow({ notBefore: second(600), notAfter: second(4000) }),
      'it was not made now.',
    ],
    ['was made long ago', () => certificateRow({ notBefore: second(-600) }), 'it was not made now.'],
    ['has expired', () => certificateRow({ notBefore: second(-31), notAfter: second(-1) }), 'it has expired.'],
    [
      'bears a DNS name without a profile',
      () => certificateRow({ dnsNames: ['localhost'] }),
      'its profile does not allow a DNS name.',
    ],
    [
      'bears a DNS name outside its profile',
      () => certificateRow({ dnsNames: ['bank.example'] }, { profile_id: SERVER }),
      'its profile does not allow a DNS name.',
    ],
    [
      'is an authority',
      () => certificateRow({ kind: 'issuing-authority', subject: { commonName: 'mine' } }),
      'subject_wrong.',
    ],
    [
      'is for another issuer',
      () => certificateRow({ issuer: referenceTo(parseCertificate(root.certificate)) }),
      'issuer_mismatch.',
    ],
    ['is to be signed by the root', () => certificateRow({}, { authority_id: root.id }), 'issuer_mismatch.'],
    [
      'has another serial number than recorded',
      () => certificateRow({}, { serial: randomBytes(16) }),
      'its serial number is not the recorded one.',
    ],
    [
      'has another key than recorded',
      () => certificateRow({}, { spki: randomBytes(91) }),
      'its key is not the recorded one.',
    ],
    [
      'ends otherwise than recorded',
      () => certificateRow({}, { not_after: second(60) }),
      'its end is not the recorded one.',
    ],
    [
      'begins otherwise than recorded',
      () => certificateRow({}, { not_before: second(-29) }),
      'its beginning is not the recorded one.',
    ],
    [
      'stands on a profile that has changed',
      () => certificateRow({}, { profile_version: 2 }),
      'its profile has changed since.',
    ],
    [
      'stands on the token profile',
      () => certificateRow({}, { profile_id: TOKEN }),
      'its profile is not for certificates.',
    ],
    ['stands on the service profile', () => certificateRow({}, { profile_id: SERVICE }), 'extended_key_usage_wrong.'],
    ['is for no identity', () => certificateRow({}, { identity_id: null, receipt_id: null }), 'it names no identity.'],
    ['is no certificate', () => certificateRow({}, { tbs: randomBytes(64) }), 'der_malformed.'],
    ['is a token', () => certificateRow({}, { tbs: tokenRow()['tbs'] }), 'der_malformed.'],
  ])('refuses a certificate that %s', async (_what, row, reason) => {
    expect(await signed(row())).toBe(reason);
  });

  it.each<[string, () => Row, string]>(
    [
      ['another server', { dnsNames: ['bank.example'], addresses: [] }],
      ['an address that is not ours', { dnsNames: ['localhost'], addresses: ['192.0.2.1'] }],
    ].map(([what, names]) => [
      what as string,
      () =>
        certificateRow(
          { kind: 'tls-server', notBefore: second(-7200), ...(names as object) },
          { profile_id: SERVICE, identity_id: null, receipt_id: null },
        ),
      'it names another server.',
    ]),
  )('refuses a service certificate for %s', async (_what, row, reason) => {
    expect(await signed(row())).toBe(reason);
  });

  it('refuses a service certificate that is recorded for an identity', async () => {
    const server = { kind: 'tls-server', notBefore: second(-7200), dnsNames: ['localhost'], addresses: [] };
    const row = certificateRow(server, { profile_id: SERVICE });
    expect(await signed(row)).toBe('a service certificate is for no identity.');
  });

  it.each<[string, () => Row, string]>([
    ['is issued by another', () => tokenRow({ iss: 'https://elsewhere' }), 'its issuer is not this service.'],
    ['is about another identity', () => tokenRow({ sub: other.spiffeId }), 'its subject is not the recorded identity.'],
    ['is for another client', () => tokenRow({ client_id: other.id }), 'its client is not the recorded identity.'],
    ['is another token', () => tokenRow({ jti: newId('token') }), 'its jti is not the recorded token.'],
    [
      'lives longer than its profile allows',
      () => tokenRow({ exp: Math.floor(Date.now() / 1000) + 901 }),
      'it lives longer than its profile allows.',
    ],
    [
      'was made long ago',
      () => tokenRow({ iat: Math.floor(Date.now() / 1000) - 120, exp: Math.floor(Date.now() / 1000) + 60 }),
      'it was not made now.',
    ],
    ['is bound to no certificate', () => tokenRow({ cnf: {} }), 'its bytes are not an access token.'],
    ['has a claim of its own', () => tokenRow({ act: { sub: 'root' } } as never), 'its bytes are not an access token.'],
    ['names another key', () => tokenRow({}, {}, newId('signingKey')), 'its header names another key.'],
    [
      'ends otherwise than recorded',
      () => tokenRow({}, { not_after: second(299) }),
      'its end is not the recorded one.',
    ],
    [
      'stands on a certificate’s profile',
      () => tokenRow({}, { profile_id: WORKLOAD }),
      'its profile is not for tokens.',
    ],
    ['is a certificate', () => tokenRow({}, { tbs: certificateRow()['tbs'] }), 'its bytes are not an access token.'],
    [
      'is unsigned by its header',
      () => tokenRow({}, { tbs: Buffer.from(`${b64('{"alg":"none","kid":"x","typ":"at+jwt"}')}.${b64('{}')}`) }),
      'its bytes are not an access token.',
    ],
  ])('refuses a token that %s', async (_what, row, reason) => {
    expect(await signed(row())).toBe(reason);
  });

  it('refuses an intent that was recorded more than a minute ago, by the database’s clock', async () => {
    const row = certificateRow();
    await insertRow(app, 'muster.intents', row);
    await house.superuser.query(`UPDATE muster.intents SET recorded_at = now() - interval '61 seconds' WHERE id = $1`, [
      row['id'],
    ]);
    await expect(house.signer.signIntents([row['id'] as string])).rejects.toMatchObject({
      code: 'intent_refused',
      message: expect.stringContaining('too long ago'),
    });
  });

  it('refuses an intent whose credential was revoked between commit and signature', async () => {
    const { id } = await replica.call.enrol(identity.id);
    const { rows } = await house.superuser.query<{ id: string }>(
      'SELECT id FROM muster.intents WHERE credential_id = $1',
      [id],
    );
    await replica.call.ask('POST', `/v1/certificates/${id}/revocation`, { as: 'analyst', body: { reason: 'Odd.' } });
    await expect(house.signer.signIntents([rows[0]!.id])).rejects.toMatchObject({ code: 'intent_refused' });
  });

  it.each([
    [
      'other bytes',
      (first: Row) => certificateRow({}, { repeats: first['id'], credential_id: first['credential_id'] }),
      'it repeats other bytes.',
    ],
    [
      'another credential',
      (first: Row) => ({ ...first, id: newId('intent'), repeats: first['id'], credential_id: newId('certificate') }),
      'it repeats another credential.',
    ],
  ])('refuses a repeat of %s', async (_what, repeat, reason) => {
    const first = certificateRow();
    expect(await signed(first)).toBe('signed');
    expect(await signed(repeat(first))).toBe(reason);
  });

  it('refuses what was never recorded, and signs none of a batch in which one is refused', async () => {
    const row = certificateRow();
    await insertRow(app, 'muster.intents', row);
    const unknown = newId('intent');
    await expect(house.signer.signIntents([row['id'] as string, unknown])).rejects.toMatchObject({
      code: 'intent_unknown',
    });
  });

  it.each([
    ['change an intent', `UPDATE muster.intents SET tbs = '\\x00'`],
    ['delete an intent', 'DELETE FROM muster.intents'],
    ['say when an intent was recorded', `INSERT INTO muster.intents (id, recorded_at) VALUES ('int_x', now())`],
    ['widen a profile', 'UPDATE muster.profiles SET max_ttl_seconds = 604800'],
    ['add a profile', `INSERT INTO muster.profiles SELECT * FROM muster.profiles`],
    ['change an authority', `UPDATE muster.authorities SET state = 'active'`],
    ['change a receipt', `UPDATE muster.receipts SET decision = '{}'`],
    ['renumber a revocation list', `UPDATE muster.crls SET number = 1`],
  ])('reads rows that the application’s role may not tamper with: it cannot %s', async (_what, sql) => {
    await expect(app.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('can itself write nothing, and reads nothing of people', async () => {
    const signer = new Client({ connectionString: house.database.signerUrl });
    await signer.connect();
    try {
      for (const sql of [
        `INSERT INTO muster.intents (id) VALUES ('int_x')`,
        `UPDATE muster.crls SET der = '\\x00'`,
        'SELECT * FROM muster.people',
        'SELECT * FROM muster.identities',
        'SELECT claims FROM muster.receipts',
      ])
        await expect(signer.query(sql)).rejects.toMatchObject({ code: '42501' });
    } finally {
      await signer.end();
    }
  });
});

function b64(text: string): string {
  return Buffer.from(text).toString('base64url');
}
