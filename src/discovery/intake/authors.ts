import { Injectable } from '@nestjs/common';
import { isHere, People } from '../../custodians/index.js';
import type { Id } from '../../kernel/index.js';

const MOST_ALIKE = 20;

/**
 * Who wrote what holds a finding, as far as they are people of ours. Others are not kept: a repository's authors are people too,
 * and nobody here needs to know them.
 */
@Injectable()
export class Authors {
  constructor(private readonly people: People) {}

  /** @param all names and addresses; those that one person has, and nobody else, are that person's */
  async known(all: readonly string[]): Promise<ReadonlyMap<string, Id<'person'>>> {
    const names = [...new Set(all)].filter((name) => name !== '');
    const known = new Map<string, Id<'person'>>();
    for (const name of names) {
      const alike = await this.people.list({ q: addressIn(name) ?? name }, undefined, MOST_ALIKE);
      const same = alike.filter((one) => isHere(one.person) && (one.name === name || addressIn(name) !== undefined));
      if (same.length === 1) known.set(name, same[0]!.person.id);
    }
    return known;
  }
}

function addressIn(author: string): string | undefined {
  return /<([^<>\s]+@[^<>\s]+)>/.exec(author)?.[1] ?? (author.includes('@') ? author : undefined);
}
