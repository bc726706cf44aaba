import { clueOf, normalHost, type Reader } from './reader.js';

const HEADER = /\bbasic\s{1,4}([A-Za-z0-9+/]{8,1024}={0,2})/i;
const HOST = /\bhttps?:\/\/(?:[^\s/@"']{0,256}@)?([a-z0-9.-]{1,255}(?::\d{1,5})?)/i;

/** The user of an `Authorization: Basic` header (RFC 7617 §2). */
export const basicAuth: Reader = {
  name: 'basic-auth',
  read: ({ secret, text, around }) => {
    const encoded = HEADER.exec(text)?.[1] ?? HEADER.exec(secret)?.[1];
    const user = encoded && userOf(encoded);
    if (!user) return undefined;
    const host = HOST.exec(`${text}\n${around}`)?.[1];
    const words = host ? `${user} at ${normalHost(host)}` : user;
    return [clueOf('basic-auth', words, { user, host: host && normalHost(host) })];
  },
};

/** The part before the first colon of base64 `user:password`, where it is text. */
export function userOf(encoded: string): string | undefined {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const user = text.slice(0, colon);
  return colon > 0 && !/[\u0000-\u001f\ufffd]/.test(text) && user.length <= 256 ? user : undefined;
}
