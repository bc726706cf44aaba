import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { cryptoProvider, PemConverter, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { CliError } from './errors.js';
import { readFileIfAny, writePrivateFile } from './private-file.js';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const USAGES: KeyUsage[] = ['sign', 'verify'];
type KeyUsage = 'sign' | 'verify';

/** A key made here and the request (PKCS#10) that proves it is held; PEM. */
export interface KeyRequest {
  readonly key: string;
  readonly csr: string;
}

/** A new P-256 key and a request for it; neither touches a file. */
export async function newKeyRequest(): Promise<KeyRequest> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, USAGES);
  return request(keys);
}

/**
 * A request for the key in a file, or for a new key.
 *
 * A key is kept while the token that proves the workload lives: the same token is accepted again only with the same key
 * (architecture, decision 10), so a retry after a lost answer works. It is stored before it is first used.
 */
export async function requestFor(keyFile: string, existing: 'keep' | 'new'): Promise<KeyRequest> {
  const stored = existing === 'keep' ? await readFileIfAny(keyFile) : undefined;
  if (stored !== undefined) return request(await importKey(keyFile, stored));
  const made = await newKeyRequest();
  if (existing === 'keep') await writePrivateFile(keyFile, made.key);
  return made;
}

async function request(keys: webcrypto.CryptoKeyPair): Promise<KeyRequest> {
  cryptoProvider.set(webcrypto as never);
  const csr = await Pkcs10CertificateRequestGenerator.create({ keys: keys as never, signingAlgorithm: ALGORITHM });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { key: `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`, csr: csr.toString('pem') };
}

async function importKey(keyFile: string, pem: string): Promise<webcrypto.CryptoKeyPair> {
  const privateKey = await importPrivateKey(pem).catch((cause: unknown) => {
    throw new CliError('file_unreadable', `${keyFile} holds no P-256 key in PKCS#8. Move it away, and try again.`, {
      cause,
    });
  });
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey('jwk', privateKey);
  const jwk = { kty, crv, x, y } as webcrypto.JsonWebKey;
  const publicKey = await webcrypto.subtle.importKey('jwk', jwk, ALGORITHM, true, ['verify']);
  return { privateKey, publicKey };
}

async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = PemConverter.decode(pem)[0]!;
  return webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
}
