import { crc32 } from 'node:zlib';

/**
 * Check digits that vendors put at the end of their tokens. Each function makes the last characters from all that stand
 * before them, so that the same words make an example (`checked` in grammar.ts) and judge a candidate (`endsRightly`).
 */

/** Makes the last characters of a token from those before. */
export type Check = (body: string) => string;

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Whether a token ends in what the check makes of the rest. */
export function endsRightly(text: string, check: Check, length: number): boolean {
  return text.length > length && check(text.slice(0, -length)) === text.slice(-length);
}

/**
 * CRC-32 of the thirty characters after the prefix, in six digits of base 62: GitHub's and npm's tokens.
 *
 * @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export const githubCheck: Check = (body) => base62(crc32(body.slice(-30)), 6);

/** CRC-32 of the thirty-seven characters after the prefix, in six digits of base 62: Polar's tokens. */
export const polarCheck: Check = (body) => base62(crc32(body.slice(-37)), 6);

/**
 * CRC-32 of all that stands before the last underscore, its bytes from the least on, in hexadecimal: Grafana's `glsa_`.
 *
 * @see https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go
 */
export const grafanaCheck: Check = (body) => littleEndian(crc32(body.replace(/_$/, ''))).toString('hex');

/** CRC-32 of all before it, the equals sign included, in large hexadecimal digits: Atlassian's `ATATT3…` and `ATCTT3…`. */
export const atlassianCheck: Check = (body) => hex(crc32(body)).toUpperCase();

/**
 * CRC-32 of all before it, in seven digits of base 36: GitLab's routable tokens, whose check follows the two digits that
 * tell the length of the payload.
 *
 * @see https://docs.gitlab.com/development/routable_tokens/
 */
export const gitlabCheck: Check = (body) => crc32(body).toString(36).padStart(7, '0');

/**
 * CRC-32 of the fifty-four characters after `cflt`, its bytes from the least on, in base 64: Confluent Cloud's API secrets.
 *
 * @see https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html
 */
export const confluentCheck: Check = (body) =>
  littleEndian(crc32(body.slice(-54)))
    .toString('base64')
    .slice(0, 6);

/**
 * CRC-16 (XMODEM) of a binary key: the last two bytes, from the least on, of what NATS writes in base 32.
 *
 * @see https://github.com/nats-io/nkeys/blob/main/crc16.go
 */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & 0xffff;
}

function base62(value: number, digits: number): string {
  let rest = value;
  let text = '';
  for (let count = 0; count < digits; count += 1) {
    text = BASE62[rest % 62]! + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function littleEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
