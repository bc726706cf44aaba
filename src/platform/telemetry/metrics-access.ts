import { BlockList, isIP } from 'node:net';
import { Injectable } from '@nestjs/common';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/** Who may read the metrics: this machine, and the networks that the operator named. */
@Injectable()
export class MetricsAccess {
  private readonly networks = new BlockList();

  /** @param allowed networks in CIDR form */
  constructor(allowed: readonly string[]) {
    for (const cidr of [...LOOPBACK, ...allowed]) {
      const [network = '', bits = ''] = cidr.split('/');
      this.networks.addSubnet(network, Number(bits), familyOf(network));
    }
  }

  /** @param address of the connection itself; no header is believed */
  allows(address: string | undefined): boolean {
    if (address === undefined || isIP(address) === 0) return false;
    const unmapped = address.replace(/^::ffff:(?=\d+\.)/, '');
    return this.networks.check(unmapped, familyOf(unmapped));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
