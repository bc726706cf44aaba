import { createHash, X509Certificate } from 'node:crypto';
import { Agent, fetch } from 'undici';
import { ClientError } from './errors.js';

const FINGERPRINT = /^sha256:[0-9a-f]{64}$/;
const MAX_ROOT_BYTES = 16_384;
const TIMEOUT_MS = 10_000;

/** `sha256:` and the SHA-256 of a root certificate's DER in lower-case hexadecimal: what people compare and pass on. */
export function rootFingerprint(pem: string): string {
  return `sha256:${createHash('sha256').update(new X509Certificate(pem).raw).digest('hex')}`;
}

/**
 * Fetches a service's root certificate over a connection that is not trusted yet, and keeps it only if it is the one
 * the caller was told about by other means (architecture, decision 4).
 *
 * @param fingerprint `sha256:…` as every command that Muster prints carries it
 * @returns the root, PEM
 * @throws ClientError `fingerprint_invalid`, `root_mismatch`, `unreachable`
 */
export async function fetchRoot(serviceUrl: string, fingerprint: string): Promise<string> {
  const wanted = fingerprint.toLowerCase();
  if (!FINGERPRINT.test(wanted))
    throw new ClientError(
      'fingerprint_invalid',
      'A fingerprint is sha256: and 64 hexadecimal digits; npm start prints it.',
    );
  const pem = await download(new URL('/v1/authorities/root.pem', serviceUrl));
  if (rootFingerprint(pem) !== wanted)
    throw new ClientError(
      'root_mismatch',
      'This service does not have the root you named. Ask its operator for the fingerprint; go no further until it fits.',
    );
  return pem;
}

async function download(url: URL): Promise<string> {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    const response = await fetch(url, { dispatcher, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const pem = await response.text();
    if (!response.ok || pem.length > MAX_ROOT_BYTES) throw new Error(`status ${response.status}`);
    new X509Certificate(pem);
    return pem;
  } catch (cause) {
    throw new ClientError(
      'unreachable',
      `No root certificate could be read from ${url.origin}. Is the service running there?`,
      {
        cause,
      },
    );
  } finally {
    await dispatcher.close();
  }
}
