import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Ranges an administrator may consent to for one provider: one's own machine and one's own networks. */
const OWN_RANGES: readonly string[] = ['carrierGradeNat', 'loopback', 'private', 'uniqueLocal'];

/** Where clouds hand a machine its credentials: refused even with consent, and where the range would be public. */
const METADATA = ['169.254.169.254', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254'];

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** A network in CIDR form that the operator configured. */
export type Network = [Address, number];

export function parseNetwork(cidr: string): Network {
  return ipaddr.parseCIDR(cidr);
}

/**
 * Whether a call may go to an address.
 *
 * Without consent only public unicast addresses: no loopback, link-local, private, shared, multicast, unspecified or
 * reserved range, and no IPv6 form that wraps an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo).
 *
 * @param address as the resolver or the URL gave it; attacker-controlled
 * @param configured networks that the operator opened for every call, whatever their range
 * @param allowPrivate an administrator consented to a loopback or private address for this call's provider
 */
export function mayReach(address: string, configured: readonly Network[], allowPrivate: boolean): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const unwrapped = ipaddr.process(address);
  if (configured.some((network) => lies(unwrapped, network))) return true;
  if (METADATA.includes(unwrapped.toString())) return false;
  if (allowPrivate && OWN_RANGES.includes(unwrapped.range())) return true;
  return isPublic(parsed);
}

/** Whether an address is on this machine or in a network of one's own, by its form alone. */
export function isOwnNetwork(address: string): boolean {
  return ipaddr.isValid(address) && OWN_RANGES.includes(ipaddr.process(address).range());
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (address as ipaddr.IPv6).match(GLOBAL_UNICAST);
}

function lies(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && (address as ipaddr.IPv4).match(network, bits);
}
