import ipaddr from 'ipaddr.js';

const UNKNOWN = 'unknown';

/**
 * Whom to count refusals against: an IPv4 address, or the /64 network of an IPv6 address, of which one subscriber has
 * 2^64 addresses to choose from.
 */
export function sourceOf(address: string): string {
  if (!ipaddr.isValid(address)) return UNKNOWN;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = [...parsed.toByteArray().slice(0, 8), ...new Array<number>(8).fill(0)];
  return `${ipaddr.fromByteArray(network).toString()}/64`;
}
