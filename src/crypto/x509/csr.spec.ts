import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { newKey } from '../../../test/pki/authority.js';
import { ALGORITHMS, encodeCsr, subjectAltName } from '../../../test/pki/csr.js';
import { Csr } from './csr.js';
import { encodePem } from './pem.js';

describe('a certification request', () => {
  it.each([
    ['p256', { algorithm: ALGORITHMS.ecdsaSha256 }],
    ['p384', { algorithm: ALGORITHMS.ecdsaSha256 }],
    ['ed25519', { algorithm: ALGORITHMS.ed25519, hash: null }],
    ['rsa2048', { algorithm: ALGORITHMS.rsaSha256 }],
  ] as const)('is read with a key of kind %s', (kind, parts) => {
    const key = newKey(kind);
    const csr = Csr.parse(encodeCsr({ key, ...parts }));
    expect(csr.key.kind).toBe(kind.replace(/2048/, ''));
    expect(csr.key.spkiDer).toEqual(key.spkiDer);
    expect(csr.key.spkiSha256).toEqual(createHash('sha256').update(key.spkiDer).digest());
  });

  it('tells the names it wishes for, and no more of them than it has', () => {
    const csr = Csr.parse(encodeCsr({ extensions: [subjectAltName(['spiffe://bank.example/a'], ['a.bank.example'])] }));
    expect(csr.requested).toEqual({
      commonName: 'settlement-bot',
      uris: ['spiffe://bank.example/a'],
      dnsNames: ['a.bank.example'],
      others: [],
    });
    expect(Csr.parse(encodeCsr()).requested).toMatchObject({ uris: [], dnsNames: [] });
  });

  it('may come with the line breaks of Windows', () => {
    const pem = encodePem('CERTIFICATE REQUEST', encodeCsr());
    expect(Csr.parse(pem.replaceAll('\n', '\r\n')).key.kind).toBe('p256');
  });
});
