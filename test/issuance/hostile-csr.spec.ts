import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodePem } from '../../src/crypto/index.js';
import { ALGORITHMS, encodeCsr, extension, extensionRequest, subjectAltName } from '../pki/csr.js';
import { csrFor, newKey } from './caller.js';
import { type House, openHouse, type Replica } from './house.js';

const pem = (der: Buffer) => encodePem('CERTIFICATE REQUEST', der);
const good = encodeCsr();
const tinyRsa = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const spkiDer = publicKey.export({ format: 'der', type: 'spki' });
  return encodeCsr({ key: { privateKey, spkiDer }, algorithm: ALGORITHMS.rsaSha256 });
};
const flipped = (der: Buffer, at: number) => {
  const copy = Buffer.from(der);
  copy[at < 0 ? copy.length + at : at]! ^= 0x01;
  return copy;
};

describe('a hostile CSR', () => {
  let house: House;
  let replica: Replica;

  beforeAll(async () => {
    house = await openHouse();
    replica = await house.replica();
  }, 120_000);

  afterAll(() => house.close());

  it.each([
    ['is not PEM', 'CERTIFICATE REQUEST', 400, 'csr_pem_invalid'],
    ['is a certificate', encodePem('CERTIFICATE', good), 400, 'csr_pem_invalid'],
    ['has text around it', `hello\n${pem(good)}`, 400, 'csr_pem_invalid'],
    ['comes twice', `${pem(good)}${pem(good)}`, 400, 'csr_pem_invalid'],
    ['is signed by another key', pem(flipped(good, -3)), 400, 'csr_signature_invalid'],
    ['has a byte changed', pem(flipped(good, 30)), 400, undefined],
    ['is cut short', pem(good.subarray(0, -1)), 400, 'csr_malformed'],
    ['has a byte too many', pem(Buffer.concat([good, Buffer.of(0)])), 400, 'csr_malformed'],
    ['is random bytes', pem(Buffer.alloc(300, 0xa5)), 400, 'csr_malformed'],
    ['is signed with SHA-1', pem(encodeCsr({ algorithm: ALGORITHMS.ecdsaSha1, hash: 'sha1' })), 400, undefined],
    ['has a tiny RSA key', pem(tinyRsa()), 400, 'key_too_small'],
    [
      'has one extension twice',
      pem(
        encodeCsr({
          extensions: [subjectAltName(['spiffe://muster.test/a']), subjectAltName(['spiffe://muster.test/b'])],
        }),
      ),
      400,
      'extension_duplicate',
    ],
    [
      'has two extension requests',
      pem(encodeCsr({ attributes: [extensionRequest(subjectAltName([])), extensionRequest(subjectAltName([]))] })),
      400,
      'extension_duplicate',
    ],
    [
      'has a huge extension',
      pem(encodeCsr({ extensions: [extension('1.2.3.4', Buffer.alloc(5000))] })),
      413,
      'extension_too_large',
    ],
    ['is large', pem(encodeCsr({ extensions: [extension('1.2.3.4', Buffer.alloc(20_000))] })), 413, 'csr_too_large'],
    ['is empty', '', 400, 'request_invalid'],
    ['is a number', 7, 400, 'request_invalid'],
    ['is a megabyte', 'A'.repeat(1024 * 1024), 413, 'body_too_large'],
  ])('that %s gets a clear refusal', async (_what, csr, status, code) => {
    const answer = await replica.call.certificate('mjt_' + 'A'.repeat(43), csr as string);
    expect(answer.status).toBe(status);
    if (code !== undefined) expect(answer.body.code).toBe(code);
    expect(answer.body.requestId).toMatch(/^req_/);
  });

  it('does not use a join token up', async () => {
    const token = await replica.call.joinToken((await house.identity()).id);
    expect((await replica.call.certificate(token, pem(flipped(good, -3)))).status).toBe(400);
    expect((await replica.call.certificate(token, csrFor(newKey()))).status).toBe(201);
  });

  it('asks for CA rights in vain', async () => {
    const identity = await house.identity();
    const token = await replica.call.joinToken(identity.id);
    const ca = extension('2.5.29.19', Buffer.from('30030101ff', 'hex'), true);
    const keyUsage = extension('2.5.29.15', Buffer.from('03020106', 'hex'), true);
    const answer = await replica.call.certificate(token, pem(encodeCsr({ extensions: [ca, keyUsage] })));
    expect(answer.status).toBe(201);
    expect(new X509Certificate(answer.body.certificate).ca).toBe(false);
  });

  it('leaves nothing recorded', async () => {
    const { rows } = await house.superuser.query(`SELECT kind FROM muster.intents WHERE identity_id IS NOT NULL`);
    expect(rows).toHaveLength(2);
    expect(house.failures).toEqual([]);
  });
});
