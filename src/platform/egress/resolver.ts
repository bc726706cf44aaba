import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

/** Names to addresses, as the machine resolves them. Tests put one in its place that lies. */
@Injectable()
export class Resolver {
  async resolve(hostname: string): Promise<readonly string[]> {
    return (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address);
  }
}
