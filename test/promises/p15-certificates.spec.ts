import 'reflect-metadata';
import { createPublicKey, X509Certificate as NodeCertificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { X509Certificate as PeculiarCertificate } from '@peculiar/x509';
import fc from 'fast-check';
import {
  type CertificateKind,
  certificateSpiffeId,
  CryptoError,
  Csr,
  encodeTbs,
  lintCertificate,
  parseCertificate,
  serialFrom,
  SpiffeId,
  verifyPath,
} from '../../src/crypto/index.js';
import { TAG } from '../../src/crypto/der/tags.js';
import { encode, oid, sequence } from '../../src/crypto/der/writer.js';
import { encodePem } from '../../src/crypto/x509/pem.js';
import { newKey, TestAuthority } from '../pki/authority.js';
import { ALGORITHMS, encodeCsr, extension, extensionRequest, subjectAltName } from '../pki/csr.js';

const RUNS = 300;
const SEED = 15;
const TRUST_DOMAIN = 'bank.example';

const KEYS = { p256: newKey('p256'), p384: newKey('p384'), ed25519: newKey('ed25519'), rsa2048: newKey('rsa2048') };
const AGES = { notBefore: new Date('1990-01-01'), notAfter: new Date('2300-01-01') };
const ROOTS = (['p256', 'p384', 'ed25519'] as const).map((kind) => TestAuthority.root(`Root ${kind}`, kind, AGES));
const ISSUERS = ROOTS.map((root) => ({ root, authority: root.issueAuthority('Issuing', AGES) }));

const segment = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,20}$/);
const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,10}[a-z0-9])?$/);
const instant = fc.date({ min: new Date('2000-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });

/** Any request that issuance could make of its templates. */
const request = fc.record({
  issuer: fc.constantFrom(...ISSUERS),
  key: fc.constantFrom(...Object.values(KEYS)),
  path: fc.array(segment, { minLength: 1, maxLength: 8 }),
  hosts: fc.array(fc.array(label, { minLength: 1, maxLength: 5 }), { maxLength: 6 }),
  notBefore: instant,
  seconds: fc.integer({ min: 1, max: 366 * 86_400 }),
  random: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  policies: fc.array(fc.integer({ min: 0, max: 2 ** 31 }), { maxLength: 2 }),
  crl: fc.boolean(),
  kind: fc.constantFrom('x509-svid' as const, 'tls-server' as const),
});

type Request = typeof request extends fc.Arbitrary<infer Value> ? Value : never;

function templateOf(asked: Request) {
  const common = {
    issuer: asked.issuer.authority.reference,
    serial: serialFrom(asked.random),
    notBefore: asked.notBefore,
    notAfter: new Date(asked.notBefore.getTime() + asked.seconds * 1000),
    spkiDer: asked.key.spkiDer,
    dnsNames: [...new Set(asked.hosts.map((labels) => labels.join('.')))],
    policies: [...new Set(asked.policies)].map((arc) => `1.3.6.1.4.1.${arc}`),
    crlUrl: asked.crl ? 'https://muster.example/v1/crl/aut_1.crl' : undefined,
  };
  if (asked.kind === 'tls-server') return { ...common, kind: asked.kind, addresses: ['127.0.0.1', '2001:db8::1'] };
  return { ...common, kind: asked.kind, spiffeId: SpiffeId.parse(`spiffe://${TRUST_DOMAIN}/${asked.path.join('/')}`) };
}

describe('P15: certificates are valid to independent judges', () => {
  it(`lets no template leave its profile, and two other parsers read each certificate (${RUNS} at random)`, () => {
    fc.assert(
      fc.property(request, (asked) => {
        const template = templateOf(asked);
        const tbs = encodeTbs(template);
        expect(lintCertificate(tbs, template.kind, { trustDomain: TRUST_DOMAIN })).toEqual([]);
        const der = asked.issuer.authority.sign(tbs);

        const node = new NodeCertificate(der);
        expect(
          node.verify(createPublicKey({ key: asked.issuer.authority.key.spkiDer, format: 'der', type: 'spki' })),
        ).toBe(true);
        expect(node.ca).toBe(false);
        expect(node.serialNumber.toLowerCase()).toBe(template.serial.toString('hex'));

        const peculiar = new PeculiarCertificate(der);
        expect(Buffer.from(peculiar.publicKey.rawData).equals(asked.key.spkiDer)).toBe(true);
        expect(peculiar.notAfter.getTime()).toBe(Math.floor(template.notAfter.getTime() / 1000) * 1000);

        const read = parseCertificate(der);
        expect(certificateSpiffeId(read)?.toString()).toBe(
          'spiffeId' in template ? template.spiffeId.toString() : undefined,
        );
        const answer = verifyPath({
          leaf: read,
          intermediates: [asked.issuer.authority.der],
          roots: [asked.issuer.root.der],
          at: asked.notBefore,
          usage: 'server',
        });
        expect(answer).toMatchObject({ ok: true });
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  it.each(['p256', 'p384', 'ed25519'] as const)('holds for authorities with a key of kind %s', (kind) => {
    const root = TestAuthority.root('Root', kind);
    const issuing = root.issueAuthority();
    for (const [authority, signer, profile] of [
      [root, root, 'root'],
      [issuing, root, 'issuing-authority'],
    ] as const) {
      const { tbs } = parseCertificate(authority.der);
      expect(lintCertificate(tbs, profile)).toEqual([]);
      const node = new NodeCertificate(authority.der);
      expect(node.ca && node.checkIssued(new NodeCertificate(signer.der))).toBe(true);
      expect(new PeculiarCertificate(authority.der).subject).toContain('CN=');
    }
  });

  it.each<[CertificateKind, CertificateKind]>([
    ['x509-svid', 'tls-server'],
    ['tls-server', 'x509-svid'],
    ['x509-svid', 'issuing-authority'],
  ])('does not pass a certificate of kind %s as %s', (made, claimed) => {
    const [authority] = ROOTS;
    const issued = made === 'x509-svid' ? authority!.issueSvid('spiffe://bank.example/a') : authority!.issueServer();
    expect(lintCertificate(parseCertificate(issued.der).tbs, claimed)).not.toEqual([]);
  });
});

const key = KEYS.p256;
const valid = encodeCsr({ key, extensions: [subjectAltName(['spiffe://bank.example/bot'], ['bot.bank.example'])] });
const pem = encodePem('CERTIFICATE REQUEST', valid);

function codeOf(input: string | Buffer): string {
  try {
    Csr.parse(input);
    return 'accepted';
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
}

/** The request with one octet replaced; offsets are of the valid request above. */
function patched(offset: number, octet: number): Buffer {
  const bytes = Buffer.from(valid);
  bytes[offset] = octet;
  return bytes;
}

const weak = newKey('rsa1024');
const big = Buffer.alloc(5000, 0x61);
const offCurve = Buffer.from(key.spkiDer);
offCurve[offCurve.length - 1]! ^= 1;

describe('P15: hostile certification requests', () => {
  it('reads the honest one, as PEM and as DER', () => {
    expect(Csr.parse(pem).requested).toEqual(Csr.parse(valid).requested);
    expect(Csr.parse(pem).requested.uris).toEqual(['spiffe://bank.example/bot']);
  });

  it.each<[string, string | Buffer, string]>([
    ['nothing', '', 'csr_pem_invalid'],
    ['nothing in DER', Buffer.alloc(0), 'csr_malformed'],
    ['a megabyte of text', 'A'.repeat(1_000_000), 'csr_too_large'],
    ['a megabyte of DER', Buffer.alloc(1_000_000, 0x30), 'csr_too_large'],
    [
      '16 kB of nested sequences',
      Buffer.concat(Array.from({ length: 4096 }, () => Buffer.of(0x30, 0x80))),
      'csr_malformed',
    ],
    ['another PEM label', encodePem('CERTIFICATE', valid), 'csr_pem_invalid'],
    ['two PEM blocks', pem + pem, 'csr_pem_invalid'],
    ['text before the block', `hello\n${pem}`, 'csr_pem_invalid'],
    ['a PEM block cut short', pem.slice(0, -10), 'csr_pem_invalid'],
    ['PEM with other characters', pem.replace('M', '%'), 'csr_pem_invalid'],
    ['PEM with padding inside', pem.replace(/\n([A-Za-z0-9+/])/, '\n='), 'csr_pem_invalid'],
    ['bytes after the request', Buffer.concat([valid, Buffer.of(0)]), 'csr_malformed'],
    ['a request cut short', valid.subarray(0, -1), 'csr_malformed'],
    ['an indefinite length', patched(1, 0x80), 'csr_malformed'],
    [
      'a length of 2^32',
      Buffer.concat([Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff), valid.subarray(4)]),
      'csr_malformed',
    ],
    [
      'a length in more octets than needed',
      Buffer.concat([Buffer.of(0x30, 0x83, 0x00), valid.subarray(2)]),
      'csr_malformed',
    ],
    ['another version', encodeCsr({ key, version: 1 }), 'csr_malformed'],
    ['a negative version', patched(9, 0xff), 'csr_malformed'],
    [
      'a wrong signature',
      encodeCsr({ key, signature: Buffer.from('3006020101020101', 'hex') }),
      'csr_signature_invalid',
    ],
    ['no signature', encodeCsr({ key, signature: Buffer.alloc(0) }), 'csr_signature_invalid'],
    ['the key of somebody else', encodeCsr({ key, spkiDer: newKey().spkiDer }), 'csr_signature_invalid'],
    ['a point off its curve', encodeCsr({ key, spkiDer: offCurve }), 'csr_signature_invalid'],
    ['a changed name', patched(valid.indexOf('settlement-bot'), 0x53), 'csr_signature_invalid'],
    ['SHA-1', encodeCsr({ key, hash: 'sha1', algorithm: ALGORITHMS.ecdsaSha1 }), 'csr_signature_algorithm_refused'],
    [
      'the algorithm of another key',
      encodeCsr({ key, algorithm: ALGORITHMS.rsaSha256 }),
      'csr_signature_algorithm_refused',
    ],
    ['RSA of 1024 bits', encodeCsr({ key: weak, algorithm: ALGORITHMS.rsaSha256 }), 'key_too_small'],
    ['P-521', encodeCsr({ key: newKey('p521') }), 'key_type_refused'],
    ['secp256k1', encodeCsr({ key: newKey('secp256k1') }), 'key_type_refused'],
    [
      'a duplicate extension',
      encodeCsr({ key, extensions: [subjectAltName(['a:b']), subjectAltName(['a:c'])] }),
      'extension_duplicate',
    ],
    [
      'two extension requests',
      encodeCsr({
        key,
        attributes: [extensionRequest(subjectAltName(['a:b'])), extensionRequest(subjectAltName(['a:c']))],
      }),
      'extension_duplicate',
    ],
    ['a huge extension', encodeCsr({ key, extensions: [extension('1.2.3.4', big)] }), 'extension_too_large'],
    [
      'too many extensions',
      encodeCsr({ key, extensions: Array.from({ length: 17 }, (_, n) => extension(`1.2.3.${n}`, big.subarray(0, 1))) }),
      'extensions_too_many',
    ],
    [
      'an extension request with two values',
      encodeCsr({
        key,
        attributes: [
          sequence(
            oid('1.2.840.113549.1.9.14'),
            encode(TAG.set, sequence(subjectAltName(['a:b'])), sequence(subjectAltName(['a:c']))),
          ),
        ],
      }),
      'csr_malformed',
    ],
    [
      'an extension request with no value',
      encodeCsr({ key, attributes: [sequence(oid('1.2.840.113549.1.9.14'), encode(TAG.set))] }),
      'csr_malformed',
    ],
    ['an extension request that is empty', encodeCsr({ key, extensions: [] }), 'csr_malformed'],
    [
      'too many attributes',
      encodeCsr({ key, attributes: Array.from({ length: 9 }, () => extensionRequest()) }),
      'csr_malformed',
    ],
    [
      'a name that is not ASCII',
      encodeCsr({ key, extensions: [subjectAltName(['spiffe://bank.example/\xe9'])] }),
      'csr_malformed',
    ],
    [
      'a name with a NUL',
      encodeCsr({ key, extensions: [subjectAltName([], ['bank.example\0.evil'])] }),
      'csr_malformed',
    ],
    [
      'an alternative name that is no list',
      encodeCsr({ key, extensions: [extension('2.5.29.17', Buffer.from('bot'))] }),
      'csr_malformed',
    ],
  ])('refuses %s', (_name, input, code) => expect(codeOf(input)).toBe(code));

  it('refuses the request with any one of its octets changed, and never fails otherwise', () => {
    const accepted: number[] = [];
    for (let offset = 0; offset < valid.length; offset += 1)
      for (const flip of [0x01, 0x80, 0xff])
        if (codeOf(patched(offset, valid[offset]! ^ flip)) === 'accepted') accepted.push(offset);
    expect(accepted).toEqual([]);
  });

  it('refuses the request cut at any place, and with bytes put in at any place', () => {
    for (let offset = 0; offset < valid.length; offset += 1) {
      expect(codeOf(valid.subarray(0, offset))).not.toBe('accepted');
      const longer = Buffer.concat([valid.subarray(0, offset), Buffer.of(0x05, 0x00), valid.subarray(offset)]);
      expect(codeOf(longer)).not.toBe('accepted');
    }
  });

  it('answers any bytes with a code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(Buffer.from(bytes))).toMatch(/^[a-z_]+$/);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
