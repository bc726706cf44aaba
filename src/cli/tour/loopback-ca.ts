import 'reflect-metadata';
import { randomUUID, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const LIFE_MILLISECONDS = 24 * 60 * 60 * 1000;
const SKEW_MILLISECONDS = 5 * 60 * 1000;

/** A server's TLS identity on loopback, under an authority that was made for it and signs nothing else. */
export interface LoopbackTls {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Makes an authority, a server certificate for 127.0.0.1, ::1 and localhost, and forgets the authority's key. */
export async function makeLoopbackTls(): Promise<LoopbackTls> {
  const dates = {
    notBefore: new Date(Date.now() - SKEW_MILLISECONDS),
    notAfter: new Date(Date.now() + LIFE_MILLISECONDS),
  };
  const authorityKeys = await newKeys();
  const authority = await X509CertificateGenerator.createSelfSigned(
    {
      ...dates,
      // A name of its own: where two such authorities are trusted, each must find the right one.
      name: `CN=Loopback issuer authority ${randomUUID()}`,
      keys: authorityKeys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  const serverKeys = await newKeys();
  const server = await X509CertificateGenerator.create(
    {
      ...dates,
      subject: 'CN=localhost',
      issuer: authority.subject,
      publicKey: serverKeys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
        ]),
      ],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey)).toString('base64');
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`;
  return { caPem: authority.toString('pem'), certificatePem: server.toString('pem'), keyPem };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
