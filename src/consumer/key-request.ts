import { generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { encodePem, encodeRequest } from '../crypto/index.js';

/** A new P-256 key and the request (PKCS#10) that proves it is held; PEM. */
export async function newKeyRequest(): Promise<{ readonly key: string; readonly csr: string }> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const der = encodeRequest(spki, 'ecdsa-sha256', (info) => sign('sha256', info, privateKey));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    csr: encodePem('CERTIFICATE REQUEST', der),
  };
}
