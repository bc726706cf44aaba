/**
 * Where a native application may receive its code: on the loopback interface by its literal address, on a port of its
 * own, with a path (RFC 8252 §7.3, §8.3). `localhost` may resolve to something else, and a fragment would be lost.
 */
const LOOPBACK = /^http:\/\/127\.0\.0\.1:([1-9]\d{0,4})\/[A-Za-z0-9._~/-]{0,200}$/;
const LAST_PORT = 65_535;

export function isLoopbackRedirect(uri: string): boolean {
  const port = LOOPBACK.exec(uri)?.[1];
  return port !== undefined && Number(port) <= LAST_PORT;
}

/** The redirect with the answer in its query (RFC 6749 §4.1.2), and whose answer it is (RFC 9207). */
export function answered(uri: string, answer: Readonly<Record<'code' | 'state' | 'iss', string>>): string {
  return `${uri}?${new URLSearchParams(answer).toString()}`;
}
