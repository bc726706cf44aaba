import { describe, expect, it } from '@jest/globals';
import { mayReach, parseNetwork } from './address.js';

const OWN = ['127.0.0.1', '127.8.9.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fd12::1'];
const PUBLIC = ['93.184.215.14', '8.8.8.8', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'];
const NEVER_BY_CONSENT = [
  ['unspecified', '0.0.0.0'],
  ['this network', '0.1.2.3'],
  ['unspecified, IPv6', '::'],
  ['link-local', '169.254.1.1'],
  ['cloud metadata', '169.254.169.254'],
  ['cloud metadata in a private range', 'fd00:ec2::254'],
  ['cloud metadata in the shared range', '100.100.100.200'],
  ['cloud metadata in a public range', '168.63.129.16'],
  ['link-local, IPv6', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['site-local', 'fec0::1'],
  ['multicast', '224.0.0.1'],
  ['multicast, IPv6', 'ff02::1'],
  ['broadcast', '255.255.255.255'],
  ['reserved', '240.0.0.1'],
  ['benchmarking', '198.18.0.1'],
  ['documentation', '192.0.2.1'],
  ['documentation, IPv6', '2001:db8::1'],
  ['mapped metadata', '::ffff:169.254.169.254'],
  ['mapped public', '::ffff:8.8.8.8'],
  ['compatible', '::8.8.8.8'],
  ['NAT64 of loopback', '64:ff9b::7f00:1'],
  ['NAT64, local prefix', '64:ff9b:1::1'],
  ['6to4 of loopback', '2002:7f00:1::'],
  ['Teredo', '2001:0:1::1'],
  ['discard', '100::1'],
  ['not an address', 'localhost'],
  ['nothing', ''],
];

describe('the addresses a call may reach', () => {
  it.each(PUBLIC)('include %s', (address) => expect(mayReach(address, [], false)).toBe(true));

  it.each(OWN)('include %s only with consent', (address) => {
    expect(mayReach(address, [], false)).toBe(false);
    expect(mayReach(address, [], true)).toBe(true);
  });

  it('include a mapped loopback address only with consent', () => {
    expect(mayReach('::ffff:127.0.0.1', [], false)).toBe(false);
    expect(mayReach('::ffff:127.0.0.1', [], true)).toBe(true);
  });

  it.each(NEVER_BY_CONSENT)('never include what is %s (%s)', (_range, address) => {
    expect(mayReach(address, [], false)).toBe(false);
    expect(mayReach(address, [], true)).toBe(false);
  });

  it('include what the operator opened, in every spelling, and nothing beside it', () => {
    const opened = [parseNetwork('10.1.0.0/16'), parseNetwork('fd00::/8')];
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00::1'])
      expect(mayReach(address, opened, false)).toBe(true);
    for (const address of ['10.2.0.1', 'fe80::1', '127.0.0.1']) expect(mayReach(address, opened, false)).toBe(false);
  });
});
