import { isIP } from 'node:net';
import { CryptoError } from '../errors.js';

/**
 * The 4 or 16 octets of an IP address given as text.
 *
 * @throws CryptoError `template_invalid`
 */
export function parseAddress(text: string): Buffer {
  const family = isIP(text);
  if (family === 4) return Buffer.from(text.split('.').map(Number));
  if (family !== 6 || text.includes('%'))
    throw new CryptoError('template_invalid', 'Give an IP address without a zone, like 192.0.2.1 or 2001:db8::1.');
  return parseIpv6(text);
}

function parseIpv6(text: string): Buffer {
  const [head, tail] = withoutDottedQuad(text).split('::');
  const left = groups(head!);
  const right = tail === undefined ? [] : groups(tail);
  const octets = Buffer.alloc(16);
  left.forEach((group, index) => octets.writeUInt16BE(group, 2 * index));
  right.forEach((group, index) => octets.writeUInt16BE(group, 16 - 2 * (right.length - index)));
  return octets;
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDottedQuad(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_quad, ...parts: string[]) => {
    const [a, b, c, d] = parts.map(Number);
    return `${((a! << 8) | b!).toString(16)}:${((c! << 8) | d!).toString(16)}`;
  });
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

/** An IP address as text: dotted, or as RFC 5952 §4 writes it. Undefined for another number of octets. */
export function formatAddress(octets: Buffer): string | undefined {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return undefined;
  return new URL(`http://[${groupsOf(octets)}]/`).hostname.slice(1, -1);
}

function groupsOf(octets: Buffer): string {
  return Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(2 * index).toString(16)).join(':');
}
