import { createHash } from 'node:crypto';

/** A secret in a file, whatever its line: what tells a server that a result is the one it knew. In hex. */
export function placeFingerprint(fingerprint: string, path: string): string {
  return createHash('sha256').update(`${fingerprint}\0${path}`).digest('hex');
}

/** The same as an id that looks as ids do (RFC 9562 §5.8, of our own making). */
export function placeId(fingerprint: string, path: string): string {
  const hex = placeFingerprint(fingerprint, path);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
