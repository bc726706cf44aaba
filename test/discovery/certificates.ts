import 'reflect-metadata';
import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

export interface Wanted {
  readonly commonName: string;
  readonly organization?: string;
  readonly spiffeId?: string;
  readonly dns?: string;
  /** Hexadecimal. */
  readonly serial?: string;
  readonly notAfter?: Date;
}

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A certificate that a key signs for itself, PEM. */
export async function certificateFor(key: KeyObject, wanted: Wanted): Promise<string> {
  const algorithm = key.asymmetricKeyType === 'rsa' ? RSA : P256;
  const [pkcs8, spki] = [
    key.export({ type: 'pkcs8', format: 'der' }),
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  ];
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
  };
  const names = [
    ...(wanted.spiffeId ? [{ type: 'url' as const, value: wanted.spiffeId }] : []),
    ...(wanted.dns ? [{ type: 'dns' as const, value: wanted.dns }] : []),
  ];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: wanted.serial ?? '01',
      name: `CN=${wanted.commonName}${wanted.organization ? `, O=${wanted.organization}` : ''}`,
      notBefore: new Date('2020-01-01T00:00:00Z'),
      notAfter: wanted.notAfter ?? new Date('2040-01-01T00:00:00Z'),
      signingAlgorithm: algorithm,
      keys: keys as never,
      extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
    },
    webcrypto,
  );
  return certificate.toString('pem');
}
