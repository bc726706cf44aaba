import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  assembleSigned,
  type AuthorityReference,
  type CertificateTemplate,
  type CrlEntry,
  encodeCrlTbs,
  encodeTbs,
  hashOf,
  issuingAlgorithm,
  parseCertificate,
  parsePublicKey,
  SpiffeId,
} from '../../src/crypto/index.js';

export type KeyName = 'p256' | 'p384' | 'ed25519';

/** A key pair of a test. */
export interface TestKey {
  readonly privateKey: KeyObject;
  readonly spkiDer: Buffer;
}

export function newKey(kind: KeyName | 'rsa2048' | 'rsa1024' | 'p521' | 'secp256k1' = 'p256'): TestKey {
  const { privateKey, publicKey } = generate(kind);
  return { privateKey, spkiDer: publicKey.export({ type: 'spki', format: 'der' }) };
}

function generate(kind: string) {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  if (kind.startsWith('rsa')) return generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) });
  const curve = { p256: 'P-256', p384: 'P-384', p521: 'P-521' }[kind] ?? kind;
  return generateKeyPairSync('ec', { namedCurve: curve });
}

export const TEST_FROM = new Date('2025-01-01T00:00:00Z');
export const TEST_UNTIL = new Date('2035-01-01T00:00:00Z');

let serials = 0;

/** Serial numbers of tests count up, so that every certificate of a run has its own. */
export function nextSerial(): Buffer {
  const serial = Buffer.alloc(16, 0x41);
  serial.writeUInt32BE((serials += 1), 12);
  return serial;
}

type Without<Template, Keys extends string> = Template extends unknown ? Omit<Template, Keys> : never;
type Given = 'issuer' | 'serial' | 'notBefore' | 'notAfter' | 'spkiDer';
type Times = { readonly notBefore?: Date; readonly notAfter?: Date; readonly serial?: Buffer; readonly key?: TestKey };
export type IssueOrder = Without<Exclude<CertificateTemplate, { kind: 'root' }>, Given> & Times;

/** An authority with its key in memory, as tests need it: it signs whatever it is asked to. */
export class TestAuthority {
  readonly reference: AuthorityReference;

  private constructor(
    readonly der: Buffer,
    readonly key: TestKey,
  ) {
    this.reference = referenceOf(der);
  }

  static root(commonName = 'Test Root', kind: KeyName = 'p256', times: Times = {}): TestAuthority {
    const key = times.key ?? newKey(kind);
    const algorithm = issuingAlgorithm(kind);
    const tbs = encodeTbs({
      kind: 'root',
      subject: { organization: 'Muster Test', commonName },
      algorithm,
      serial: nextSerial(),
      notBefore: times.notBefore ?? TEST_FROM,
      notAfter: times.notAfter ?? TEST_UNTIL,
      spkiDer: key.spkiDer,
    });
    return new TestAuthority(assembleSigned(tbs, algorithm, rawSign(key, tbs)), key);
  }

  issue(order: IssueOrder): { readonly der: Buffer; readonly key: TestKey } {
    const { key = newKey(), ...template } = order;
    const tbs = encodeTbs({
      serial: nextSerial(),
      notBefore: TEST_FROM,
      notAfter: TEST_UNTIL,
      ...template,
      issuer: this.reference,
      spkiDer: key.spkiDer,
    });
    return { der: this.sign(tbs), key };
  }

  issueAuthority(commonName = 'Test Issuing', times: Times = {}): TestAuthority {
    const issued = this.issue({ kind: 'issuing-authority', subject: { commonName }, ...times });
    return new TestAuthority(issued.der, issued.key);
  }

  issueSvid(spiffeId: string, times: Times = {}) {
    return this.issue({ kind: 'x509-svid', spiffeId: SpiffeId.parse(spiffeId), dnsNames: [], ...times });
  }

  issueServer(dnsNames: readonly string[] = ['localhost'], times: Times = {}) {
    return this.issue({ kind: 'tls-server', dnsNames, addresses: ['127.0.0.1'], ...times });
  }

  crl(entries: readonly CrlEntry[], number = 1n, thisUpdate = TEST_FROM, nextUpdate = TEST_UNTIL): Buffer {
    return this.sign(encodeCrlTbs({ issuer: this.reference, number, thisUpdate, nextUpdate, entries }));
  }

  /** Signs any bytes as a certificate or list, also such as our encoder would not make. */
  sign(tbs: Buffer): Buffer {
    return assembleSigned(tbs, this.reference.algorithm, rawSign(this.key, tbs));
  }
}

function referenceOf(der: Buffer): AuthorityReference {
  const { subject, spki } = parseCertificate(der);
  const { kind, keyId } = parsePublicKey(spki);
  if (kind === 'rsa') throw new Error('A test authority has no RSA key.');
  return { nameDer: subject.der, keyId, algorithm: issuingAlgorithm(kind) };
}

function rawSign({ privateKey, spkiDer }: TestKey, bytes: Buffer): Buffer {
  const { kind } = parsePublicKey(spkiDer);
  if (kind === 'rsa') throw new Error('A test authority has no RSA key.');
  return sign(hashOf(issuingAlgorithm(kind)), bytes, privateKey);
}
